#include "base/process.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cstdlib>
#include <string>
#include <thread>

namespace stowaway {
namespace {

using std::chrono::milliseconds;
using testing::HasSubstr;
using testing::Not;

ProcessRequest shell(std::string script) {
  ProcessRequest request;
  request.arguments = {"sh", "-c", std::move(script)};
  return request;
}

TEST(Process, gives_status_and_both_outputs) {
  const auto result = run_process(shell("echo out; echo err >&2; exit 3"));
  ASSERT_TRUE(result) << result.error().message;
  EXPECT_EQ(result->status, 3);
  EXPECT_EQ(result->output, "out\n");
  EXPECT_EQ(result->errors, "err\n");
}

TEST(Process, arguments_are_never_a_shell_line) {
  ProcessRequest request;
  request.arguments = {"printf", "%s|", "$HOME; echo x", "*", ""};
  EXPECT_EQ(run_process(request)->output, "$HOME; echo x|*||");
}

TEST(Process, environment_is_clean) {
  ::setenv("STOWAWAY_SECRET", "x", 1);
  ProcessRequest request;
  request.arguments = {"env"};
  request.environment = {"ADDED=1"};
  EXPECT_THAT(run_process(request)->output, Not(HasSubstr("STOWAWAY_SECRET")));
  EXPECT_THAT(run_process(request)->output, HasSubstr("ADDED=1\n"));
  request.inherit_environment = true;
  EXPECT_THAT(run_process(request)->output, HasSubstr("STOWAWAY_SECRET=x\n"));
}

TEST(Process, starts_where_it_is_told_and_reads_nothing) {
  ProcessRequest request = shell("cat; pwd");
  request.directory = "/";
  EXPECT_EQ(run_process(request)->output, "/\n");
}

TEST(Process, memory_of_the_whole_tree_is_limited) {
  // Two children that each hold what the limit allows for one.
  ProcessRequest request = shell(
      "for i in 1 2; do head -c 40000000 /dev/zero | tail -c 40000000 >/dev/null & done; wait;"
      "(x=$(head -c 60000000 /dev/zero | tr '\\0' x); sleep 60); true");
  request.max_memory_bytes = std::uint64_t{50} << 20;
  request.timeout = std::chrono::seconds(60);
  const auto result = run_process(request);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, ErrorCode::limit_exceeded);
  EXPECT_THAT(result.error().message, HasSubstr("memory"));
  EXPECT_GT(memory_of_tree(::getpid()), std::uint64_t{1} << 20);
  EXPECT_EQ(memory_of_tree(0), 0U);
}

// Reading /proc fails for a process that ends meanwhile; once, that ended the reader too.
TEST(Process, memory_of_a_tree_that_comes_and_goes_can_be_read) {
  ProcessRequest request = shell("for i in $(seq 200); do env true | env true; done");
  std::atomic<bool> done = false;
  std::jthread children([&] {
    EXPECT_TRUE(run_process(request));
    done = true;
  });
  std::size_t reads = 0;
  for (; !done; ++reads) EXPECT_GT(memory_of_tree(::getpid()), 0U);
  EXPECT_GT(reads, 0U);
}

TEST(Process, descriptors_are_handed_over_in_order) {
  std::array<int, 2> pipe{};
  ASSERT_EQ(::pipe2(pipe.data(), O_CLOEXEC), 0);
  ASSERT_EQ(::write(pipe[1], "given", 5), 5);
  ::close(pipe[1]);
  const int null = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
  ProcessRequest request = shell("cat <&4; cat <&3; echo .");
  request.descriptors = {null, pipe[0]};
  EXPECT_EQ(run_process(request)->output, "given.\n");
  ::close(pipe[0]);
  ::close(null);
}

TEST(Process, a_missing_program_is_not_found) {
  ProcessRequest request;
  request.arguments = {"stowaway-no-such-program"};
  EXPECT_EQ(run_process(request).error().code, ErrorCode::not_found);
  EXPECT_EQ(run_process(ProcessRequest{}).error().code, ErrorCode::invalid_argument);
}

TEST(Process, a_signal_is_a_status) {
  EXPECT_EQ(run_process(shell("kill -TERM $$"))->status, 128 + SIGTERM);
}

TEST(Process, large_output_is_whole_and_limited) {
  EXPECT_EQ(run_process(shell("head -c 3000000 /dev/zero"))->output.size(), 3000000U);
  ProcessRequest request = shell("cat /dev/zero");
  request.max_output_bytes = 100000;
  EXPECT_EQ(run_process(request).error().code, ErrorCode::limit_exceeded);
}

TEST(Process, ends_when_time_is_up) {
  ProcessRequest request = shell("sleep 100");
  request.timeout = milliseconds(50);
  EXPECT_EQ(run_process(request).error().code, ErrorCode::unavailable);
}

TEST(Process, ends_when_asked_to_stop) {
  std::stop_source stop;
  ProcessRequest request = shell("sleep 100");
  request.stop = stop.get_token();
  const std::jthread later([&] {
    std::this_thread::sleep_for(milliseconds(20));
    stop.request_stop();
  });
  EXPECT_EQ(run_process(request).error().code, ErrorCode::cancelled);
}

TEST(Process, leaves_no_grandchild_and_does_not_wait_for_one) {
  const auto result = run_process(shell("sleep 100 & echo $!"));
  ASSERT_TRUE(result);
  const pid_t grandchild = std::stoi(result->output);
  bool gone = false;
  for (int i = 0; i < 200 && !gone; ++i) {  // its parent is init now, which reaps in its own time
    const auto state =
        run_process(shell("cut -d' ' -f3 /proc/" + std::to_string(grandchild) + "/stat"));
    gone = state->output.empty() || state->output == "Z\n";
    if (!gone) std::this_thread::sleep_for(milliseconds(10));
  }
  EXPECT_TRUE(gone);
}

}  // namespace
}  // namespace stowaway

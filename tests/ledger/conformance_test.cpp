// What every database must do for the ledger. One run of this program, one database:
// --database sqlite|postgres. Exit status 77: PostgreSQL's package is missing.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <random>
#include <string>
#include <thread>

#include "base/sqlite.h"
#include "ledger/ledger.h"
#include "server.h"
#include "support.h"

namespace stowaway::ledger::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class Files final : public Place {
 public:
  Files() {
    std::string folder = (std::filesystem::temp_directory_path() / "stowaway-led-XXXXXX").string();
    if (::mkdtemp(folder.data()) == nullptr) throw std::runtime_error("no temporary directory");
    folder_ = folder;
  }
  ~Files() override {
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }
  std::string fresh() override { return folder_ + "/new/" + std::to_string(++number_) + ".db"; }
  bool is_file() const override { return true; }

 private:
  std::string folder_;
  int number_ = 0;
};

class Schemas final : public Place {
 public:
  std::string fresh() override { return server_.url("t" + std::to_string(++number_)); }
  bool is_file() const override { return false; }

 private:
  Server server_;
  int number_ = 0;
};

std::unique_ptr<Place> chosen;

std::vector<std::string> versions_of(const Ledger& ledger, const std::string& subject) {
  std::vector<std::string> versions;
  for (const Snapshot& snapshot : value(ledger.snapshots(subject)))
    versions.push_back(snapshot.version + (snapshot.is_current ? "*" : ""));
  return versions;
}

TEST(Ledger, keeps_all_that_a_result_says) {
  const std::string where = place().fresh();
  const match::ScanResult result = hostile_result();
  NewSnapshot head = snapshot("app", "1.0");
  head.fetch_ms = 12;
  head.scan_ms = 34;
  EXPECT_EQ(value(open(where).put(head, result, "")), Put::added);
  const Ledger again = value(Ledger::open(where, sql::Access::read_only));
  const auto kept = value(again.find("app", ""));
  ASSERT_TRUE(kept);
  EXPECT_EQ(kept->origin, "/src/\xff");
  EXPECT_EQ(kept->kind, "directory");
  EXPECT_EQ(kept->tracked_at, "2026-11-23T08:00:00Z");
  EXPECT_EQ(kept->kb, "00ff");
  EXPECT_EQ(kept->fetch_ms, 12);
  EXPECT_EQ(kept->scan_ms, 34);
  EXPECT_EQ(kept->copies, 3U);
  EXPECT_EQ(kept->bytes, std::uint64_t{1} << 40);
  EXPECT_TRUE(kept->is_partial);
  match::ScanResult expected = result;
  expected.subject = "app 1.0";
  EXPECT_EQ(text_of(value(again.result_of(kept->id))), text_of(expected));
  EXPECT_THAT(value(again.check()), IsEmpty());
}

TEST(Ledger, the_same_version_replaces_and_others_append) {
  Ledger ledger = open(place().fresh());
  for (const char* version : {"1.10", "1.2", "1.9"})
    value(ledger.put(snapshot("app", version), hostile_result(), "f"));
  EXPECT_THAT(versions_of(ledger, "app"), ElementsAre("1.2", "1.9", "1.10*"));
  const auto less = result_with({copy("lib/zlib", "zlib", {"1.3"})});
  EXPECT_EQ(value(ledger.put(snapshot("app", "1.9"), less, "g")), Put::replaced);
  EXPECT_THAT(versions_of(ledger, "app"), ElementsAre("1.2", "1.9", "1.10*"));
  EXPECT_EQ(text_of(ledger, "app", "1.9"), text_of(less));
  EXPECT_EQ(text_of(ledger, "app", "1.2"), text_of(hostile_result()));
  EXPECT_EQ(value(ledger.fingerprints_of(value(ledger.find("app", "1.9"))->id)), "g");
  EXPECT_THAT(value(ledger.check()), IsEmpty());
}

TEST(Ledger, the_order_of_versions_is_the_subjects) {
  Ledger ledger = open(place().fresh());
  const auto put = [&](const char* subject, VersionOrder order,
                       std::initializer_list<const char*> versions) {
    for (const char* version : versions) {
      NewSnapshot head = snapshot(subject, version);
      head.order = order;
      value(ledger.put(head, result_with({}), ""));
    }
    return versions_of(ledger, subject);
  };
  EXPECT_THAT(put("debian:a", VersionOrder::debian, {"1.0-1", "1:0.9-1", "1.0~rc1-1"}),
              ElementsAre("1.0~rc1-1", "1.0-1", "1:0.9-1*"));
  EXPECT_THAT(put("b", VersionOrder::semver, {"1.0.0", "1.0.0-rc.1"}),
              ElementsAre("1.0.0-rc.1", "1.0.0*"));
  EXPECT_THAT(put("c", VersionOrder::tracked, {"ff00", "aa11"}), ElementsAre("ff00", "aa11*"));
  // Said once, it stays.
  value(ledger.put(snapshot("c", "0000"), result_with({}), ""));
  EXPECT_THAT(versions_of(ledger, "c"), ElementsAre("ff00", "aa11", "0000*"));
}

TEST(Ledger, fingerprints_of_many_parts_come_back_whole) {
  Ledger ledger = open(place().fresh());
  std::string bytes(9'000'001, '\0');
  std::minstd_rand random(1);
  for (char& byte : bytes) byte = static_cast<char>(random());
  value(ledger.put(snapshot("app", "1"), result_with({}), bytes));
  const auto id = value(ledger.find("app", "1"))->id;
  EXPECT_TRUE(value(ledger.fingerprints_of(id)) == bytes);
  value(ledger.put(snapshot("app", "1"), result_with({}), "short"));
  EXPECT_EQ(value(ledger.fingerprints_of(id)), "short");
  EXPECT_THAT(value(ledger.check()), IsEmpty());
}

TEST(Ledger, rematching_changes_the_copies_and_nothing_else) {
  Ledger ledger = open(place().fresh());
  value(ledger.put(snapshot("app", "1"), result_with({}), "prints"));
  const Snapshot before = *value(ledger.find("app", ""));
  auto found = result_with({copy("lib", "zlib", {"1.3"})});
  found.kb.id = "later";
  done(ledger.rematched(before.id, found, "2027-01-01T00:00:00Z"));
  const Snapshot after = *value(ledger.find("app", ""));
  EXPECT_EQ(after.id, before.id);
  EXPECT_EQ(after.tracked_at, before.tracked_at);
  EXPECT_EQ(after.matched_at, "2027-01-01T00:00:00Z");
  EXPECT_EQ(after.kb, "later");
  EXPECT_EQ(after.copies, 1U);
  EXPECT_EQ(value(ledger.fingerprints_of(after.id)), "prints");
  const auto gone = ledger.rematched(after.id + 1, found, "");
  ASSERT_FALSE(gone);
  EXPECT_EQ(gone.error().code, ErrorCode::not_found);
}

TEST(Ledger, failures_stay_until_the_subject_is_there) {
  Ledger ledger = open(place().fresh());
  done(ledger.put_failure({"debian:a", "", "resolve", "no such package", "t1"}));
  done(ledger.put_failure({"debian:b", "2-1", "fetch", "once", "t1"}));
  done(ledger.put_failure({"debian:b", "2-1", "fetch", "twice", "t2"}));
  auto failures = value(ledger.failures());
  ASSERT_EQ(failures.size(), 2U);
  EXPECT_EQ(failures[1].reason, "twice");
  value(ledger.put(snapshot("debian:a", "1"), result_with({}), ""));
  value(ledger.put(snapshot("debian:b", "1-1"), result_with({}), ""));
  failures = value(ledger.failures());
  ASSERT_EQ(failures.size(), 1U);
  EXPECT_EQ(failures[0].subject, "debian:b");
}

TEST(Ledger, names_are_checked_found_and_forgotten) {
  Ledger ledger = open(place().fresh());
  for (const char* bad : {"", "a=b", "a\nb", "a\xff", " a"}) {
    const auto put = ledger.put(snapshot(bad, "1"), result_with({}), "");
    ASSERT_FALSE(put) << bad;
    EXPECT_EQ(put.error().code, ErrorCode::invalid_argument);
  }
  value(ledger.put(snapshot("debian:cmake", "1"), result_with({}), ""));
  value(ledger.put(snapshot("debian:cmake", "2"), result_with({}), ""));
  EXPECT_EQ(value(ledger.resolve("cmake")), "debian:cmake");
  EXPECT_THAT(ledger.resolve("cmaek").error().message, HasSubstr("did you mean \"debian:cmake\""));
  EXPECT_EQ(ledger.forget("debian:cmake", "3").error().code, ErrorCode::not_found);
  done(ledger.forget("debian:cmake", "2"));
  EXPECT_THAT(versions_of(ledger, "debian:cmake"), ElementsAre("1*"));
  done(ledger.forget("debian:cmake", ""));
  EXPECT_FALSE(ledger.resolve("cmake"));
  EXPECT_THAT(value(ledger.check()), IsEmpty());
}

TEST(Ledger, a_write_that_fails_half_way_changes_nothing) {
  Ledger ledger = open(place().fresh());
  value(ledger.put(snapshot("app", "1"), hostile_result(), "prints"));
  done(ledger.database().run("ALTER TABLE gap RENAME TO hidden"));
  auto other = hostile_result();
  other.copies.clear();
  EXPECT_FALSE(ledger.put(snapshot("app", "1"), other, "other"));
  EXPECT_FALSE(ledger.put(snapshot("new", "1"), other, "other"));
  done(ledger.database().run("ALTER TABLE hidden RENAME TO gap"));
  EXPECT_EQ(text_of(ledger, "app", "1"), text_of(hostile_result()));
  EXPECT_EQ(value(ledger.fingerprints_of(value(ledger.find("app", "1"))->id)), "prints");
  EXPECT_EQ(value(ledger.snapshots("")).size(), 1U);
  // The connection can still be used.
  value(ledger.put(snapshot("app", "1"), other, "other"));
  EXPECT_THAT(value(ledger.check()), IsEmpty());
}

TEST(Ledger, two_writers_lose_nothing) {
  const std::string where = place().fresh();
  open(where);
  constexpr int kRounds = 20;
  std::atomic<int> failures = 0;
  const auto work = [&](int writer) {
    Ledger ledger = open(where);
    for (int i = 0; i < kRounds; ++i) {
      // A subject that both write, versions that only one writes, one version that both write; new
      // components in opposite orders.
      auto result = hostile_result();
      result.copies.push_back(
          copy("x", "c" + std::to_string(writer == 0 ? i : kRounds - i), {"1"}));
      result.copies.push_back(
          copy("y", "c" + std::to_string(writer == 0 ? kRounds - i : i), {"2"}));
      const std::string own = std::to_string(i) + "." + std::to_string(writer);
      if (!ledger.put(snapshot("both", own), result, "f")) ++failures;
      if (!ledger.put(snapshot("both", "same"), result, "f")) ++failures;
    }
  };
  std::thread a(work, 0), b(work, 1);
  a.join();
  b.join();
  EXPECT_EQ(failures, 0);
  const Ledger ledger = open(where);
  EXPECT_EQ(value(ledger.snapshots("both")).size(), 2U * kRounds + 1);
  EXPECT_THAT(value(ledger.check()), IsEmpty());
}

TEST(Ledger, a_reader_sees_a_snapshot_before_or_after_never_between) {
  const std::string where = place().fresh();
  Ledger writer = open(where);
  const auto few = result_with({copy("a", "zlib", {"1"})});
  auto many = few;
  for (int i = 0; i < 50; ++i) many.copies.push_back(copy("b" + std::to_string(i), "zlib", {"2"}));
  value(writer.put(snapshot("app", "1"), few, ""));
  std::atomic<bool> stop = false;
  std::atomic<int> wrong = 0;
  std::thread reader([&] {
    const Ledger ledger = value(Ledger::open(where, sql::Access::read_only));
    while (!stop) {
      auto count = value(ledger.database().prepare(
          "SELECT copies, (SELECT count(*) FROM copy WHERE snapshot_id = snapshot.id) FROM "
          "snapshot"));
      if (!value(count.step()) || count.number(0) != count.number(1)) ++wrong;
    }
  });
  for (int i = 0; i < 30; ++i) value(writer.put(snapshot("app", "1"), i % 2 == 0 ? many : few, ""));
  stop = true;
  reader.join();
  EXPECT_EQ(wrong, 0);
}

TEST(Ledger, several_may_make_it_at_once) {
  const std::string where = place().fresh();
  std::atomic<int> failures = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i)
    threads.emplace_back([&, i] {
      auto ledger = Ledger::open(where, sql::Access::read_write);
      if (!ledger || !ledger->put(snapshot("app", std::to_string(i)), result_with({}), ""))
        ++failures;
    });
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(failures, 0);
  EXPECT_EQ(value(open(where).snapshots("app")).size(), 4U);
}

TEST(Ledger, a_later_programs_ledger_is_refused) {
  const std::string where = place().fresh();
  done(open(where).database().run("INSERT INTO migration(number) VALUES(1000)"));
  for (const auto access : {sql::Access::read_only, sql::Access::read_write}) {
    const auto opened = Ledger::open(where, access);
    ASSERT_FALSE(opened);
    EXPECT_EQ(opened.error().code, ErrorCode::unsupported);
  }
}

// A writer is killed at some moment; whatever it had finished is there, and nothing is half.
TEST(Ledger, a_killed_writer_leaves_whole_snapshots) {
  const std::string where = place().fresh();
  open(where);
  std::minstd_rand random(7);
  for (int round = 0; round < 5; ++round) {
    int told[2];
    ASSERT_EQ(::pipe(told), 0);
    const pid_t child = ::fork();
    if (child == 0) {
      try {
        Ledger ledger = open(where);
        for (char i = 0;; ++i) {
          value(ledger.put(snapshot("app", std::to_string(round) + "." + std::to_string(i)),
                           hostile_result(), std::string(100'000, 'x')));
          if (::write(told[1], &i, 1) != 1) break;
        }
      } catch (...) {
      }
      ::_exit(1);
    }
    ::close(told[1]);
    char last = -1;
    ASSERT_EQ(::read(told[0], &last, 1), 1);  // at least one is in
    ::usleep(static_cast<useconds_t>(random() % 40'000));
    ::kill(child, SIGKILL);
    ::waitpid(child, nullptr, 0);
    for (char next; ::read(told[0], &next, 1) == 1;) last = next;
    ::close(told[0]);
    const Ledger ledger = open(where);
    EXPECT_THAT(value(ledger.check()), IsEmpty());
    for (int i = 0; i <= last; ++i)
      EXPECT_EQ(text_of(ledger, "app", std::to_string(round) + "." + std::to_string(i)),
                text_of(hostile_result()));
    for (const Snapshot& one : value(ledger.snapshots("app")))
      EXPECT_EQ(value(ledger.fingerprints_of(one.id)).size(), 100'000U);
  }
}

// A file that may not grow is a disk that is full.
TEST(Ledger, a_full_disk_loses_nothing) {
  if (!place().is_file()) GTEST_SKIP() << "a server has its own disk";
  const std::string where = place().fresh();
  value(open(where).put(snapshot("app", "1"), hostile_result(), std::string(50'000, 'x')));
  const pid_t child = ::fork();
  if (child == 0) {
    std::signal(SIGXFSZ, SIG_IGN);
    const rlimit limit{200'000, 200'000};
    ::setrlimit(RLIMIT_FSIZE, &limit);
    auto ledger = Ledger::open(where, sql::Access::read_write);
    if (!ledger) ::_exit(2);
    const auto put = ledger->put(snapshot("app", "1"), result_with({}), std::string(900'000, 'y'));
    ::_exit(put ? 1 : put.error().code == ErrorCode::io ? 0 : 3);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  EXPECT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), 0);
  Ledger ledger = open(where);
  EXPECT_THAT(value(ledger.check()), IsEmpty());
  EXPECT_EQ(text_of(ledger, "app", "1"), text_of(hostile_result()));
  value(ledger.put(snapshot("app", "1"), result_with({}), "z"));
}

TEST(Ledger, a_file_of_something_else_is_refused) {
  if (!place().is_file()) GTEST_SKIP() << "a server's database may hold other tables, too";
  const std::string where = place().fresh();
  std::filesystem::create_directories(std::filesystem::path(where).parent_path());
  EXPECT_EQ(Ledger::open(where, sql::Access::read_only).error().code, ErrorCode::not_found);
  {
    auto other = sqlite::Database::open(where, sqlite::Access::read_write);
    ASSERT_TRUE(other);
    done(other->run("CREATE TABLE letters(text TEXT)"));
  }
  const auto opened = Ledger::open(where, sql::Access::read_write);
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, ErrorCode::corrupt);
}

TEST(Ledger, no_message_tells_the_password) {
  if (place().is_file()) GTEST_SKIP() << "a file has none";
  const auto opened = Ledger::open("postgresql://tester:sesame@127.0.0.1:1/x?password=sesame",
                                   sql::Access::read_write);
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, ErrorCode::unavailable);
  EXPECT_THAT(opened.error().message, ::testing::Not(HasSubstr("sesame")));
  EXPECT_THAT(open(place().fresh()).database().name(),
              ::testing::MatchesRegex("postgresql://tester@127.0.0.1:[0-9]+/postgres"));
}

}  // namespace

Place& place() { return *chosen; }

}  // namespace stowaway::ledger::testing

int main(int argc, char** argv) {
  using namespace stowaway::ledger::testing;
  ::testing::InitGoogleMock(&argc, argv);
  const bool on_server = argc == 3 && std::string(argv[2]) == "postgres";
  if (on_server && Server::programs().empty()) {
    std::puts("skipped: Debian's package postgresql is not installed");
    return 77;
  }
  if (on_server)
    chosen = std::make_unique<Schemas>();
  else
    chosen = std::make_unique<Files>();
  const int result = RUN_ALL_TESTS();
  chosen.reset();  // ends the server
  return result;
}

// usage: stowaway-load KB TREE URL SERVER_PID THREADS SECONDS
// Asks a server as fast as THREADS connections can, for SECONDS each: which of 1,000 identities are
// known, and to identify a subject of 1,000 files, all taken from TREE. Then does the same in this
// process, one thread. Prints requests a second, how long they took and the CPU time of each, here
// and there, as JSON. Fails when an answer is not the one that this process gives.
#include <fmt/format.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <sstream>
#include <thread>
#include <vector>

#include "base/http.h"
#include "kb/kb.h"
#include "match/scan.h"
#include "report/writer.h"

namespace stowaway::bench {
namespace {

using Clock = std::chrono::steady_clock;
constexpr std::size_t kFiles = 1000;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

// CPU seconds of a process, from /proc/PID/stat (fields 14 and 15).
double cpu_of(const std::string& pid) {
  std::ifstream file("/proc/" + pid + "/stat");
  std::string text((std::istreambuf_iterator<char>(file)), {});
  std::istringstream fields(text.substr(text.rfind(')') + 2));
  std::string skipped;
  for (int i = 0; i < 11; ++i) fields >> skipped;
  double user = 0, system = 0;
  fields >> user >> system;
  return (user + system) / static_cast<double>(::sysconf(_SC_CLK_TCK));
}

double own_cpu() {
  rusage usage{};
  ::getrusage(RUSAGE_THREAD, &usage);
  const auto of = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6;
  };
  return of(usage.ru_utime) + of(usage.ru_stime);
}

struct Question {
  std::string path, type, body, answer;  // answer: what must come back; "" when it is not compared
  std::function<std::size_t()> here;     // the same in this process; its answer's bytes
};

struct Measured {
  std::vector<double> seconds;  // of each request, sorted
  double wall = 0, server_cpu = 0;
  bool right = true;
  double at(double share) const {
    return seconds[static_cast<std::size_t>(share * static_cast<double>(seconds.size() - 1))];
  }
};

void ask(const std::string& url, const Question& question, Clock::time_point end,
         std::vector<double>& took, std::atomic<bool>& right) {
  auto client = HttpClient::create({});
  HttpRequest request;
  request.url = url + question.path;
  request.method = "POST";
  request.headers = {"Content-Type: " + question.type, "Expect:"};
  request.body = question.body;
  while (Clock::now() < end && right) {
    const auto start = Clock::now();
    const auto answer = client->send(request);
    took.push_back(seconds_since(start));
    if (!answer || answer->status != 200 ||
        (!question.answer.empty() && answer->body != question.answer))
      right = false;
  }
}

Measured measure(const std::string& url, const std::string& pid, const Question& question,
                 unsigned threads, double seconds) {
  Measured measured;
  std::atomic<bool> right = true;
  std::vector<std::vector<double>> took(threads);
  const double cpu = cpu_of(pid);
  const auto start = Clock::now(),
             end = start + std::chrono::milliseconds(static_cast<int>(seconds * 1000));
  {
    std::vector<std::jthread> team;
    for (auto& mine : took) team.emplace_back([&] { ask(url, question, end, mine, right); });
  }
  measured.wall = seconds_since(start);
  measured.server_cpu = cpu_of(pid) - cpu;
  for (const auto& mine : took)
    measured.seconds.insert(measured.seconds.end(), mine.begin(), mine.end());
  std::ranges::sort(measured.seconds);
  measured.right = right && !measured.seconds.empty();
  return measured;
}

// CPU seconds of one.
double measure_here(const Question& question, double seconds) {
  question.here();
  std::size_t count = 0, bytes = 0;
  const double cpu = own_cpu();
  for (const auto start = Clock::now(); seconds_since(start) < seconds; ++count)
    bytes += question.here();
  return bytes == 0 ? 0 : (own_cpu() - cpu) / static_cast<double>(count);
}

// Files from all over the tree, as a client sends them.
Result<match::Fingerprints> sample(const kb::Kb& kb, const std::string& tree) {
  STOWAWAY_TRY(const auto source, source::open_subject(tree));
  STOWAWAY_TRY(auto all, match::fingerprint_subject(*source, {}));
  std::erase_if(all.files, [](const auto& file) { return !file.has_details; });
  if (all.files.size() < kFiles)
    return fail(ErrorCode::invalid_argument, "the tree has fewer than {} code files", kFiles);
  match::Fingerprints some = all;
  some.files.clear();
  std::vector<match::FileIdentity> identities;
  for (std::size_t i = 0; i < kFiles; ++i) {
    some.files.push_back(all.files[i * all.files.size() / kFiles]);
    identities.push_back({some.files.back().normalised, some.files.back().sha256});
  }
  const auto known = match::known_without_details(identities, kb);
  for (std::size_t i = 0; i < kFiles; ++i)
    if (known[i]) match::leave_details_out(some.files[i]);
  some.summary.files = kFiles;
  return some;
}

Question about_identities(const kb::Kb& kb, const match::Fingerprints& some) {
  std::vector<match::FileIdentity> identities;
  Question question{"/v1/known", "application/vnd.stowaway.identities", "", "", {}};
  for (const auto& file : some.files) {
    identities.push_back({file.normalised, file.sha256});
    question.body.append(reinterpret_cast<const char*>(&file.normalised), 8);
    question.body.append(reinterpret_cast<const char*>(file.sha256.data()), file.sha256.size());
  }
  for (const bool known : match::known_without_details(identities, kb))
    question.answer += known ? '1' : '0';
  question.here = [&kb, identities] { return match::known_without_details(identities, kb).size(); };
  return question;
}

Question about_subject(const kb::Kb& kb, const match::Fingerprints& some) {
  Question question{"/v1/identify?name=x",
                    "application/vnd.stowaway.fingerprints",
                    match::encode_fingerprints(some),
                    "",
                    {}};
  question.here = [&kb, body = question.body]() -> std::size_t {
    const auto decoded = match::decode_fingerprints(body);
    if (!decoded) return 0;
    const auto result = match::rescan(*decoded, kb, {});
    if (!result) return 0;
    const auto text = report::write("json", *result, {});
    return text ? text->size() : 0;
  };
  return question;
}

int run(const kb::Kb& kb, char** argv) {
  const auto some = sample(kb, argv[2]);
  if (!some) {
    fmt::print(stderr, "{}\n", some.error().message);
    return 6;
  }
  const auto threads = static_cast<unsigned>(std::max(1, std::atoi(argv[5])));
  const double seconds = std::atof(argv[6]);
  bool right = true;
  std::string parts;
  for (const auto& [name, question] : {std::pair("known", about_identities(kb, *some)),
                                       std::pair("identify", about_subject(kb, *some))}) {
    const Measured there = measure(argv[3], argv[4], question, threads, seconds);
    right = right && there.right;
    if (!there.right) break;
    const auto count = static_cast<double>(there.seconds.size());
    const double cpu_here = measure_here(question, seconds / 2);
    parts += fmt::format(
        "{}\"{}\": {{\"requests\": {}, \"per_second\": {:.1f}, \"p50_ms\": {:.3f}, \"p99_ms\": "
        "{:.3f}, \"server_cpu_ms\": {:.4f}, \"in_process_cpu_ms\": {:.4f}, \"body_bytes\": {}}}",
        parts.empty() ? "" : ", ", name, there.seconds.size(), count / there.wall,
        there.at(0.5) * 1e3, there.at(0.99) * 1e3, there.server_cpu / count * 1e3, cpu_here * 1e3,
        question.body.size());
  }
  fmt::print("{{\"connections\": {}, {}}}\n", threads, right ? parts : "\"answers\": \"WRONG\"");
  return right ? 0 : 1;
}

}  // namespace
}  // namespace stowaway::bench

int main(int argc, char** argv) {
  if (argc != 7) {
    std::fputs("usage: stowaway-load KB TREE URL SERVER_PID THREADS SECONDS\n", stderr);
    return 2;
  }
  const auto kb = stowaway::kb::Kb::open(argv[1]);
  if (!kb) {
    fmt::print(stderr, "{}\n", kb.error().message);
    return 5;
  }
  return stowaway::bench::run(*kb, argv);
}

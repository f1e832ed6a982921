#include "server/try_it.h"

#include <openssl/rand.h>
#include <sys/mman.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>

#include "base/process.h"
#include "fingerprint/identity.h"
#include "server/answers.h"
#include "server/parameters.h"
#include "server/routes.h"

namespace stowaway::server {
namespace {

constexpr std::size_t kMostWaiting = 4, kMostKept = 100, kIdBytes = 16;
constexpr ledger::Seconds kKeptSeconds = 3600;
constexpr std::chrono::minutes kMostTime{2};
constexpr std::uint64_t kMostMemory = std::uint64_t{2} << 30, kMostReport = std::uint64_t{32} << 20;
constexpr int kNoKb = 5, kWorstExit = 4;  // "nothing to scan": a report all the same

// A file that has no name and ends with its descriptor.
class MemoryFile {
 public:
  MemoryFile() : descriptor_(::memfd_create("upload", MFD_CLOEXEC)) {}
  ~MemoryFile() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  MemoryFile(const MemoryFile&) = delete;
  MemoryFile& operator=(const MemoryFile&) = delete;

  bool write(std::string_view bytes) const {
    while (!bytes.empty()) {
      const ssize_t size = ::write(descriptor_, bytes.data(), bytes.size());
      if (size < 0 && errno == EINTR) continue;
      if (size <= 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(size));
    }
    return descriptor_ >= 0;
  }
  int descriptor() const { return descriptor_; }

 private:
  int descriptor_;
};

}  // namespace

std::string_view name_of(TryIt::Stage stage) {
  switch (stage) {
    case TryIt::Stage::waiting: return "waiting";
    case TryIt::Stage::scanning: return "scanning";
    case TryIt::Stage::done: return "done";
    case TryIt::Stage::failed: return "failed";
  }
  return "";
}

TryIt::TryIt(std::vector<std::string> command, std::vector<std::string> environment,
             std::function<ledger::Seconds()> clock)
    : command_(std::move(command)),
      environment_(std::move(environment)),
      clock_(std::move(clock)),
      worker_([this](const std::stop_token& stop) { work(stop); }) {}

TryIt::~TryIt() = default;

Result<std::string> TryIt::start(std::string name, std::string bytes) {
  std::array<std::uint8_t, kIdBytes> random{};
  if (RAND_bytes(random.data(), kIdBytes) != 1)
    return fail(ErrorCode::unavailable, "no randomness for an id");
  const std::string id = fingerprint::to_hex(random);
  const std::lock_guard lock(guard_);
  forget_old();
  if (waiting_.size() >= kMostWaiting || jobs_.size() >= kMostKept)
    return fail(ErrorCode::unavailable, "{} uploads wait already; try again in a minute",
                waiting_.size());
  jobs_[id] = {{Stage::waiting, clock_(), std::move(name), "", ""}, std::move(bytes)};
  waiting_.push_back(id);
  changed_.notify_one();
  return id;
}

std::optional<TryIt::State> TryIt::state_of(const std::string& id) {
  const std::lock_guard lock(guard_);
  forget_old();
  const auto at = jobs_.find(id);
  return at == jobs_.end() ? std::nullopt : std::optional(at->second.state);
}

void TryIt::forget_old() {
  const ledger::Seconds now = clock_();
  std::erase_if(jobs_, [&](const auto& item) {
    const State& state = item.second.state;
    return (state.stage == Stage::done || state.stage == Stage::failed) &&
           state.since + kKeptSeconds < now;
  });
}

void TryIt::work(const std::stop_token& stop) {
  std::unique_lock lock(guard_);
  while (changed_.wait(lock, stop, [&] { return !waiting_.empty(); })) {
    const std::string id = waiting_.front();
    waiting_.pop_front();
    Job& job = jobs_.at(id);  // nodes of a map stay where they are; only finished ones are removed
    job.state.stage = Stage::scanning;
    job.state.since = clock_();
    const std::string bytes = std::move(job.bytes);
    lock.unlock();
    auto report = report_on(bytes, stop);
    lock.lock();
    job.state.stage = report ? Stage::done : Stage::failed;
    job.state.since = clock_();
    if (report)
      job.state.report = *std::move(report);
    else
      job.state.error = report.error().message;
  }
}

Result<std::string> TryIt::report_on(const std::string& bytes, const std::stop_token& stop) const {
  const MemoryFile file;
  if (!file.write(bytes)) return fail(ErrorCode::io, "no room for the upload");
  ProcessRequest request;
  request.arguments = command_;
  request.arguments.emplace_back("/proc/self/fd/3");
  request.environment = environment_;
  request.descriptors = {file.descriptor()};
  request.max_memory_bytes = kMostMemory;
  request.max_output_bytes = kMostReport;
  request.timeout = kMostTime;
  request.stop = stop;
  STOWAWAY_TRY(ProcessResult result, run_process(request));
  // What is said of nodes is none of the uploader's business.
  if (result.status == kNoKb)
    return fail(ErrorCode::unavailable, "the knowledge base cannot be asked now; try again later");
  if (result.status > kWorstExit || result.output.empty())
    return fail(ErrorCode::unsupported, "it could not be scanned: {}",
                result.errors.substr(0, 500));
  return std::move(result.output);
}

namespace {

Result<Answer> upload(Context& context, const Request& request, const Caller&) {
  if (!context.try_it) return refuse(404, "uploads are not offered here");
  if (request.body.empty()) return fail(ErrorCode::invalid_argument, "send an archive");
  STOWAWAY_TRY(const std::string id,
               context.try_it->start(parameter(request, "name"), request.body));
  Answer answer = answer_with({{"id", id}}, 202);
  answer.headers.emplace_back("Location", "/v1/try?id=" + id);
  return answer;
}

Result<Answer> outcome(Context& context, const Request& request, const Caller&) {
  if (!context.try_it) return refuse(404, "uploads are not offered here");
  STOWAWAY_TRY(const std::string id, needed(request, "id"));
  const auto state = context.try_it->state_of(id);
  if (!state) return refuse(404, "no such upload; results are kept for an hour");
  Json document{
      {"id", id}, {"stage", name_of(state->stage)}, {"seconds", context.clock() - state->since}};
  if (state->stage == TryIt::Stage::failed) document["error"] = text_of(state->error);
  if (state->stage == TryIt::Stage::done) {
    Json report = Json::parse(state->report, nullptr, false);
    if (!report.is_object()) return fail(ErrorCode::io, "the report of the upload is damaged");
    report["subject"]["name"] = text_of(state->name);
    document["report"] = std::move(report);
  }
  return answer_with(document);
}

constexpr Route kRoutes[] = {
    {"POST", "/v1/try", Need::read, &upload},
    {"GET", "/v1/try", Need::read, &outcome},
};

}  // namespace

std::span<const Route> try_routes() { return kRoutes; }

}  // namespace stowaway::server

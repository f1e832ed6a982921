#include "ledger/tracker.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>
#include <tuple>
#include <utility>

#include "ledger/debian_fetcher.h"
#include "match/scan.h"

namespace stowaway::ledger {
namespace {

// Tries of a write that another writer was in the way of.
constexpr int kTries = 5;

class Stopwatch {
 public:
  std::int64_t ms() const {
    return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() -
                                                                 start_)
        .count();
  }

 private:
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

// What is ready to be scanned.
struct Ready {
  Wish wish;  // its version is known
  std::string location;
  source::Dsc package;  // of a download, which is removed afterwards
  bool is_download = false;
  std::int64_t fetch_ms = 0;
};

// Between the one who fetches and those who scan. Bounded: downloads take disk.
class Queue {
 public:
  explicit Queue(std::size_t capacity) : capacity_(capacity) {}

  // False when the queue was closed.
  bool push(Ready ready) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return closed_ || items_.size() < capacity_; });
    if (closed_) return false;
    items_.push_back(std::move(ready));
    changed_.notify_all();
    return true;
  }
  // Nothing: closed and empty.
  std::optional<Ready> pop() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return closed_ || !items_.empty(); });
    if (items_.empty()) return std::nullopt;
    Ready ready = std::move(items_.front());
    items_.pop_front();
    changed_.notify_all();
    return ready;
  }
  void close() {
    const std::lock_guard lock(mutex_);
    closed_ = true;
    changed_.notify_all();
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Ready> items_;
  std::size_t capacity_;
  bool closed_ = false;
};

// The ledger, shared: one thread at a time; a write that meets another process is tried again.
class SharedLedger {
 public:
  explicit SharedLedger(Ledger& ledger) : ledger_(&ledger) {}

  template <class F>
  auto with(F use) {
    for (int attempt = 1;; ++attempt) {
      {
        const std::lock_guard lock(mutex_);
        auto result = use(*ledger_);
        if (result || result.error().code != ErrorCode::unavailable || attempt == kTries)
          return result;
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(50 * attempt));
    }
  }

 private:
  std::mutex mutex_;
  Ledger* ledger_;
};

Tracked tracked_of(const Wish& wish) {
  Tracked tracked;
  tracked.subject = wish.subject;
  tracked.version = wish.version;
  return tracked;
}

unsigned threads(unsigned jobs) {
  source::Options options;
  options.jobs = jobs;
  return source::effective_jobs(options);
}

struct Scanned {
  NewSnapshot snapshot;
  match::ScanResult result;
  std::string fingerprints;
};

Result<Scanned> scan_ready(const kb::Kb& kb, const Ready& ready, const TrackOptions& options,
                           const source::Options& how) {
  const Stopwatch watch;
  Scanned scanned;
  STOWAWAY_TRY(const auto source, source::open_subject(ready.location));
  match::Fingerprints fingerprints;
  match::ScanOptions scan;
  scan.source = how;
  scan.fingerprints = &fingerprints;
  STOWAWAY_TRY(scanned.result, match::scan(*source, kb, scan));
  if (scanned.result.summary.files == 0)
    return fail(ErrorCode::not_found, "nothing to scan: no file was found");
  scanned.fingerprints = match::encode_fingerprints(fingerprints);
  NewSnapshot& snapshot = scanned.snapshot;
  snapshot.subject = ready.wish.subject;
  snapshot.version = ready.wish.version;
  snapshot.order = ready.wish.order;
  snapshot.origin = ready.wish.package.empty()
                        ? ready.wish.location
                        : "debian:" + ready.wish.package + "=" + ready.wish.version;
  snapshot.at = options.now();
  snapshot.fetch_ms = ready.fetch_ms;
  snapshot.scan_ms = watch.ms();
  return scanned;
}

Result<Tracked> put(SharedLedger& ledger, const Scanned& scanned) {
  const NewSnapshot& snapshot = scanned.snapshot;
  STOWAWAY_TRY(const Put put, ledger.with([&](Ledger& to) {
    return to.put(snapshot, scanned.result, scanned.fingerprints);
  }));
  Tracked tracked;
  tracked.subject = snapshot.subject;
  tracked.version = snapshot.version;
  tracked.outcome = put == Put::added ? Outcome::added : Outcome::replaced;
  tracked.copies = scanned.result.copies.size();
  tracked.is_partial = scanned.result.partial;
  tracked.fetch_ms = snapshot.fetch_ms;
  tracked.scan_ms = snapshot.scan_ms;
  return tracked;
}

// Matches a snapshot again from its fingerprints. True: with other copies than before.
Result<bool> rematch(SharedLedger& ledger, const kb::Kb& kb, const Snapshot& snapshot,
                     const std::string& at) {
  STOWAWAY_TRY(const std::string bytes,
               ledger.with([&](Ledger& from) { return from.fingerprints_of(snapshot.id); }));
  if (bytes.empty()) return fail(ErrorCode::not_found, "no fingerprints were kept; track it again");
  STOWAWAY_TRY(const match::Fingerprints fingerprints, match::decode_fingerprints(bytes));
  STOWAWAY_TRY(const match::ScanResult result, match::rescan(fingerprints, kb, {}));
  STOWAWAY_TRY(const match::ScanResult before,
               ledger.with([&](Ledger& from) { return from.result_of(snapshot.id); }));
  STOWAWAY_TRY_VOID(ledger.with([&](Ledger& to) { return to.rematched(snapshot.id, result, at); }));
  return !std::ranges::equal(before.copies, result.copies, [](const auto& a, const auto& b) {
    return a.path == b.path && a.component == b.component && a.versions == b.versions &&
           a.verdict == b.verdict;
  });
}

class Tracker {
 public:
  Tracker(Ledger& ledger, const kb::Kb& kb, const std::vector<Wish>& wishes,
          const TrackOptions& options)
      : ledger_(ledger),
        kb_(&kb),
        wishes_(&wishes),
        options_(&options),
        jobs_(wishes.size() == 1 ? 1 : threads(options.jobs)),
        queue_(jobs_ + 1) {
    how_ = options.source;
    how_.stop = options.stop;
    if (wishes.size() > 1) how_.jobs = 1;
  }

  Result<void> run() {
    {
      std::vector<std::jthread> team;
      for (unsigned i = 0; i < jobs_; ++i) team.emplace_back([this] { scan_all(); });
      fetch_all();
      queue_.close();
    }
    if (error_) return tl::unexpected<Error>(*error_);
    if (options_->stop.stop_requested())
      return fail(ErrorCode::cancelled, "interrupted; what was done is in the ledger");
    return {};
  }

 private:
  bool ended() {
    if (options_->stop.stop_requested()) return true;
    const std::lock_guard lock(mutex_);
    return error_.has_value();
  }

  void fetch_all() {
    DebianFetcher fetcher(*options_);
    for (const Wish& wish : *wishes_) {
      if (ended()) return;
      if (wish.package.empty())
        queue_.push({wish, wish.location, {}, false, 0});
      else
        fetch(fetcher, wish);
    }
  }

  void fetch(DebianFetcher& fetcher, Wish wish) {
    if (!wish.version.empty() && is_there(wish)) return;
    auto package = fetcher.find(wish);
    if (!package) return note_failure(wish, "resolve", package.error());
    const bool was_known = !wish.version.empty();
    wish.version = package->version;
    if (!was_known && is_there(wish)) return;
    const Stopwatch watch;
    const auto file = fetcher.fetch(*package);
    if (!file) return note_failure(wish, "fetch", file.error());
    queue_.push({wish, *file, *package, true, watch.ms()});
  }

  // A version of a Debian package never changes: nothing is to be fetched, at most to be matched.
  bool is_there(const Wish& wish) {
    if (options_->again) return false;
    const auto known =
        ledger_.with([&](Ledger& from) { return from.find(wish.subject, wish.version); });
    if (!known) {
      end_with(known.error());
      return true;
    }
    if (!*known) return false;
    const Snapshot& snapshot = **known;
    Tracked tracked = tracked_of(wish);
    tracked.outcome = Outcome::kept;
    tracked.copies = snapshot.copies;
    tracked.is_partial = snapshot.is_partial;
    if (snapshot.kb != kb_->id()) {
      if (!rematch(ledger_, *kb_, snapshot, options_->now())) return false;
      tracked.outcome = Outcome::rematched;
    }
    tell(tracked);
    return true;
  }

  void scan_all() {
    while (auto ready = queue_.pop()) {
      if (!ended()) scan(*ready);
      if (ready->is_download && !options_->archive.keep_downloads && !ended())
        DebianFetcher::remove(ready->location, ready->package);
    }
  }

  void scan(const Ready& ready) {
    const auto scanned = scan_ready(*kb_, ready, *options_, how_);
    if (!scanned) return note_failure(ready.wish, "scan", scanned.error());
    const auto tracked = put(ledger_, *scanned);
    if (!tracked) return end_with(tracked.error());
    tell(*tracked);
  }

  void note_failure(const Wish& wish, const std::string& stage, const Error& error) {
    if (error.code == ErrorCode::cancelled) return;
    const Failure failure{wish.subject, wish.version, stage, error.message, options_->now()};
    const auto noted = ledger_.with([&](Ledger& to) { return to.put_failure(failure); });
    if (!noted) return end_with(noted.error());
    Tracked tracked = tracked_of(wish);
    tracked.stage = stage;
    tracked.reason = error.message;
    tell(tracked);
  }

  void tell(const Tracked& tracked) {
    const std::lock_guard lock(mutex_);
    ++done_;
    if (options_->done) options_->done(tracked);
    if (options_->progress != nullptr)
      options_->progress->advance(tracked.subject, done_, wishes_->size());
  }

  // The ledger itself fails: nothing more can be kept.
  void end_with(const Error& error) {
    {
      const std::lock_guard lock(mutex_);
      if (!error_) error_ = error;
    }
    queue_.close();
  }

  SharedLedger ledger_;
  const kb::Kb* kb_;
  const std::vector<Wish>* wishes_;
  const TrackOptions* options_;
  unsigned jobs_;
  source::Options how_;
  Queue queue_;
  std::mutex mutex_;  // of what follows
  std::uint64_t done_ = 0;
  std::optional<Error> error_;
};

}  // namespace

Result<void> track(Ledger& ledger, const kb::Kb& kb, const std::vector<Wish>& wishes,
                   const TrackOptions& options) {
  return Tracker(ledger, kb, wishes, options).run();
}

Result<Tracked> track_one(Ledger& ledger, const kb::Kb& kb, const Wish& wish,
                          const TrackOptions& options) {
  SharedLedger shared(ledger);
  source::Options how = options.source;
  how.stop = options.stop;
  STOWAWAY_TRY(const Scanned scanned,
               scan_ready(kb, {wish, wish.location, {}, false, 0}, options, how));
  return put(shared, scanned);
}

Result<RefreshReport> refresh(Ledger& ledger, const kb::Kb& kb, const RefreshOptions& options) {
  STOWAWAY_TRY(auto snapshots, ledger.snapshots(""));
  RefreshReport report;
  std::erase_if(snapshots, [&](const Snapshot& snapshot) {
    if (!options.every_version && !snapshot.is_current) return true;
    const bool same = snapshot.kb == kb.id();
    report.up_to_date += same;
    return same;
  });
  SharedLedger shared(ledger);
  std::mutex mutex;  // of `report` and `error`
  std::optional<Error> error;
  std::atomic<std::size_t> next = 0;
  const auto work = [&] {
    for (std::size_t i; (i = next++) < snapshots.size() && !options.stop.stop_requested();) {
      const Snapshot& snapshot = snapshots[i];
      const auto changed = rematch(shared, kb, snapshot, options.now());
      const std::lock_guard lock(mutex);
      if (changed) {
        ++report.rematched;
        report.changed += *changed;
      } else if (changed.error().code == ErrorCode::io ||
                 changed.error().code == ErrorCode::unavailable) {
        error = changed.error();
        next = snapshots.size();
      } else {
        report.failed.push_back({snapshot.subject, snapshot.version, changed.error().message});
      }
      if (options.progress != nullptr)
        options.progress->advance("refresh", report.rematched, snapshots.size());
    }
  };
  {
    std::vector<std::jthread> team;
    for (unsigned i = threads(options.jobs); i > 0; --i) team.emplace_back(work);
  }
  if (error) return tl::unexpected<Error>(*error);
  if (options.stop.stop_requested())
    return fail(ErrorCode::cancelled, "interrupted; what was done is in the ledger");
  std::ranges::sort(report.failed, [](const auto& a, const auto& b) {
    return std::tie(a.subject, a.version) < std::tie(b.subject, b.version);
  });
  return report;
}

}  // namespace stowaway::ledger

#include "match/collect.h"

#include <algorithm>
#include <cstring>
#include <optional>

#include "fingerprint/normalise.h"
#include "match/bytes_facts.h"
#include "match/cache.h"
#include "match/facts.h"
#include "match/fingerprints.h"
#include "match/versions.h"

namespace stowaway::match {
namespace {

constexpr std::size_t kMaxGapsKept = 10'000, kMaxManifestsKept = 100'000;

struct Worker {
  explicit Worker(const kb::Kb& kb) : resembler(kb) {}
  Resembler resembler;
  std::vector<std::byte> normalised;
  std::vector<fingerprint::Shingle> shingles;
  std::vector<ScannedFile> files;
  std::vector<FileFingerprint> fingerprints;
  std::vector<Manifest> manifests;
  std::vector<source::Gap> gaps;
  std::vector<std::byte> learned;  // records for the cache
};

class Collector final : public source::Sink {
 public:
  Collector(const kb::Kb& kb, unsigned jobs, bool resemblances, const CacheOptions& cache,
            Fingerprints* keep)
      : kb_(&kb), resemblances_(resemblances), cache_(cache), keep_(keep) {
    for (unsigned i = 0; i < jobs; ++i) workers_.emplace_back(kb);
  }

  bool wants(std::string_view path) const override {
    return fingerprint::classify(path).is_code || is_manifest(path);
  }

  bool has_memory() const override { return cache_.has_records(); }

  bool recall(unsigned number, std::string_view path, const source::FileStamp& stamp) override {
    auto learned = cache_.recall(path, stamp, kb_);
    if (!learned) return false;
    Worker& worker = workers_[number];
    if (learned->file) worker.files.push_back(*std::move(learned->file));
    if (learned->manifest) note_manifest(worker, *std::move(learned->manifest));
    return true;
  }

  void on_file(unsigned number, const source::FileView& file) override {
    Worker& worker = workers_[number];
    const std::size_t files = worker.files.size(), manifests = worker.manifests.size();
    look_at(worker, file);
    // Below /proc a size is a fiction.
    if (file.stamp == nullptr || file.stamp->size_bytes != file.bytes.size() ||
        !cache_.may_keep(*file.stamp))
      return;
    append_record(
        file.path, *file.stamp, worker.files.size() > files ? &worker.files.back() : nullptr,
        worker.manifests.size() > manifests ? &worker.manifests.back() : nullptr, worker.learned);
  }

  void look_at(Worker& worker, const source::FileView& file) {
    const fingerprint::FileClass type = fingerprint::classify(file.path);
    if (is_manifest(file.path))
      note_manifest(worker,
                    {std::string(file.path), statements_in_manifest(file.path, file.bytes)});
    if (!type.is_code || file.bytes.empty()) return;
    ScannedFile& scanned = worker.files.emplace_back();
    scanned.path = file.path;
    scanned.size_bytes = file.bytes.size();
    scanned.role = type.role;
    const auto normalised = fingerprint::normalise(file.bytes, type.comments, worker.normalised);
    scanned.normalised_bytes =
        static_cast<std::uint32_t>(std::min<std::size_t>(normalised.size(), UINT32_MAX));
    if (normalised.size() < kMinNormalisedBytes) {
      if (keep_ != nullptr) worker.fingerprints.push_back(head_of(scanned));
      return;
    }
    BytesFacts facts(file.bytes, normalised, worker.shingles);
    look_up(facts, *kb_, resemblances_ ? &worker.resembler : nullptr, scanned);
    if (keep_ != nullptr)
      worker.fingerprints.push_back(
          fingerprint_of(facts, scanned, may_need_details(scanned, *kb_)));
  }

  void on_identity(unsigned number, std::string_view path, const fingerprint::Md5& md5) override {
    const fingerprint::FileClass type = fingerprint::classify(path);
    if (!type.is_code) return;
    ScannedFile& scanned = workers_[number].files.emplace_back();
    scanned.path = path;
    scanned.role = type.role;
    if (keep_ != nullptr) workers_[number].fingerprints.emplace_back(head_of(scanned)).md5 = md5;
    const auto content = kb_->content_with_md5(md5);
    if (!content) return;
    scanned.size_bytes = kb_->content(*content).size_bytes;
    scanned.contents = {*content, *content + 1};
    scanned.exact = true;
  }

  void on_gap(unsigned number, source::Gap gap) override {
    if (workers_[number].gaps.size() < kMaxGapsKept)
      workers_[number].gaps.push_back(std::move(gap));
  }

  Collected finish(source::Summary summary) {
    Collected all;
    all.summary = summary;
    for (Worker& worker : workers_) {
      std::ranges::move(worker.files, std::back_inserter(all.files));
      std::ranges::move(worker.manifests, std::back_inserter(all.manifests));
      std::ranges::move(worker.gaps, std::back_inserter(all.gaps));
    }
    std::ranges::sort(all.files, {}, &ScannedFile::path);
    std::ranges::sort(all.manifests, {}, &Manifest::path);
    std::ranges::sort(all.gaps, [](const source::Gap& a, const source::Gap& b) {
      return std::tie(a.path, a.reason, a.detail) < std::tie(b.path, b.reason, b.detail);
    });
    if (all.gaps.size() > kMaxGapsKept) all.gaps.resize(kMaxGapsKept);
    if (keep_ != nullptr) keep(all);
    return all;
  }

  void save_cache() {
    std::vector<std::vector<std::byte>> learned;
    for (Worker& worker : workers_) learned.push_back(std::move(worker.learned));
    cache_.save(learned);
  }

 private:
  static void note_manifest(Worker& worker, Manifest manifest) {
    if (!manifest.statements.empty() && worker.manifests.size() < kMaxManifestsKept)
      worker.manifests.push_back(std::move(manifest));
  }

  void keep(const Collected& all) {
    for (Worker& worker : workers_)
      std::ranges::move(worker.fingerprints, std::back_inserter(keep_->files));
    std::ranges::sort(keep_->files, {}, &FileFingerprint::path);
    keep_->manifests = all.manifests;
    keep_->gaps = all.gaps;
    keep_->summary = all.summary;
  }

  const kb::Kb* kb_;
  bool resemblances_;
  Cache cache_;
  Fingerprints* keep_;  // may be null
  std::vector<Worker> workers_;
};

}  // namespace

Result<Collected> collect(source::Source& subject, const kb::Kb& kb, const source::Options& options,
                          bool resemblances, const CacheOptions& cache, Fingerprints* keep) {
  // What the cache holds of a file is not enough to match it again.
  Collector collector(kb, source::effective_jobs(options), resemblances,
                      keep == nullptr ? cache : CacheOptions{}, keep);
  STOWAWAY_TRY(const auto summary, subject.deliver(collector, options));
  STOWAWAY_TRY_VOID(kb.intact());
  collector.save_cache();
  return collector.finish(summary);
}

}  // namespace stowaway::match

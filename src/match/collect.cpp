#include "match/collect.h"

#include <algorithm>
#include <cstring>
#include <optional>

#include "fingerprint/normalise.h"
#include "match/cache.h"
#include "match/resemble.h"
#include "match/versions.h"

namespace stowaway::match {
namespace {

constexpr std::size_t kMaxGapsKept = 10'000, kMaxManifestsKept = 100'000;
// Below this a file says nothing: "int main() { return 0; }" and its kin.
constexpr std::size_t kMinNormalisedBytes = 48;

bool is_script(std::string_view path) { return path.ends_with(".js") || path.ends_with(".css"); }

struct Worker {
  explicit Worker(const kb::Kb& kb) : resembler(kb) {}
  Resembler resembler;
  std::vector<std::byte> normalised;
  std::vector<fingerprint::Shingle> shingles;
  std::vector<ScannedFile> files;
  std::vector<Manifest> manifests;
  std::vector<source::Gap> gaps;
  std::vector<std::byte> learned;  // records for the cache
};

class Collector final : public source::Sink {
 public:
  Collector(const kb::Kb& kb, unsigned jobs, bool resemblances, const CacheOptions& cache)
      : kb_(&kb), resemblances_(resemblances), cache_(cache) {
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
    if (normalised.size() < kMinNormalisedBytes) return;
    scanned.contents = kb_->contents_with(fingerprint::normalised_id(normalised));
    if (scanned.known()) confirm(file.bytes, scanned);
    // What the KB knows only from those who carry it may still resemble a file of the component
    // that it comes from.
    if (resemblances_ && (!scanned.known() || only_carried(scanned)) &&
        fingerprint::looks_like_text(file.bytes))
      resemble(worker, normalised, scanned);
    if (is_header(file.path) || (!scanned.exact && (scanned.known() || !scanned.resembles.empty())))
      scanned.statements = statements_in_code(file.bytes);
    else if (is_script(file.path) && !scanned.known())
      scanned.statements = titles_in_script(file.bytes);
  }

  void on_identity(unsigned number, std::string_view path, const fingerprint::Md5& md5) override {
    const fingerprint::FileClass type = fingerprint::classify(path);
    if (!type.is_code) return;
    ScannedFile& scanned = workers_[number].files.emplace_back();
    scanned.path = path;
    scanned.role = type.role;
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

  // Narrows the contents to the one with the same SHA-256, if there is one.
  void confirm(fingerprint::Bytes bytes, ScannedFile& scanned) const {
    const auto sha256 = fingerprint::sha256_of(bytes);
    for (kb::ContentId id = scanned.contents.first; id < scanned.contents.end; ++id)
      if (std::memcmp(kb_->content(id).sha256.data(), sha256.bytes.data(),
                      kb_->content(id).sha256.size()) == 0) {
        scanned.contents = {id, id + 1};
        scanned.exact = true;
        return;
      }
  }

  bool only_carried(const ScannedFile& scanned) const {
    for (kb::ContentId id = scanned.contents.first; id < scanned.contents.end; ++id)
      for (std::size_t i = 0; i < kb_->posting_count(id); ++i)
        if (!kb_->posting(id, i).carried) return false;
    return true;
  }

  void resemble(Worker& worker, fingerprint::Bytes normalised, ScannedFile& scanned) {
    fingerprint::sample_shingles(normalised, worker.shingles);
    if (!worker.shingles.empty()) scanned.resembles = worker.resembler.find(worker.shingles);
  }

  const kb::Kb* kb_;
  bool resemblances_;
  Cache cache_;
  std::vector<Worker> workers_;
};

}  // namespace

Result<Collected> collect(source::Source& subject, const kb::Kb& kb, const source::Options& options,
                          bool resemblances, const CacheOptions& cache) {
  Collector collector(kb, source::effective_jobs(options), resemblances, cache);
  STOWAWAY_TRY(const auto summary, subject.deliver(collector, options));
  STOWAWAY_TRY_VOID(kb.intact());
  collector.save_cache();
  return collector.finish(summary);
}

}  // namespace stowaway::match

#include <algorithm>
#include <iterator>
#include <tuple>

#include "match/bytes_facts.h"
#include "match/fingerprints.h"

namespace stowaway::match {
namespace {

constexpr std::size_t kMaxGapsKept = 10'000, kMaxManifestsKept = 100'000;

struct Worker {
  std::vector<std::byte> normalised;
  std::vector<fingerprint::Shingle> shingles;
  Fingerprints found;
};

// As Collector of collect.cpp, but asks nobody: whoever matches knows what it knows.
class Fingerprinter final : public source::Sink {
 public:
  explicit Fingerprinter(unsigned jobs) : workers_(jobs) {}

  bool wants(std::string_view path) const override {
    return fingerprint::classify(path).is_code || is_manifest(path);
  }

  void on_file(unsigned number, const source::FileView& file) override {
    Worker& worker = workers_[number];
    if (is_manifest(file.path) && worker.found.manifests.size() < kMaxManifestsKept)
      if (auto said = statements_in_manifest(file.path, file.bytes); !said.empty())
        worker.found.manifests.push_back({std::string(file.path), std::move(said)});
    const fingerprint::FileClass type = fingerprint::classify(file.path);
    if (!type.is_code || file.bytes.empty()) return;
    ScannedFile head;
    head.path = file.path;
    head.size_bytes = file.bytes.size();
    const auto normalised = fingerprint::normalise(file.bytes, type.comments, worker.normalised);
    head.normalised_bytes =
        static_cast<std::uint32_t>(std::min<std::size_t>(normalised.size(), UINT32_MAX));
    if (normalised.size() < kMinNormalisedBytes) return worker.found.files.push_back(head_of(head));
    BytesFacts facts(file.bytes, normalised, worker.shingles);
    worker.found.files.push_back(fingerprint_of(facts, head, true));
  }

  void on_identity(unsigned number, std::string_view path, const fingerprint::Md5& md5) override {
    if (!fingerprint::classify(path).is_code) return;
    FileFingerprint& file = workers_[number].found.files.emplace_back();
    file.path = path;
    file.md5 = md5;
  }

  void on_gap(unsigned number, source::Gap gap) override {
    std::vector<source::Gap>& gaps = workers_[number].found.gaps;
    if (gaps.size() < kMaxGapsKept) gaps.push_back(std::move(gap));
  }

  Fingerprints finish(source::Summary summary) {
    Fingerprints all;
    all.summary = summary;
    for (Worker& worker : workers_) {
      std::ranges::move(worker.found.files, std::back_inserter(all.files));
      std::ranges::move(worker.found.manifests, std::back_inserter(all.manifests));
      std::ranges::move(worker.found.gaps, std::back_inserter(all.gaps));
    }
    std::ranges::sort(all.files, {}, &FileFingerprint::path);
    std::ranges::sort(all.manifests, {}, &Manifest::path);
    std::ranges::sort(all.gaps, [](const source::Gap& a, const source::Gap& b) {
      return std::tie(a.path, a.reason, a.detail) < std::tie(b.path, b.reason, b.detail);
    });
    if (all.gaps.size() > kMaxGapsKept) all.gaps.resize(kMaxGapsKept);
    return all;
  }

 private:
  std::vector<Worker> workers_;
};

}  // namespace

Result<Fingerprints> fingerprint_subject(source::Source& subject, const source::Options& options) {
  Fingerprinter fingerprinter(source::effective_jobs(options));
  STOWAWAY_TRY(const auto summary, subject.deliver(fingerprinter, options));
  Fingerprints all = fingerprinter.finish(summary);
  all.kind = subject.kind();
  return all;
}

}  // namespace stowaway::match

#include "match/fingerprints.h"

#include <algorithm>

#include "match/facts.h"
#include "match/versions.h"

namespace stowaway::match {
namespace {

class KeptFacts final : public Facts {
 public:
  KeptFacts(const FileFingerprint& file, std::vector<fingerprint::Shingle>& shingles)
      : file_(&file), shingles_(&shingles) {}
  fingerprint::NormalisedId normalised() override { return file_->normalised; }
  ShaPrefix sha256() override { return file_->sha256; }
  bool is_text() override { return file_->is_text; }
  bool has_details() const override { return file_->has_details; }
  std::vector<fingerprint::Shingle>& shingles() override { return *shingles_; }
  std::vector<Statement> statements_in_code() override { return file_->statements; }
  std::vector<Statement> titles_in_script() override { return file_->titles; }

 private:
  const FileFingerprint* file_;
  std::vector<fingerprint::Shingle>* shingles_;
};

ScannedFile head_of(const FileFingerprint& file) {
  ScannedFile scanned;
  scanned.path = file.path;
  scanned.size_bytes = file.size_bytes;
  scanned.normalised_bytes = file.normalised_bytes;
  scanned.role = fingerprint::classify(file.path).role;
  return scanned;
}

void look_up_md5(const fingerprint::Md5& md5, const kb::Kb& kb, ScannedFile& scanned) {
  const auto content = kb.content_with_md5(md5);
  if (!content) return;
  scanned.size_bytes = kb.content(*content).size_bytes;
  scanned.contents = {*content, *content + 1};
  scanned.exact = true;
}

// Knows a file's identities alone.
class IdentityFacts final : public Facts {
 public:
  explicit IdentityFacts(const FileIdentity& file) : file_(&file) {}
  fingerprint::NormalisedId normalised() override { return file_->normalised; }
  ShaPrefix sha256() override { return file_->sha256; }
  bool is_text() override { return false; }
  bool has_details() const override { return false; }
  std::vector<fingerprint::Shingle>& shingles() override { return none_; }
  std::vector<Statement> statements_in_code() override { return {}; }
  std::vector<Statement> titles_in_script() override { return {}; }

 private:
  const FileIdentity* file_;
  std::vector<fingerprint::Shingle> none_;
};

}  // namespace

std::vector<bool> known_without_details(std::span<const FileIdentity> files, const kb::Kb& kb) {
  std::vector<bool> known(files.size());
  for (std::size_t i = 0; i < files.size(); ++i) {
    ScannedFile scanned;
    IdentityFacts facts(files[i]);
    look_up(facts, kb, nullptr, scanned);
    known[i] = scanned.known() && !may_need_details(scanned, kb);
  }
  return known;
}

void leave_details_out(FileFingerprint& file) {
  file.has_details = false;
  file.shingles.clear();
  file.titles.clear();
  if (!is_header(file.path)) file.statements.clear();
}

Result<Collected> collect_again(const Fingerprints& fingerprints, const kb::Kb& kb,
                                bool resemblances) {
  Collected collected;
  collected.summary = fingerprints.summary;
  collected.manifests = fingerprints.manifests;
  collected.gaps = fingerprints.gaps;
  Resembler resembler(kb);
  for (const FileFingerprint& file : fingerprints.files) {
    ScannedFile& scanned = collected.files.emplace_back(head_of(file));
    if (file.md5) {
      look_up_md5(*file.md5, kb, scanned);
      continue;
    }
    if (file.normalised_bytes < kMinNormalisedBytes) continue;
    STOWAWAY_TRY(auto shingles, unpack_shingles(file.shingles));
    KeptFacts facts(file, shingles);
    if (look_up(facts, kb, resemblances ? &resembler : nullptr, scanned)) continue;
    ++collected.summary.gaps;
    collected.gaps.push_back({file.path, source::GapReason::unreadable,
                              "an earlier knowledge base knew it; scan the subject again"});
  }
  std::ranges::sort(collected.files, {}, &ScannedFile::path);
  std::ranges::stable_sort(collected.gaps, {}, &source::Gap::path);
  return collected;
}

}  // namespace stowaway::match

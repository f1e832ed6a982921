#include "match/bytes_facts.h"

#include <cstring>

#include "match/declare.h"
#include "match/versions.h"

namespace stowaway::match {

fingerprint::NormalisedId BytesFacts::normalised() {
  if (!id_) id_ = fingerprint::normalised_id(normalised_);
  return *id_;
}

ShaPrefix BytesFacts::sha256() {
  if (!sha256_) {
    const auto whole = fingerprint::sha256_of(bytes_);
    std::memcpy(sha256_.emplace().data(), whole.bytes.data(), sizeof(ShaPrefix));
  }
  return *sha256_;
}

bool BytesFacts::is_text() {
  if (!is_text_) is_text_ = fingerprint::looks_like_text(bytes_);
  return *is_text_;
}

std::vector<fingerprint::Shingle>& BytesFacts::shingles() {
  if (!sampled_) fingerprint::sample_shingles(normalised_, *shingles_);
  sampled_ = true;
  return *shingles_;
}

std::vector<Statement> BytesFacts::statements_in_code() {
  if (!statements_) statements_ = match::statements_in_code(bytes_);
  return *statements_;
}

FileFingerprint head_of(const ScannedFile& scanned) {
  FileFingerprint kept;
  kept.path = scanned.path;
  kept.size_bytes = scanned.size_bytes;
  kept.normalised_bytes = scanned.normalised_bytes;
  return kept;
}

FileFingerprint fingerprint_of(Facts& facts, const ScannedFile& scanned, bool with_details) {
  FileFingerprint kept = head_of(scanned);
  kept.normalised = facts.normalised();
  kept.sha256 = facts.sha256();
  kept.is_text = facts.is_text();
  kept.has_details = with_details;
  if (is_header(scanned.path) || kept.has_details) kept.statements = facts.statements_in_code();
  if (!kept.has_details) return kept;
  if (is_script(scanned.path)) kept.titles = facts.titles_in_script();
  if (kept.is_text) kept.shingles = pack_shingles(facts.shingles());
  return kept;
}

}  // namespace stowaway::match

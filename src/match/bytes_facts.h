// What is to be known of a file whose bytes are there, and what is kept of it. Private to `match`.
// One thread at a time.
#pragma once

#include <optional>
#include <vector>

#include "fingerprint/identity.h"
#include "match/facts.h"
#include "match/fingerprints.h"

namespace stowaway::match {

// Of bytes that are there. Each is found out once, whoever asks.
class BytesFacts final : public Facts {
 public:
  BytesFacts(fingerprint::Bytes bytes, fingerprint::Bytes normalised,
             std::vector<fingerprint::Shingle>& buffer)
      : bytes_(bytes), normalised_(normalised), shingles_(&buffer) {
    buffer.clear();
  }
  fingerprint::NormalisedId normalised() override;
  ShaPrefix sha256() override;
  bool is_text() override;
  bool has_details() const override { return true; }
  std::vector<fingerprint::Shingle>& shingles() override;
  std::vector<Statement> statements_in_code() override;
  std::vector<Statement> titles_in_script() override { return match::titles_in_script(bytes_); }

 private:
  fingerprint::Bytes bytes_, normalised_;
  std::vector<fingerprint::Shingle>* shingles_;
  std::optional<fingerprint::NormalisedId> id_;
  std::optional<ShaPrefix> sha256_;
  std::optional<bool> is_text_;
  bool sampled_ = false;
  std::optional<std::vector<Statement>> statements_;
};

// Of a file of which no more is kept than that it is there.
FileFingerprint head_of(const ScannedFile& scanned);
FileFingerprint fingerprint_of(Facts& facts, const ScannedFile& scanned, bool with_details);

}  // namespace stowaway::match

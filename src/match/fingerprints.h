// What must be kept of a subject so that it can be matched again when the knowledge base has grown,
// without its bytes: rescan() of it gives what scan() of the bytes would.
//
// As bytes: docs/formats/fingerprints.md. Pure; safe from any thread.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "fingerprint/identity.h"
#include "fingerprint/normalise.h"
#include "match/collect.h"
#include "source/source.h"

namespace stowaway::match {

// One code file. About a ninth of the file's normalised size where its shingles are kept.
struct FileFingerprint {
  std::string path;
  std::uint64_t size_bytes = 0;
  std::uint32_t normalised_bytes = 0;
  fingerprint::NormalisedId normalised = 0;
  std::array<std::uint8_t, 16> sha256{};  // the first half
  std::optional<fingerprint::Md5> md5;    // of a list: all that is known
  bool is_text = false;
  // Kept unless the knowledge base knew the file byte for byte, as its owner's: then a larger one
  // knows it, too.
  bool has_details = false;
  std::string shingles;  // packed
  std::vector<Statement> statements, titles;
};

struct Fingerprints {
  std::string kind;                    // of the subject: Source::kind()
  std::vector<FileFingerprint> files;  // sorted by path
  std::vector<Manifest> manifests;     // as in Collected
  std::vector<source::Gap> gaps;
  source::Summary summary;
};

// Of a subject that somebody else will match: with all details. Fails as Source::deliver does.
Result<Fingerprints> fingerprint_subject(source::Source& subject, const source::Options& options);

// What of a file tells whether its details are needed.
struct FileIdentity {
  fingerprint::NormalisedId normalised = 0;
  std::array<std::uint8_t, 16> sha256{};  // the first half
};
// For each, whether the KB knows it byte for byte as its owner's, so that it can do without.
std::vector<bool> known_without_details(std::span<const FileIdentity> files, const kb::Kb& kb);
// Leaves the details of such a file out. Those of headers are needed all the same.
void leave_details_out(FileFingerprint& file);

std::string pack_shingles(std::vector<fingerprint::Shingle> shingles);
// Fails with corrupt.
Result<std::vector<fingerprint::Shingle>> unpack_shingles(std::string_view packed);

inline constexpr std::uint64_t kMaxFingerprintBytes = std::uint64_t{4} << 30;  // unpacked

std::string encode_fingerprints(const Fingerprints& fingerprints);
// Fails with corrupt, unsupported (another format) or limit_exceeded.
Result<Fingerprints> decode_fingerprints(std::string_view bytes,
                                         std::uint64_t max_bytes = kMaxFingerprintBytes);

// The files as collect() would have them. A file whose details would now be needed and were not
// kept becomes a gap.
Result<Collected> collect_again(const Fingerprints& fingerprints, const kb::Kb& kb,
                                bool resemblances);

}  // namespace stowaway::match

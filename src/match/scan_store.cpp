#include "match/scan_store.h"

#include "match/facts.h"
#include "match/resemble.h"
#include "match/versions.h"

namespace stowaway::match {
namespace {

bool is_looked_up(const FileFingerprint& file) {
  return !file.md5 && file.normalised_bytes >= kMinNormalisedBytes;
}

kb::Keys identities_of(const Fingerprints& fingerprints) {
  kb::Keys keys;
  for (const FileFingerprint& file : fingerprints.files)
    if (file.md5)
      keys.md5s.push_back(*file.md5);
    else if (is_looked_up(file))
      keys.normalised.push_back(file.normalised);
  return keys;
}

// Which files the store knows well enough, so that their shingles need not be looked up: most of
// what travels.
Result<std::vector<bool>> known_files(const Fingerprints& fingerprints, kb::Store& store) {
  std::vector<FileIdentity> files;
  for (const FileFingerprint& file : fingerprints.files)
    if (is_looked_up(file)) files.push_back({file.normalised, file.sha256});
  return known_without_details(files, store);
}

// Adds those of the files that `wants` says yes to.
template <class Wants>
Result<void> add_shingles(const Fingerprints& fingerprints, Wants wants, kb::Keys& keys) {
  for (const FileFingerprint& file : fingerprints.files) {
    if (!is_looked_up(file) || !wants()) continue;
    STOWAWAY_TRY(const auto shingles, unpack_shingles(file.shingles));
    for (const fingerprint::Shingle& shingle : shingles) keys.shingles.push_back(shingle.key);
  }
  return {};
}

}  // namespace

Result<kb::Keys> all_keys_of(const Fingerprints& fingerprints) {
  kb::Keys keys = identities_of(fingerprints);
  STOWAWAY_TRY_VOID(add_shingles(
      fingerprints, [] { return true; }, keys));
  return keys;
}

Result<std::vector<bool>> known_without_details(std::span<const FileIdentity> files,
                                                kb::Store& store) {
  if (const kb::Kb* whole = store.whole()) return known_without_details(files, *whole);
  kb::Keys keys;
  for (const FileIdentity& file : files) keys.normalised.push_back(file.normalised);
  STOWAWAY_TRY(const kb::Kb kb, store.slice(keys));
  auto known = known_without_details(files, kb);
  STOWAWAY_TRY_VOID(kb.intact());
  return known;
}

Result<ScanResult> rescan(const Fingerprints& fingerprints, kb::Store& store,
                          const ScanOptions& options) {
  if (const kb::Kb* whole = store.whole()) return rescan(fingerprints, *whole, options);
  kb::Keys keys = identities_of(fingerprints);
  if (options.resemblances) {
    STOWAWAY_TRY(const auto known, known_files(fingerprints, store));
    auto next = known.begin();
    STOWAWAY_TRY_VOID(add_shingles(
        fingerprints, [&] { return !*next++; }, keys));
    keys.max_occurrences = kMaxOccurrences;
    keys.min_in_path = kMinMatched;
  }
  STOWAWAY_TRY(const kb::Kb kb, store.slice(keys));
  return rescan(fingerprints, kb, options);
}

Result<ScanResult> scan(source::Source& subject, kb::Store& store, const ScanOptions& options) {
  if (const kb::Kb* whole = store.whole()) return scan(subject, *whole, options);
  STOWAWAY_TRY(Fingerprints fingerprints, fingerprint_subject(subject, options.source));
  STOWAWAY_TRY(ScanResult result, rescan(fingerprints, store, options));
  if (options.fingerprints != nullptr) *options.fingerprints = std::move(fingerprints);
  return result;
}

}  // namespace stowaway::match

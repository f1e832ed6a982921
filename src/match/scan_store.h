// A subject against a knowledge base in a store that is no file of this machine: the subject is
// fingerprinted, the store gives the part of the knowledge base that the fingerprints touch, and
// matching goes on as usual. The result is that of scan() with the whole.
#pragma once

#include "kb/store.h"
#include "match/scan.h"

namespace stowaway::match {

// Every key of a subject. Fails with corrupt.
Result<kb::Keys> all_keys_of(const Fingerprints& fingerprints);

// known_without_details() of any store. Fails as Store::slice() does.
Result<std::vector<bool>> known_without_details(std::span<const FileIdentity> files,
                                                kb::Store& store);

// scan() where the store has the whole at hand. Else all fingerprints are in memory meanwhile, and
// options.cache is not used. Fails as scan() and Store::slice() do.
Result<ScanResult> scan(source::Source& subject, kb::Store& store, const ScanOptions& options);

// Of fingerprints that have their details (fingerprint_subject).
Result<ScanResult> rescan(const Fingerprints& fingerprints, kb::Store& store,
                          const ScanOptions& options);

}  // namespace stowaway::match

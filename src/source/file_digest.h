// The digest of an open file, read in pieces, for files that need not fit in memory. Safe from any
// thread that has a descriptor of its own.
#pragma once

#include <cstdint>
#include <stop_token>
#include <string>
#include <vector>

#include "base/result.h"

namespace stowaway::source {

// sha1 only where nothing better is published.
enum class FileDigestKind { md5, sha1, sha256, sha512 };

// Of the bytes from the start to the end; `fd` stands at its start again afterwards. Fails with io,
// or cancelled.
Result<std::vector<std::uint8_t>> digest_of_file(int fd, FileDigestKind kind,
                                                 const std::stop_token& stop);

// Of a named regular file; fails with not_found too.
Result<std::vector<std::uint8_t>> digest_of_file(const std::string& file, FileDigestKind kind,
                                                 const std::stop_token& stop);

}  // namespace stowaway::source

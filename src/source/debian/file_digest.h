// The digest of an open file, read in pieces, for files that need not fit in memory. Private to
// `source/debian`.
#pragma once

#include <stop_token>
#include <string>

#include "base/result.h"

namespace stowaway::source {

enum class FileDigestKind { md5, sha256 };

// Lower-case hex of the bytes from the start to the end; `fd` stands at its start again afterwards.
// Fails with io, or cancelled.
Result<std::string> digest_of_file(int fd, FileDigestKind kind, const std::stop_token& stop);

}  // namespace stowaway::source

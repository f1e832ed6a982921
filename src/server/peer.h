// Whoever is at the other end of a TLS connection: the certificate that they proved to be theirs.
// One thread at a time.
#pragma once

#include <optional>
#include <string>

#include "base/result.h"

namespace stowaway::server {

class Peer {
 public:
  // SHA-256 of the certificate's DER form, in hex; "" where none was shown. Looked at once a
  // connection. Fails with invalid_argument: it is not signed by whom we trust, not valid now, or
  // not for clients.
  Result<std::string> certificate(void* tls_session);

 private:
  std::optional<Result<std::string>> known_;
};

}  // namespace stowaway::server

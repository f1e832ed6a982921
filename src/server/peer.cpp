#include "server/peer.h"

#include <gnutls/gnutls.h>
#include <gnutls/x509.h>

#include "fingerprint/identity.h"

namespace stowaway::server {
namespace {

Result<std::string> verified(gnutls_session_t session) {
  unsigned count = 0;
  const gnutls_datum_t* const chain = gnutls_certificate_get_peers(session, &count);
  if (chain == nullptr || count == 0) return std::string();
  char purpose[] = GNUTLS_KP_TLS_WWW_CLIENT;
  gnutls_typed_vdata_st wanted{GNUTLS_DT_KEY_PURPOSE_OID, reinterpret_cast<unsigned char*>(purpose),
                               0};
  unsigned wrong = 0;
  if (gnutls_certificate_verify_peers(session, &wanted, 1, &wrong) != GNUTLS_E_SUCCESS ||
      wrong != 0)
    return fail(ErrorCode::invalid_argument, "a certificate that does not count");
  const fingerprint::Bytes der(reinterpret_cast<const std::byte*>(chain[0].data), chain[0].size);
  return fingerprint::to_hex(fingerprint::sha256_of(der));
}

}  // namespace

Result<std::string> Peer::certificate(void* tls_session) {
  if (!known_) known_ = verified(static_cast<gnutls_session_t>(tls_session));
  return *known_;
}

}  // namespace stowaway::server

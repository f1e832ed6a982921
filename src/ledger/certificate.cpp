#include "ledger/certificate.h"

#include <openssl/bio.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <memory>

#include "fingerprint/identity.h"

namespace stowaway::ledger {

Result<std::string> certificate_fingerprint(std::string_view pem) {
  const std::unique_ptr<BIO, decltype(&BIO_free)> in(
      BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())), &BIO_free);
  const std::unique_ptr<X509, decltype(&X509_free)> certificate(
      in ? PEM_read_bio_X509(in.get(), nullptr, nullptr, nullptr) : nullptr, &X509_free);
  unsigned char* der = nullptr;
  const int size = certificate ? i2d_X509(certificate.get(), &der) : -1;
  if (size <= 0) return fail(ErrorCode::corrupt, "there is no certificate in PEM form");
  const auto digest = fingerprint::sha256_of(
      fingerprint::as_bytes({reinterpret_cast<const char*>(der), static_cast<std::size_t>(size)}));
  OPENSSL_free(der);
  return fingerprint::to_hex(digest);
}

}  // namespace stowaway::ledger

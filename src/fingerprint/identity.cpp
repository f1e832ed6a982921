#include "fingerprint/identity.h"

#include <openssl/evp.h>
#include <openssl/provider.h>

#include <charconv>

namespace stowaway::fingerprint {
namespace {

// A library context of our own: a machine whose OpenSSL is configured for FIPS refuses MD5 in the
// default one, and what we need is a name for bytes, not a signature. Lives until the process ends,
// so that no thread outlives it.
OSSL_LIB_CTX* library_context() {
  static OSSL_LIB_CTX* const context = [] {
    OSSL_LIB_CTX* made = OSSL_LIB_CTX_new();
    STOWAWAY_CHECK(made != nullptr, "OpenSSL gives no library context");
    STOWAWAY_CHECK(OSSL_PROVIDER_load(made, "default") != nullptr,
                   "OpenSSL's default provider is not installed");
    return made;
  }();
  return context;
}

// One digest context, bound to its algorithm once and restarted for every file: no allocation, no
// fetch per file.
class Hasher {
 public:
  explicit Hasher(const char* algorithm)
      : digest_(EVP_MD_fetch(library_context(), algorithm, nullptr)), context_(EVP_MD_CTX_new()) {
    STOWAWAY_CHECK(digest_ != nullptr && context_ != nullptr, "OpenSSL lacks a digest");
    STOWAWAY_CHECK(EVP_DigestInit_ex2(context_, digest_, nullptr) == 1, "cannot start a digest");
  }
  ~Hasher() {
    EVP_MD_CTX_free(context_);
    EVP_MD_free(digest_);
  }
  Hasher(const Hasher&) = delete;
  Hasher& operator=(const Hasher&) = delete;

  void add(const void* data, std::size_t size) {
    STOWAWAY_CHECK(EVP_DigestUpdate(context_, data, size) == 1, "a digest refused its input");
  }

  // Writes the digest and is ready for the next file.
  template <std::size_t N>
  Digest<N> finish() {
    Digest<N> result;
    unsigned length = 0;
    STOWAWAY_CHECK(EVP_DigestFinal_ex(context_, result.bytes.data(), &length) == 1 && length == N,
                   "a digest did not finish");
    // No algorithm given: keeps the one it has, and its memory.
    STOWAWAY_CHECK(EVP_DigestInit_ex2(context_, nullptr, nullptr) == 1, "cannot restart a digest");
    return result;
  }

 private:
  EVP_MD* digest_;
  EVP_MD_CTX* context_;
};

int value_of_hex(char digit) {
  if (digit >= '0' && digit <= '9') return digit - '0';
  if (digit >= 'a' && digit <= 'f') return digit - 'a' + 10;
  if (digit >= 'A' && digit <= 'F') return digit - 'A' + 10;
  return -1;
}

}  // namespace

Md5 md5_of(Bytes bytes) {
  thread_local Hasher hasher("MD5");
  hasher.add(bytes.data(), bytes.size());
  return hasher.finish<16>();
}

Sha256 sha256_of(Bytes bytes) {
  thread_local Hasher hasher("SHA2-256");
  hasher.add(bytes.data(), bytes.size());
  return hasher.finish<32>();
}

GitSha1 git_sha1_of(Bytes bytes) {
  thread_local Hasher hasher("SHA1");
  char header[32] = "blob ";
  char* const end = std::to_chars(header + 5, header + sizeof header - 1, bytes.size()).ptr;
  *end = '\0';
  hasher.add(header, static_cast<std::size_t>(end - header) + 1);
  hasher.add(bytes.data(), bytes.size());
  return hasher.finish<20>();
}

std::string to_hex(std::span<const std::uint8_t> bytes) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string hex(bytes.size() * 2, '\0');
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    hex[2 * i] = kDigits[bytes[i] >> 4];
    hex[2 * i + 1] = kDigits[bytes[i] & 15];
  }
  return hex;
}

Result<Md5> parse_md5(std::string_view hex) {
  Md5 md5;
  if (hex.size() != 2 * md5.bytes.size()) {
    return fail(ErrorCode::corrupt, "an MD5 has 32 hex digits, not {} characters", hex.size());
  }
  for (std::size_t i = 0; i < md5.bytes.size(); ++i) {
    const int high = value_of_hex(hex[2 * i]);
    const int low = value_of_hex(hex[2 * i + 1]);
    if (high < 0 || low < 0) return fail(ErrorCode::corrupt, "not a hex digit in an MD5");
    md5.bytes[i] = static_cast<std::uint8_t>(high * 16 + low);
  }
  return md5;
}

}  // namespace stowaway::fingerprint

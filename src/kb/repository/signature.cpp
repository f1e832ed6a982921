#include "kb/repository/signature.h"

#include <fmt/format.h>
#include <openssl/evp.h>
#include <openssl/rand.h>

#include <algorithm>
#include <memory>
#include <span>
#include <vector>

#include "base/text.h"
#include "fingerprint/identity.h"

namespace stowaway::kb {
namespace {

constexpr std::string_view kComment = "untrusted comment: ", kAlgorithm = "Ed", kPlain = "BK";
constexpr std::size_t kMaxText = 4096, kSaltBytes = 16, kChecksumBytes = 8, kSignatureBytes = 64;

using Bytes = std::vector<std::uint8_t>;
struct KeyFree {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
};
struct ContextFree {
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};
using Key = std::unique_ptr<EVP_PKEY, KeyFree>;
using Context = std::unique_ptr<EVP_MD_CTX, ContextFree>;

void append(Bytes& bytes, std::span<const std::uint8_t> more) {
  bytes.insert(bytes.end(), more.begin(), more.end());
}
void append(Bytes& bytes, std::string_view more) {
  bytes.insert(bytes.end(), more.begin(), more.end());
}

std::string file_text(std::string_view comment, const Bytes& bytes) {
  std::string coded(4 * ((bytes.size() + 2) / 3), '\0');
  EVP_EncodeBlock(reinterpret_cast<unsigned char*>(coded.data()), bytes.data(),
                  static_cast<int>(bytes.size()));
  return fmt::format("{}{}\n{}\n", kComment, comment, coded);
}

// The bytes of such a file; exactly `size` of them, of our algorithm.
Result<Bytes> file_bytes(std::string_view text, std::size_t size, std::string_view what) {
  const std::size_t line = text.find('\n');
  if (text.size() > kMaxText || !text.starts_with(kComment) || line == std::string_view::npos)
    return fail(ErrorCode::corrupt, "this is no {} (its first line is not \"{}…\")", what,
                kComment);
  const std::string_view coded =
      trimmed(text.substr(line + 1, text.find('\n', line + 1) - line - 1));
  Bytes bytes(coded.size() / 4 * 3 + 3);
  const int length =
      coded.size() % 4 != 0
          ? -1
          : EVP_DecodeBlock(bytes.data(), reinterpret_cast<const unsigned char*>(coded.data()),
                            static_cast<int>(coded.size()));
  const auto padding = static_cast<std::size_t>(std::ranges::count(coded, '='));
  if (length < 0 || static_cast<std::size_t>(length) != size + padding || padding > 2)
    return fail(ErrorCode::corrupt, "this is no {}", what);
  bytes.resize(size);
  if (!std::equal(kAlgorithm.begin(), kAlgorithm.end(), bytes.begin()))
    return fail(ErrorCode::unsupported, "this {} is not of Ed25519", what);
  return bytes;
}

template <std::size_t N>
void take(const Bytes& bytes, std::size_t first, std::array<std::uint8_t, N>& out) {
  std::copy_n(bytes.begin() + static_cast<std::ptrdiff_t>(first), N, out.begin());
}

// signify's: the first bytes of SHA-512 over seed and public key.
std::array<std::uint8_t, kChecksumBytes> checksum(std::span<const std::uint8_t> secret) {
  std::array<std::uint8_t, EVP_MAX_MD_SIZE> digest{};
  unsigned length = 0;
  EVP_Digest(secret.data(), secret.size(), digest.data(), &length, EVP_sha512(), nullptr);
  std::array<std::uint8_t, kChecksumBytes> first{};
  std::copy_n(digest.begin(), first.size(), first.begin());
  return first;
}

Bytes secret_bytes(const SecretKey& key) {
  Bytes bytes;
  append(bytes, key.seed);
  append(bytes, key.public_key.bytes);
  return bytes;
}

// Fills in what follows from the seed.
Result<SecretKey> complete(SecretKey key) {
  const Key made(
      EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr, key.seed.data(), key.seed.size()));
  std::size_t length = key.public_key.bytes.size();
  if (!made || EVP_PKEY_get_raw_public_key(made.get(), key.public_key.bytes.data(), &length) != 1)
    return fail(ErrorCode::unavailable, "OpenSSL cannot do Ed25519");
  key.public_key.number = key.number;
  return key;
}

}  // namespace

Result<SecretKey> make_key() {
  SecretKey key;
  if (RAND_bytes(key.number.data(), static_cast<int>(key.number.size())) != 1 ||
      RAND_priv_bytes(key.seed.data(), static_cast<int>(key.seed.size())) != 1)
    return fail(ErrorCode::unavailable, "no randomness for a key");
  return complete(key);
}

std::string name_of(const PublicKey& key) { return fingerprint::to_hex(key.number); }

std::string text_of(const PublicKey& key) {
  Bytes bytes;
  append(bytes, kAlgorithm);
  append(bytes, key.number);
  append(bytes, key.bytes);
  return file_text("stowaway public key " + name_of(key), bytes);
}

std::string text_of(const SecretKey& key) {
  const Bytes secret = secret_bytes(key);
  Bytes bytes;
  append(bytes, kAlgorithm);
  append(bytes, kPlain);
  bytes.resize(bytes.size() + 4 + kSaltBytes);  // no rounds: no passphrase; and so no salt
  append(bytes, checksum(secret));
  append(bytes, key.number);
  append(bytes, secret);
  return file_text("stowaway secret key " + name_of(key.public_key), bytes);
}

Result<PublicKey> read_public_key(std::string_view text) {
  STOWAWAY_TRY(const Bytes bytes, file_bytes(text, 2 + 8 + 32, "public key"));
  PublicKey key;
  take(bytes, 2, key.number);
  take(bytes, 10, key.bytes);
  return key;
}

Result<SecretKey> read_secret_key(std::string_view text) {
  constexpr std::size_t kRounds = 4, kChecksum = kRounds + 4 + kSaltBytes,
                        kNumber = kChecksum + kChecksumBytes, kSeed = kNumber + 8;
  STOWAWAY_TRY(const Bytes bytes, file_bytes(text, kSeed + 64, "secret key"));
  if (std::any_of(bytes.begin() + kRounds, bytes.begin() + kRounds + 4,
                  [](std::uint8_t byte) { return byte != 0; }))
    return fail(ErrorCode::unsupported,
                "this secret key has a passphrase; make one without (signify -G -n, or "
                "`stowaway kb keygen`)");
  SecretKey key;
  take(bytes, kNumber, key.number);
  take(bytes, kSeed, key.seed);
  STOWAWAY_TRY(key, complete(key));
  std::array<std::uint8_t, kChecksumBytes> stated{};
  take(bytes, kChecksum, stated);
  std::array<std::uint8_t, 32> stated_public{};
  take(bytes, kSeed + key.seed.size(), stated_public);
  if (stated != checksum(secret_bytes(key)) || stated_public != key.public_key.bytes)
    return fail(ErrorCode::corrupt, "this secret key is damaged");
  return key;
}

Result<std::string> sign(std::string_view message, const SecretKey& key) {
  const Key made(
      EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr, key.seed.data(), key.seed.size()));
  const Context context(EVP_MD_CTX_new());
  std::array<std::uint8_t, kSignatureBytes> signature{};
  std::size_t length = signature.size();
  if (!made || !context ||
      EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, made.get()) != 1 ||
      EVP_DigestSign(context.get(), signature.data(), &length,
                     reinterpret_cast<const unsigned char*>(message.data()), message.size()) != 1)
    return fail(ErrorCode::unavailable, "OpenSSL cannot sign");
  Bytes bytes;
  append(bytes, kAlgorithm);
  append(bytes, key.number);
  append(bytes, signature);
  return file_text("verify with the public key " + name_of(key.public_key), bytes);
}

Result<void> check_signature(std::string_view message, std::string_view signature,
                             const PublicKey& key) {
  STOWAWAY_TRY(const Bytes bytes, file_bytes(signature, 2 + 8 + kSignatureBytes, "signature"));
  PublicKey signer;
  take(bytes, 2, signer.number);
  if (signer.number != key.number)
    return fail(ErrorCode::corrupt, "signed with the key {}, not with {}", name_of(signer),
                name_of(key));
  const Key made(
      EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, key.bytes.data(), key.bytes.size()));
  const Context context(EVP_MD_CTX_new());
  if (!made || !context ||
      EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, made.get()) != 1)
    return fail(ErrorCode::unavailable, "OpenSSL cannot check an Ed25519 signature");
  if (EVP_DigestVerify(context.get(), bytes.data() + 10, kSignatureBytes,
                       reinterpret_cast<const unsigned char*>(message.data()), message.size()) != 1)
    return fail(ErrorCode::corrupt, "the signature is not of these bytes");
  return {};
}

}  // namespace stowaway::kb

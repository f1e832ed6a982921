// Detached Ed25519 signatures (RFC 8032, by OpenSSL), with keys and signatures in the text form of
// OpenBSD's signify(1): whoever doubts this program checks them with that one. Secret keys are
// stored without a passphrase: their file's permissions guard them. Pure but for the file
// functions; safe from any thread.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace stowaway::kb {

struct PublicKey {
  std::array<std::uint8_t, 8> number{};  // random; says which key a signature needs
  std::array<std::uint8_t, 32> bytes{};
  bool operator==(const PublicKey&) const = default;
};

struct SecretKey {
  std::array<std::uint8_t, 8> number{};
  std::array<std::uint8_t, 32> seed{};
  PublicKey public_key;
};

// A new pair. Fails with unavailable (no randomness).
Result<SecretKey> make_key();

std::string text_of(const PublicKey& key);
std::string text_of(const SecretKey& key);
std::string name_of(const PublicKey& key);  // its number in hex
// Fail with corrupt, or unsupported (a secret key with a passphrase).
Result<PublicKey> read_public_key(std::string_view text);
Result<SecretKey> read_secret_key(std::string_view text);

// The text of a signature file. Fails with unavailable.
Result<std::string> sign(std::string_view message, const SecretKey& key);
// Fails with corrupt: no signature, another key's, or not of this message; the message says which.
Result<void> check_signature(std::string_view message, std::string_view signature,
                             const PublicKey& key);

}  // namespace stowaway::kb

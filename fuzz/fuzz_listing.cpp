// The list of a published knowledge base, and signatures: what a mirror may send.
#include <cstdint>
#include <string_view>

#include "kb/repository/listing.h"
#include "kb/repository/signature.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace stowaway;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto listing = kb::decode_listing(text))
    if (!kb::decode_listing(kb::encode_listing(*listing))) __builtin_trap();
  if (const auto key = kb::read_public_key(text))
    if (kb::read_public_key(kb::text_of(*key)).value() != *key) __builtin_trap();
  static_cast<void>(kb::read_secret_key(text));
  static_cast<void>(kb::check_signature("x", text, kb::PublicKey{}));
  return 0;
}

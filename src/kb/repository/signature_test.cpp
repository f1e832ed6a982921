#include "kb/repository/signature.h"

#include <gtest/gtest.h>

namespace stowaway::kb {
namespace {

SecretKey new_key() { return make_key().value(); }

TEST(Signature, IsGoodForItsMessageAndKeyOnly) {
  const SecretKey key = new_key(), other = new_key();
  const std::string signature = sign("a list", key).value();
  EXPECT_TRUE(check_signature("a list", signature, key.public_key));
  EXPECT_FALSE(check_signature("a lisT", signature, key.public_key));
  const auto foreign = check_signature("a list", signature, other.public_key);
  ASSERT_FALSE(foreign);
  EXPECT_NE(foreign.error().message.find(name_of(key.public_key)), std::string::npos);
  SecretKey impostor = other;  // another key under the same number
  impostor.number = impostor.public_key.number = key.number;
  EXPECT_FALSE(check_signature("a list", sign("a list", impostor).value(), key.public_key));
}

TEST(Signature, KeysComeBackFromTheirText) {
  const SecretKey key = new_key();
  EXPECT_EQ(read_public_key(text_of(key.public_key)).value(), key.public_key);
  const SecretKey back = read_secret_key(text_of(key)).value();
  EXPECT_EQ(back.seed, key.seed);
  EXPECT_EQ(back.public_key, key.public_key);
}

// RFC 8032, 7.1, test 2.
TEST(Signature, IsEd25519) {
  SecretKey key = new_key();
  constexpr std::array<std::uint8_t, 32> kSeed = {0x4c, 0xcd, 0x08, 0x9b, 0x28, 0xff, 0x96, 0xda,
                                                  0x9d, 0xb6, 0xc3, 0x46, 0xec, 0x11, 0x4e, 0x0f,
                                                  0x5b, 0x8a, 0x31, 0x9f, 0x35, 0xab, 0xa6, 0x24,
                                                  0xda, 0x8c, 0xf6, 0xed, 0x4f, 0xb8, 0xa6, 0xfb};
  constexpr std::array<std::uint8_t, 32> kPublic = {0x3d, 0x40, 0x17, 0xc3, 0xe8, 0x43, 0x89, 0x5a,
                                                    0x92, 0xb7, 0x0a, 0xa7, 0x4d, 0x1b, 0x7e, 0xbc,
                                                    0x9c, 0x98, 0x2c, 0xcf, 0x2e, 0xc4, 0x96, 0x8c,
                                                    0xc0, 0xcd, 0x55, 0xf1, 0x2a, 0xf4, 0x66, 0x0c};
  key.seed = kSeed;
  key.public_key.bytes = kPublic;
  const SecretKey read = read_secret_key(text_of(key)).value();
  EXPECT_EQ(read.public_key.bytes, kPublic);
  EXPECT_TRUE(check_signature("r", sign("r", read).value(), read.public_key));
}

TEST(Signature, WhatIsNoneIsSaidToBeNone) {
  const SecretKey key = new_key();
  const std::string good = sign("x", key).value();
  for (const std::string& bad :
       {std::string(), std::string("untrusted comment: x"), std::string("untrusted comment: x\n\n"),
        good.substr(0, good.size() - 10), "x" + good, text_of(key.public_key),
        std::string(5000, 'A'), std::string("untrusted comment: x\nRWQ=\n")}) {
    const auto checked = check_signature("x", bad, key.public_key);
    ASSERT_FALSE(checked) << bad;
  }
  std::string damaged = text_of(key);
  damaged[damaged.size() - 12] ^= 1;
  EXPECT_FALSE(read_secret_key(damaged));
  EXPECT_FALSE(read_secret_key(text_of(key.public_key)));
}

}  // namespace
}  // namespace stowaway::kb

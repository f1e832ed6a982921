#include "kb/repository/listing.h"

#include <gtest/gtest.h>

namespace stowaway::kb {
namespace {

Listing sample() {
  return {"demo",
          7,
          "2026-11-23T08:00:00Z",
          "2027-02-21T08:00:00Z",
          {{"curl", std::string(64, 'a'), 10, 2}, {"zlib", std::string(64, 'b'), 20, 3}}};
}

std::string replaced(std::string text, std::string_view from, std::string_view to) {
  const std::size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return text.replace(at, from.size(), to);
}

TEST(Listing, ComesBackFromItsText) {
  const Listing back = decode_listing(encode_listing(sample())).value();
  EXPECT_EQ(back.name, "demo");
  EXPECT_EQ(back.number, 7U);
  EXPECT_EQ(back.expires, "2027-02-21T08:00:00Z");
  EXPECT_EQ(back.packs, sample().packs);
}

TEST(Listing, RefusesWhatMakesNoSense) {
  const std::string good = encode_listing(sample());
  for (const auto& [from, to] : std::initializer_list<std::pair<const char*, const char*>>{
           {"\"number\": 7", "\"number\": 0"},
           {"\"number\": 7", "\"number\": \"7\""},
           {"2027-02-21T08", "2027-02-21 08"},
           {"\"zlib\"", "\"../x\""},
           {"\"component\": \"curl\"", "\"component\": \"zlib\""},
           {"\"bytes\": 10", "\"bytes\": 0"},
           {"\"bytes\": 10", "\"bytes\": 99999999999999"},
           {"packs/zlib-", "../../etc/"},
           {"\"name\": \"demo\"", "\"name\": \"\""}}) {
    const auto read = decode_listing(replaced(good, from, to));
    ASSERT_FALSE(read) << to;
    EXPECT_EQ(read.error().code, ErrorCode::corrupt) << to;
  }
  EXPECT_EQ(decode_listing(replaced(good, "repository-1", "repository-2")).error().code,
            ErrorCode::unsupported);
  EXPECT_FALSE(decode_listing("[]"));
  EXPECT_FALSE(decode_listing(good.substr(0, good.size() / 2)));
}

}  // namespace
}  // namespace stowaway::kb

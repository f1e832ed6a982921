#include "fingerprint/identity.h"

#include <gtest/gtest.h>

#include <string>
#include <thread>
#include <vector>

namespace stowaway::fingerprint {
namespace {

struct Known {
  std::string content;
  const char* md5;       // md5sum
  const char* sha256;    // sha256sum
  const char* git_sha1;  // git hash-object --stdin
};

const std::vector<Known>& known() {
  static const std::vector<Known> table = {
      {"", "d41d8cd98f00b204e9800998ecf8427e",
       "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
       "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391"},
      {"hello\n", "b1946ac92492d2347c6235b4d2611184",
       "5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03",
       "ce013625030ba8dba906f756967f9e9ca394464a"},
      {"what is up, doc?", "85d3b22486a86f117c680ae455c3f73f",
       "af4e812d13b4eae6da91024f15f7679dae49d40aee3fb4c7216b56d04193f46c",
       "bd9dbf5aae1a3862dd1526723246b20206e5fc37"},  // the example of the Pro Git book
      {std::string(1000000, 'a'), "7707d6ae4e027c70eea2a935c2296f21",
       "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0",
       "de1fbf0c2f34f67f01f355f31ed0cf7319643c5e"},
      {std::string("a\0b", 3), "70350f6027bce3713f6b76473084309b",
       "59b271ae1bbcb1d31d41929817f4b16fb439eb4f31520b5ad1d5ce98920a7138",
       "20b5be91886d0b6f26dc98a225c0dac05fe2c86e"},
  };
  return table;
}

TEST(Identity, DigestsAreThoseOfTheUsualTools) {
  for (int round = 0; round < 2; ++round) {  // a context that is used again must start afresh
    for (const Known& row : known()) {
      EXPECT_EQ(to_hex(md5_of(as_bytes(row.content))), row.md5);
      EXPECT_EQ(to_hex(sha256_of(as_bytes(row.content))), row.sha256);
      EXPECT_EQ(to_hex(git_sha1_of(as_bytes(row.content))), row.git_sha1);
    }
  }
}

TEST(Identity, ThreadsDoNotDisturbOneAnother) {
  std::vector<std::thread> threads;
  std::vector<int> wrong(4, 0);
  for (std::size_t t = 0; t < wrong.size(); ++t) {
    threads.emplace_back([&wrong, t] {
      for (int i = 0; i < 500; ++i) {
        const Known& row = known()[static_cast<std::size_t>(i) % 3];
        if (to_hex(md5_of(as_bytes(row.content))) != row.md5) ++wrong[t];
        if (to_hex(git_sha1_of(as_bytes(row.content))) != row.git_sha1) ++wrong[t];
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (const int count : wrong) EXPECT_EQ(count, 0);
}

TEST(Identity, Md5IsReadInEitherCaseAndRefusedOtherwise) {
  const char* const lower = "b1946ac92492d2347c6235b4d2611184";
  const char* const upper = "B1946AC92492D2347C6235B4D2611184";
  ASSERT_TRUE(parse_md5(lower));
  EXPECT_EQ(*parse_md5(lower), *parse_md5(upper));
  EXPECT_EQ(*parse_md5(lower), md5_of(as_bytes("hello\n")));
  for (const char* bad :
       {"", "b1946ac92492d2347c6235b4d261118", "b1946ac92492d2347c6235b4d26111845",
        "g1946ac92492d2347c6235b4d2611184", "b1946ac92492d2347c6235b4d261118 "}) {
    const Result<Md5> parsed = parse_md5(bad);
    ASSERT_FALSE(parsed) << bad;
    EXPECT_EQ(parsed.error().code, ErrorCode::corrupt);
  }
}

}  // namespace
}  // namespace stowaway::fingerprint

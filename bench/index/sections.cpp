// usage: stowaway-index-sections KB
// Prints the bytes of each section of an index as JSON, by the names of kb/index/layout.h.
#include <fmt/format.h>

#include <array>
#include <cstdio>
#include <fstream>

#include "kb/index/layout.h"
#include "kb/kb.h"

namespace {

using namespace stowaway::kb::index;

constexpr std::array<const char*, kSectionCount> kNames{"strings",           "components",
                                                        "releases",          "paths",
                                                        "path marks",        "spans",
                                                        "span marks",        "shingle counts",
                                                        "carried",           "originals",
                                                        "SHA-256",           "sizes",
                                                        "normalised blocks", "normalised tails",
                                                        "normalised crowd",  "normalised marks",
                                                        "postings",          "shared postings",
                                                        "MD5 blocks",        "MD5 tails",
                                                        "MD5 crowd",         "MD5 contents",
                                                        "shingle blocks",    "shingle tails",
                                                        "shingle crowd",     "shingle marks",
                                                        "occurrences"};

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fputs("usage: stowaway-index-sections KB\n", stderr);
    return 2;
  }
  if (const auto kb = stowaway::kb::Kb::open(argv[1]); !kb) {  // checks what is read below
    fmt::print(stderr, "{}\n", kb.error().message);
    return 5;
  }
  Header header{};
  std::ifstream(argv[1], std::ios::binary).read(reinterpret_cast<char*>(&header), sizeof header);
  fmt::print("{{");
  for (std::size_t i = 0; i < kSectionCount; ++i)
    fmt::print("{}\"{}\": {}", i == 0 ? "" : ", ", kNames[i], header.sections[i].size_bytes);
  fmt::print("}}\n");
  return 0;
}

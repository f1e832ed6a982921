// What the tests of `kb` and `match` share: a directory that goes away, packs made of texts. For
// tests only.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "kb/miner/pack_builder.h"

namespace stowaway::kb::testing {

class TempDir {
 public:
  TempDir() : path_((std::filesystem::temp_directory_path() / "stowaway-kb-XXXXXX").string()) {
    STOWAWAY_CHECK(::mkdtemp(path_.data()) != nullptr, "no temporary directory for a test");
  }
  ~TempDir() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TempDir(const TempDir&) = delete;
  TempDir& operator=(const TempDir&) = delete;

  const std::string& path() const { return path_; }
  std::string file(const std::string& name) const { return path_ + "/" + name; }
  std::string write(const std::string& name, std::string_view content) const {
    const std::filesystem::path file = std::filesystem::path(path_) / name;
    std::filesystem::create_directories(file.parent_path());
    std::ofstream(file, std::ios::binary)
        .write(content.data(), static_cast<std::streamsize>(content.size()));
    return file.string();
  }

 private:
  std::string path_;
};

inline std::string read_file(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

using Tree = std::map<std::string, std::string>;  // path → content

// For packs that must fit.
inline std::vector<std::byte> encoded(const Pack& pack) {
  auto bytes = encode_pack(pack);
  STOWAWAY_CHECK(bytes.has_value(), "a test pack that does not fit");
  return *std::move(bytes);
}

struct TestRelease {
  std::string version, date;
  Tree files;
};

inline void add_release(PackBuilder& builder, const TestRelease& release) {
  const std::uint32_t number = builder.add_release(
      PackRelease{release.version, release.date, "rev-" + release.version, "", 0, 0});
  for (const auto& [path, content] : release.files)
    if (belongs_into_pack(path) && !content.empty())
      builder.add_file(
          number, path,
          builder.add_content(fingerprint_content(fingerprint::as_bytes(content), path)));
}

inline Pack empty_pack(const std::string& component) {
  Pack pack;
  pack.component = component;
  pack.purl = "pkg:generic/" + component;
  pack.language = "c";
  pack.licence = "Zlib";
  return pack;
}

inline Pack pack_of(const std::string& component, const std::vector<TestRelease>& releases) {
  PackBuilder builder(empty_pack(component));
  for (const TestRelease& release : releases) add_release(builder, release);
  return builder.finish();
}

// Numbered C functions: texts with different numbers have nothing in common but single words.
inline std::string code(unsigned number, unsigned functions = 12) {
  std::string out;
  for (unsigned i = 0; i < functions; ++i) {
    std::uint64_t x = (std::uint64_t{number} << 32 | i) * 0x9E3779B97F4A7C15U;
    const auto word = [&x] {
      std::string letters;
      for (int k = 0; k < 7; ++k) {
        x ^= x >> 27;
        x = x * 0x3C79AC492BA7B653U + 0x1234567U;
        letters.push_back(static_cast<char>('a' + (x >> 40) % 26));
      }
      return letters;
    };
    out += "static int " + word() + "(int " + word() + ", char *" + word() + ") {\n  int " +
           word() + " = " + word() + "[" + word() + "];\n  while (" + word() + ") " + word() + "(" +
           word() + " + " + word() + ");\n  return " + word() + ";\n}\n";
  }
  return out;
}

}  // namespace stowaway::kb::testing

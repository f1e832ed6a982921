// The part of a pack that says what the component is: its releases, paths, and which file versions
// stand in which releases; without contents and shingles. What a distributed store keeps of a pack
// in one piece (a few bytes a file version), besides the rows that look-ups find.
//
// Paths and file versions are numbered within the pack, in its order. Plain values; safe from any
// thread.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "kb/index/layout.h"
#include "kb/pack/pack.h"

namespace stowaway::kb {

struct DirectoryRelease {
  std::string version, revision;
  std::uint32_t date;  // 20220327; 0 unknown
  std::uint32_t code_files;
  bool operator==(const DirectoryRelease&) const = default;
};

struct DirectoryPath {
  std::string path;
  std::uint32_t first_file_version;
  std::uint8_t density_exponent;
  bool operator==(const DirectoryPath&) const = default;
};

struct PackDirectory {
  std::string component, purl, licence, language;
  std::vector<std::string> aliases;
  std::uint32_t rank = 0;
  std::uint32_t contents = 0;  // how many different ones the pack has
  std::vector<DirectoryRelease> releases;
  std::vector<DirectoryPath> paths;
  std::vector<std::uint32_t> shingles;    // of each file version
  std::vector<std::uint32_t> first_span;  // of each file version, and a sentinel
  std::vector<index::ReleaseSpan> spans;  // ascending, disjoint; at least one a file version

  std::uint32_t file_versions() const { return static_cast<std::uint32_t>(shingles.size()); }
  // Of a path; both by position.
  std::uint32_t end_of(std::uint32_t path) const {
    return path + 1 < paths.size() ? paths[path + 1].first_file_version : file_versions();
  }
  std::uint32_t path_of(std::uint32_t file_version) const;
};

PackDirectory directory_of(const Pack& pack);

// Compressed.
std::string encode_directory(const PackDirectory& directory);
// Foreign bytes. Fails with corrupt or limit_exceeded.
Result<PackDirectory> decode_directory(std::string_view bytes);

// 20220327 for "2022-03-27"; 0 for what is no date.
std::uint32_t number_of_date(const std::string& date);

}  // namespace stowaway::kb

// What several formats say in the same way. Pure. Private to `report`.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "match/result.h"

namespace stowaway::report {

inline constexpr std::string_view kToolName = "stowaway";

// The copies as a forest. A `nested_in` that points nowhere or in a circle is taken as absent, so
// walking always ends.
struct Forest {
  std::vector<std::size_t> roots;                  // in the order of ScanResult::copies
  std::vector<std::vector<std::size_t>> children;  // by copy, in the same order
};
Forest forest_of(const match::ScanResult& result);

struct TreeRow {
  std::size_t copy;   // index in ScanResult::copies
  std::size_t depth;  // 0: lies in no other copy
};
// Each copy once, followed by those that lie in it.
std::vector<TreeRow> in_tree_order(const match::ScanResult& result);

// "1.2.11", "1.2.3 or 1.2.4", "1.2.3 … 1.2.11 (5)", "unknown". Bytes as they come: escape the
// result.
std::string version_text(const std::vector<std::string>& versions);

// The only version that the evidence allows, or nothing.
std::optional<std::string> exact_version(const std::vector<std::string>& versions);

// 0..1 whatever comes in (NaN is 0), rounded to four decimals.
double rounded(double ratio);
// "100%" and "0%" only where it is exactly that, else with one decimal.
std::string percent_text(double ratio);

// "12.3 MB": decimal units, as sizes on disks are given.
std::string bytes_text(std::uint64_t bytes);

// "third_party/x/METADATA says so", "known only as contrib/x of y"; bytes, to be escaped.
std::string reason_of(const match::DeclaredOnly& declared);

// "1 file", "2 files".
std::string count_text(std::uint64_t count, std::string_view singular, std::string_view plural);

// With "@version" in front of qualifiers and subpath; empty if `purl` is.
std::string purl_with_version(std::string_view purl, std::string_view version);

// The last part of the subject's name, for formats that want a name rather than a path; "subject"
// for "." and "-".
std::string subject_name(const match::ScanResult& result);

// "41 of its files byte for byte, 2 reformatted, 1 changed": what was found, for people. Empty
// counts are left out.
std::string counts_text(const match::FileCounts& counts);

// The first declaration that contradicts the contents, or null.
const match::Declaration* disagreement(const match::Copy& copy);

// "macro in zlib.h states 1.2.8". Bytes as they come: escape the result.
std::string declaration_text(const match::Declaration& declaration);

// Everything that a reader should know about a copy besides its columns, most important first; each
// one sentence part without a full stop. Bytes as they come: escape the result.
std::vector<std::string> notes_of(const match::Copy& copy);

}  // namespace stowaway::report

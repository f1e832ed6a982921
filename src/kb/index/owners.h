// Owners and carriers: of the components that hold one content, which one it comes from.
// docs/matching.md, "Origin". Pure; safe from any thread but where said.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace stowaway::kb {

// What the components are called, by their numbers.
class ComponentNames {
 public:
  // The next component; in the order of their numbers.
  void add(const std::string& name, const std::vector<std::string>& aliases);
  std::uint32_t size() const { return static_cast<std::uint32_t>(names_.size()); }

  // Other components that a folder or the file of this path is called after: where one of them has
  // a file of that name, the file is probably its ("common/xxhash.c", "libs/zlib/inflate.c").
  std::vector<std::uint32_t> namesakes(std::uint32_t component, std::string_view path) const;

  // Whether a folder or the file is called as the component, with or without a version.
  bool is_under_name_of(std::string_view path, std::uint32_t component) const;

 private:
  std::vector<std::vector<std::string>> names_;  // name and aliases, letters and digits only
  std::unordered_map<std::string, std::uint32_t> component_of_name_;
};

// The part of a path behind its last slash.
std::string_view file_name(std::string_view path);

// One place of a content: where component number `component` has it.
struct ContentPlace {
  std::uint32_t component;
  std::uint32_t first_release;  // of the file version, counted from the component's first
  std::uint32_t date;           // of that release; 20220327, 0 unknown
  bool foreign;                 // its folder or name says that it is somebody else's
  std::string_view path;
};

// What more components than this hold is noise and tells nothing about two of them.
inline constexpr std::size_t kMaxSharers = 64;

// Counts how much any two components share, then judges single contents by it. Memory grows with
// the pairs of components that share something.
class OwnerJudge {
 public:
  // `contents`: of each component, how many it holds. Borrows `names`.
  OwnerJudge(const ComponentNames& names, std::vector<std::uint32_t> contents);

  // First pass: call once for every content that more than one component holds, with these, each
  // once. One thread.
  void count_shared(const std::vector<std::uint32_t>& components);

  // The same where somebody else has counted: two components hold so many contents that no more
  // than kMaxSharers hold.
  void add_shared(std::uint32_t a, std::uint32_t b, std::uint32_t contents);

  // Second pass: for each place whether its component only carries the content. What is foreign is
  // always carried, even where nobody else in the KB has it.
  std::vector<bool> carried(const std::vector<ContentPlace>& places) const;

 private:
  double share(std::uint32_t of, std::uint32_t with) const;
  bool owns(const ContentPlace& a, const ContentPlace& b) const;

  const ComponentNames* names_;
  std::vector<std::uint32_t> contents_;
  std::unordered_map<std::uint64_t, std::uint32_t> shared_;  // smaller << 32 | larger → contents
};

}  // namespace stowaway::kb

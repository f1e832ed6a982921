// Owners and carriers: of the components that hold one content, which one it comes from.
// docs/matching.md, "Origin". Pure; safe from any thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "kb/pack/pack.h"

namespace stowaway::kb {

// One place of a content: where component number `component` has it.
struct ContentPlace {
  std::uint32_t component;
  std::uint32_t path;           // position in the component's pack
  std::uint32_t first_release;  // of the file version
};

// Counts how much any two components share, then judges single contents by it.
class OwnerJudge {
 public:
  explicit OwnerJudge(const std::vector<Pack>& packs);

  // First pass: call once for every content that more than one component holds.
  void count_shared(const std::vector<ContentPlace>& places);

  // Second pass: for each place whether its component only carries the content. What lies in a
  // folder for other people's code is always carried, even where nobody else in the KB has it.
  std::vector<bool> carried(const std::vector<ContentPlace>& places) const;

 private:
  double share(std::uint32_t of, std::uint32_t with) const;
  bool owns(const ContentPlace& a, const ContentPlace& b) const;
  bool under_name_of(const ContentPlace& place, std::uint32_t component) const;
  bool in_foreign_folder(const ContentPlace& place) const;
  bool named_after_other(std::uint32_t component, const std::string& path) const;

  const std::vector<Pack>* packs_;
  std::vector<std::vector<std::string>>
      names_;  // per component: name and aliases, letters and digits only
  std::unordered_map<std::string, std::uint32_t> component_of_name_;
  std::vector<std::unordered_set<std::string_view>>
      file_names_;                          // per component: the last parts of its paths
  std::vector<std::vector<bool>> foreign_;  // per component and path: somebody else's, by its place
  std::vector<std::pair<std::uint64_t, std::uint32_t>>
      shared_;  // sorted (a << 32 | b) → contents, after sort_shared()
  mutable bool sorted_ = false;
};

}  // namespace stowaway::kb

// What became of the copies between two results of a subject. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "match/result.h"

namespace stowaway::ledger {

enum class ChangeKind {
  gained,
  lost,
  upgraded,
  downgraded,
  changed,  // other versions, of which neither are later; or another verdict
  moved,    // the same, elsewhere
};
std::string_view name_of(ChangeKind kind);

// One side of a change; nothing of it where the copy is not there.
struct CopyState {
  std::string path;  // bytes
  std::vector<std::string> versions;
  std::string version_note;
  std::string verdict;
};

struct Change {
  ChangeKind kind = ChangeKind::gained;
  std::string component;
  CopyState before, after;
};

// By path (the later one, where there are two), then component. Copies of one component are
// compared where they have one path, then in the order of their paths.
std::vector<Change> changes_between(const match::ScanResult& before,
                                    const match::ScanResult& after);

}  // namespace stowaway::ledger

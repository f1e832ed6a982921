// The door of `advisory` for those who ask: the advisories of one or several stores, merged.
// One thread at a time.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "advisory/keys.h"
#include "advisory/merge.h"
#include "advisory/store.h"

namespace stowaway::advisory {

class Advisories {
 public:
  // Later stores add to earlier ones; of two records with one id the one modified later counts.
  void add(Store store) { stores_.push_back(std::move(store)); }
  bool empty() const { return stores_.empty(); }

  // What concerns a component, by id; withdrawn advisories among them.
  Result<std::vector<Advisory>> about(const Component& component) const;
  // The advisory that has this id or alias; nothing if there is none.
  Result<std::optional<Advisory>> named(const std::string& name) const;
  Result<std::vector<StoreInfo>> stores() const;
  // Every advisory, by id. Memory follows the whole.
  Result<std::vector<Advisory>> all() const;

 private:
  // Adds every record that shares a name with those that are there.
  Result<std::vector<Record>> with_relatives(std::vector<Record> records) const;
  std::vector<Store> stores_;
};

}  // namespace stowaway::advisory

// The advisory store: records in one SQLite file, found by key or by name. docs/advisories.md has
// its layout.
//
// Crash-safe (each import is one transaction, or several whole ones); several readers and one
// writer at a time. The file is untrusted: what is read from it passes the same reader as what was
// imported. One thread at a time per Store.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "advisory/record.h"
#include "base/result.h"

namespace stowaway::advisory {

struct StoreInfo {
  std::string file, id;  // id: hex; follows from the records alone, whatever their order
  std::uint64_t records = 0, withdrawn = 0, names = 0;
  std::string newest;  // the last modification that a record states; may be empty
};

enum class Put { added, replaced, unchanged, older };

class Store {
 public:
  // Fails with not_found, corrupt (no advisory store), or unsupported (a newer layout).
  static Result<Store> open(const std::string& file);
  // Opens for writing; makes the file where there is none.
  static Result<Store> open_or_create(const std::string& file);
  static Result<Store> in_memory(const std::string& name);
  Store(Store&&) noexcept;
  Store& operator=(Store&&) noexcept;
  ~Store();

  // Between begin() and commit() everything is kept or nothing.
  Result<void> begin();
  Result<void> commit();
  void rollback();  // undoes what was put since begin()
  // Of two records with one id the one modified later stays; of two modified at the same time, the
  // one whose text is greater, so that the order of an import does not show.
  Result<Put> put(const Record& record);
  // Drops the records of one source: a new whole dump of it is coming.
  Result<void> drop_source(const std::string& source);

  // Records that concern any of the keys (keys.h), and records that have any of the names as id or
  // alias. Sorted by id.
  Result<std::vector<Record>> with_keys(std::span<const std::string> keys) const;
  Result<std::vector<Record>> with_names(std::span<const std::string> names) const;
  // Every record, by id.
  Result<void> for_each(const std::function<Result<void>(const Record&)>& use) const;
  Result<StoreInfo> info() const;

 private:
  struct Inside;
  explicit Store(std::unique_ptr<Inside> inside);
  std::unique_ptr<Inside> inside_;
};

}  // namespace stowaway::advisory

// Where a knowledge base lies: in an index file of this machine, or in a cluster. One interface:
// keys in, the part of the knowledge base that they touch out, as an open Kb to match with.
//
// A store that cannot look a key up says so with an error: an answer never lacks what a part of the
// store that did not answer may hold.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "fingerprint/identity.h"
#include "fingerprint/normalise.h"
#include "kb/kb.h"

namespace stowaway::kb {

// What a subject asks for. Any order; repeats cost a little.
struct Keys {
  std::vector<fingerprint::NormalisedId> normalised;
  std::vector<fingerprint::Md5> md5s;
  std::vector<std::uint64_t> shingles;
  std::vector<std::string> components;  // names of those whose releases are wanted
  // What the asker will ignore anyway: shingles of more occurrences than this, and paths in which
  // fewer occurrences of all the keys lie. A slice may be without them.
  std::size_t max_occurrences = SIZE_MAX;
  std::uint32_t min_in_path = 0;
};

// How many of the different keys a component holds.
struct ComponentCount {
  std::string component;
  std::uint64_t normalised = 0, shingles = 0;
  bool operator==(const ComponentCount&) const = default;
};

class Store {
 public:
  virtual ~Store() = default;

  virtual KbSummary summary() const = 0;
  // The whole, where it can be had as one index at no cost; else null. Lives as long as the store.
  virtual const Kb* whole() const = 0;
  // A knowledge base that answers for `keys` as the whole does, with the names of all components.
  // Safe from any thread. Fails with unavailable (says what did not answer), corrupt,
  // limit_exceeded or io.
  virtual Result<Kb> slice(const Keys& keys) = 0;
  // Whether every key can be looked up. Nothing is asked for it: as far as is known.
  virtual Result<void> check() const = 0;
  // For a store that lives long: looks who is there, and whether a newer knowledge base was put in
  // this one's place, which open_store() would open. Now and then, from one thread. Fails with
  // unavailable.
  virtual Result<bool> is_superseded() = 0;
  // By name; only those that hold any. Counted by the engine where there is one. Md5s, names
  // and the two limits are not looked at. Fails as slice() does.
  virtual Result<std::vector<ComponentCount>> count_by_component(const Keys& keys) = 0;
};

struct StoreOptions {
  std::string user, password;  // of a cluster; empty: its default user
  std::string ca_file;         // for clickhouses://
};

// clickhouse://HOST:PORT,HOST:PORT,…/DATABASE (clickhouses:// for TLS), file:PATH or PATH.
bool is_cluster(const std::string& url);

// Fails as Kb::open does, or with invalid_argument, unavailable, not_found (nothing was loaded) or
// corrupt.
Result<std::unique_ptr<Store>> open_store(const std::string& url, const StoreOptions& options);
Result<std::unique_ptr<Store>> store_of(Kb kb);

}  // namespace stowaway::kb

// Brings a local directory of packs up to a published list. Nothing is used before it is verified:
// the list by its signature, number and dates, each pack by its hash and by being read.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/http.h"
#include "base/progress.h"
#include "base/result.h"
#include "kb/repository/signature.h"

namespace stowaway::kb {

struct PullOptions {
  std::string url;               // https, http or file; "" : the one of the last time
  std::optional<PublicKey> key;  // to trust from now on; none: the one of the last time
  std::string now;               // "2026-11-23T08:00:00Z"
  bool expired_allowed = false;  // take a list that has expired
  HttpOptions http;
  ProgressSink* progress = nullptr;  // may be null
  std::stop_token stop;
};

struct PullCount {
  std::string name, published;
  std::uint64_t number = 0;
  std::uint64_t added = 0, changed = 0, removed = 0, unchanged = 0;  // packs
  std::uint64_t fetched_bytes = 0, resumed_bytes = 0;  // resumed: were here from a broken download
  bool new_list() const { return added + changed + removed > 0; }
};

// `directory` gets COMPONENT.pack for each pack, and what must be remembered (repository.json;
// incoming/ while a pull runs or after one that broke off, which the next one goes on with). All
// packs are fetched and verified before the first is put in place. One pull at a time. Fails with
//   invalid_argument  no address or key was ever given
//   corrupt           refused: tampered with, mixed, another key, rolled back; the message says why
//   limit_exceeded    refused: longer than the list says
//   unavailable       refused: expired; or the server does not answer; or another pull runs
//   cancelled, io
// and then the packs are as they were.
Result<PullCount> pull(const std::string& directory, const PullOptions& options);

}  // namespace stowaway::kb

// The nodes of a cluster, and which of them may be asked. A node is believed only after it has said
// who it is and that it has all of the knowledge base that is asked for; one that lost its place,
// its rows or its power is passed over, and keys whose shard nobody else has give an error.
// Safe from any thread.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "base/result.h"
#include "kb/stores/clickhouse/address.h"
#include "kb/stores/clickhouse/manifest.h"
#include "kb/stores/clickhouse/node.h"

namespace stowaway::kb::clickhouse {

// Of one query. More keys cost the server little more time than fewer, as soon as they hit most
// granules.
inline constexpr std::size_t kBatchKeys = 500'000;

class Cluster {
 public:
  Cluster(Address address, const StoreOptions& options);

  const Address& address() const { return address_; }
  unsigned size() const { return static_cast<unsigned>(nodes_.size()); }
  Node& node(unsigned i) { return *nodes_[i]; }

  // What keeps a node from being asked; empty: nothing.
  std::vector<std::string> doubts() const;
  void doubt(unsigned node, const std::string& why);

  // Looks who is there, for loading: a node without tables is fine. Fails with invalid_argument
  // where a node belongs to another place or cluster, unavailable where no node answers.
  Result<void> meet();
  // Chooses the newest published knowledge base, and the nodes that have all of it. Fails with
  // not_found (nothing was published) or as covers_all_shards().
  Result<Manifest> open_newest();
  // The newest that any node that answers knows of; number 0: none. Fails with corrupt.
  Result<Manifest> newest_published();
  // Whether another one was published since. Fails with unavailable: no node answers.
  Result<bool> has_newer_than(const Manifest& manifest);
  // Why the node has not all of it; empty: it has.
  std::string lack_of(unsigned node, const Manifest& manifest);
  // Asks the nodes that are doubted again. Cheap when there are none.
  void look_again(const Manifest& manifest);
  // Asks every node, whether doubted or not.
  void look_at_all(const Manifest& manifest);
  // Fails with unavailable: names a shard that no believed node has, and says why.
  Result<void> covers_all_shards() const;

  // Which believed node to ask for a shard. Fails as covers_all_shards().
  Result<unsigned> holder_of(unsigned shard) const;

  // Runs `work` for all of these nodes at once. The first failure by number of node.
  Result<void> for_each(const std::vector<unsigned>& nodes,
                        const std::function<Result<void>(unsigned)>& work);
  std::vector<unsigned> believed() const;

  // Sends `keys` (ascending) as the table `keys` to nodes that hold their shards, in batches, and
  // hands each answer on, one at a time; `wanted` goes along as a table of that name. Where a node
  // fails meanwhile the other holder is asked. Fails as holder_of(), or as `take` does.
  Result<void> ask_for_keys(const std::vector<std::uint64_t>& keys,
                            unsigned (*shard)(std::uint64_t), const std::string& query,
                            const std::function<Result<void>(std::string_view)>& take,
                            const std::vector<std::uint64_t>* wanted = nullptr,
                            std::size_t batch_keys = kBatchKeys);

 private:
  struct Counts;
  struct Published;
  Result<Published> newest();
  void look_at(const std::vector<unsigned>& nodes, const Manifest& manifest);
  Result<Counts> counts_of(unsigned node, const Manifest& manifest);
  Result<void> check_place(unsigned node);
  Error nobody_holds(unsigned shard) const;

  Address address_;
  std::vector<std::unique_ptr<Node>> nodes_;
  mutable std::mutex mutex_;
  std::vector<std::string> doubts_;  // guarded by mutex_
};

}  // namespace stowaway::kb::clickhouse

// Packs for measuring growth: the real ones, and as many copies of each as wanted whose hashes are
// others. All that a pack counts stays as it is in each copy (releases of a component, contents of
// a path, shingles of a content, what components of one copy share with one another).
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "kb/index/build.h"

namespace stowaway::bench {

struct SyntheticOptions {
  unsigned copies = 1;          // the first of them is the real packs, unchanged
  unsigned shared_percent = 1;  // of contents and shingles that a copy has as the real packs have
  bool shingles = true;
};

// Copies of one pack follow one another. Safe from any thread.
class SyntheticPacks final : public kb::PackReader {
 public:
  // The *.pack files of a directory, by name.
  SyntheticPacks(const std::string& directory, SyntheticOptions options);
  std::size_t size() const override { return files_.size() * options_.copies; }
  // Fails as read_pack does.
  Result<kb::Pack> read(std::size_t i) override;

 private:
  Result<std::shared_ptr<const kb::Pack>> real_pack(std::size_t number);

  SyntheticOptions options_;
  std::vector<std::string> files_;
  std::mutex mutex_;
  // The packs that were asked for last: neighbours ask for the same ones.
  std::vector<std::pair<std::size_t, std::shared_ptr<const kb::Pack>>> recent_;
};

}  // namespace stowaway::bench

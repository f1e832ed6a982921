// Sorts more records than fit into memory: full buffers are sorted and go to a temporary file as
// runs, which are merged when read. One thread at a time; sorting itself uses all processors.
#pragma once

#include <tbb/parallel_sort.h>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <queue>
#include <string>
#include <vector>

#include "base/result.h"
#include "kb/index/spool.h"

namespace stowaway::kb::index {

// T: trivially copyable, with a total order by operator<, so that the result does not depend on
// how the records were cut into runs.
template <class T>
class Sorter {
 public:
  // Holds about `memory_bytes`; runs go to `directory`.
  Sorter(std::string directory, std::uint64_t memory_bytes)
      : directory_(std::move(directory)),
        capacity_(std::max<std::uint64_t>(kFirstRecords, memory_bytes / sizeof(T))) {}

  std::uint64_t size() const { return size_; }
  // Of memory, now.
  std::uint64_t held_bytes() const { return buffer_.capacity() * sizeof(T); }

  // Fails with io when a full buffer cannot be written.
  Result<void> add(const T& record) {
    if (buffer_.size() == capacity_) STOWAWAY_TRY_VOID(spill());
    if (buffer_.size() == buffer_.capacity())  // by itself it would grow beyond what it may hold
      buffer_.reserve(std::min(capacity_, std::max(kFirstRecords, 2 * buffer_.size())));
    buffer_.push_back(record);
    ++size_;
    return {};
  }

  // Calls `use(const T&)`, which returns Result<void>, for each record in order; once. Frees what
  // it held.
  template <class Use>
  Result<void> drain(Use use) {
    if (runs_.empty()) {
      tbb::parallel_sort(buffer_.begin(), buffer_.end());
      for (const T& record : buffer_) STOWAWAY_TRY_VOID(use(record));
      free_buffer();
      return {};
    }
    STOWAWAY_TRY_VOID(spill());
    free_buffer();
    STOWAWAY_TRY_VOID(spool_->flush());
    return merge(use);
  }

 private:
  struct Head {
    T record;
    std::size_t run;
    bool operator<(const Head& other) const { return other.record < record; }  // smallest on top
  };

  // Assigning {} would keep its memory.
  void free_buffer() { std::vector<T>().swap(buffer_); }

  Result<void> spill() {
    if (!spool_) {
      STOWAWAY_TRY(auto created, Spool::create(directory_));
      spool_ = std::move(created);
    }
    tbb::parallel_sort(buffer_.begin(), buffer_.end());
    spool_->append(std::as_bytes(std::span<const T>(buffer_)));
    runs_.push_back(spool_->size());
    buffer_.clear();
    return spool_->flush();
  }

  template <class Use>
  Result<void> merge(Use& use) {
    const std::size_t piece =
        std::clamp<std::size_t>(capacity_ * sizeof(T) / runs_.size(), 1U << 14, 1U << 22);
    std::vector<SpoolReader> readers;
    std::priority_queue<Head> heads;
    for (std::size_t i = 0; i < runs_.size(); ++i) {
      readers.emplace_back(*spool_, i == 0 ? 0 : runs_[i - 1], runs_[i], piece);
      if (Head head{{}, i}; readers[i].next(head.record)) heads.push(head);
    }
    while (!heads.empty()) {
      Head head = heads.top();
      heads.pop();
      STOWAWAY_TRY_VOID(use(head.record));
      if (readers[head.run].next(head.record)) heads.push(head);
    }
    for (const SpoolReader& reader : readers) STOWAWAY_TRY_VOID(reader.result());
    spool_.reset();
    return {};
  }

  static constexpr std::uint64_t kFirstRecords = 1024;

  std::string directory_;
  std::uint64_t capacity_, size_ = 0;
  std::vector<T> buffer_;
  std::optional<Spool> spool_;
  std::vector<std::uint64_t> runs_;  // where each ends in the spool
};

}  // namespace stowaway::kb::index

#include "kb/index/marks.h"

#include <algorithm>

#include "kb/index/bits.h"

namespace stowaway::kb::index {
namespace {

constexpr std::uint64_t kBlockBits = 512, kBlockWords = 8, kHintEvery = 512;

}  // namespace

Result<MarksView> MarksView::of(std::span<const std::byte> bytes, std::uint64_t count,
                                std::uint64_t ones) {
  MarksView view;
  view.size_ = count;
  view.ones_ = ones;
  view.blocks_ = count / kBlockBits + 1;
  const std::uint64_t words = view.blocks_ * 64, ranks = (view.blocks_ + 1) * 4,
                      hints = (ones / kHintEvery + 1) * 4;
  if (words + ranks + hints > bytes.size())
    return fail(ErrorCode::corrupt, "marks that are cut short");
  view.words_ = reinterpret_cast<const std::uint64_t*>(bytes.data());
  view.ranks_ = reinterpret_cast<const std::uint32_t*>(bytes.data() + words);
  view.hints_ = view.ranks_ + view.blocks_ + 1;
  return view;
}

std::uint64_t MarksView::rank(std::uint64_t i) const {
  if (i >= size_) return ones_;
  const std::uint64_t block = i / kBlockBits, last = i / 64;
  std::uint64_t ones = ranks_[block];
  for (std::uint64_t word = block * kBlockWords; word < last; ++word)
    ones += count_ones(words_[word]);
  return ones + count_ones(words_[last] & ((std::uint64_t{1} << (i % 64)) - 1));
}

// The last block with at most k ones before it; it lies between two hints.
std::uint64_t MarksView::block_of(std::uint64_t k) const {
  std::uint64_t low = std::min<std::uint64_t>(hints_[k / kHintEvery], blocks_ - 1), high = blocks_;
  if (k / kHintEvery < ones_ / kHintEvery)
    high =
        std::clamp<std::uint64_t>(std::uint64_t{hints_[k / kHintEvery + 1]} + 1, low + 1, blocks_);
  while (high - low > 1) {
    const std::uint64_t middle = (low + high) / 2;
    (ranks_[middle] <= k ? low : high) = middle;
  }
  return low;
}

void MarksView::prefetch(std::uint64_t k) const {
  if (k < ones_) __builtin_prefetch(words_ + block_of(k) * kBlockWords);
}

std::uint64_t MarksView::select(std::uint64_t k) const {
  if (k >= ones_) return size_;
  const std::uint64_t low = block_of(k);
  std::uint64_t left = k - std::min<std::uint64_t>(k, ranks_[low]);
  for (std::uint64_t word = low * kBlockWords; word < (low + 1) * kBlockWords; ++word) {
    const unsigned ones_here = count_ones(words_[word]);
    if (left < ones_here)
      return std::min(size_, word * 64 + select_one(words_[word], static_cast<unsigned>(left)));
    left -= ones_here;
  }
  return size_;
}

std::uint64_t MarksView::next(std::uint64_t i) const {
  if (i >= size_) return size_;
  std::uint64_t word = i / 64, rest = words_[word] & ~((std::uint64_t{1} << (i % 64)) - 1);
  while (rest == 0 && ++word * 64 < size_) rest = words_[word];
  if (rest == 0) return size_;
  return std::min(size_, word * 64 + static_cast<unsigned>(std::countr_zero(rest)));
}

void MarksWriter::end_word() {
  out_->put(word_);
  word_ = 0;
}

void MarksWriter::add(bool is_set) {
  if (size_ % kBlockBits == 0) ranks_.push_back(static_cast<std::uint32_t>(ones_));
  if (is_set) {
    word_ |= std::uint64_t{1} << (size_ % 64);
    if (ones_ % kHintEvery == 0) hints_.push_back(static_cast<std::uint32_t>(size_ / kBlockBits));
    ++ones_;
  }
  if (++size_ % 64 == 0) end_word();
}

void MarksWriter::finish() {
  const std::uint64_t blocks = size_ / kBlockBits + 1;
  if (size_ % 64 != 0) end_word();
  for (std::uint64_t words = (size_ + 63) / 64; words < blocks * kBlockWords; ++words)
    out_->put(std::uint64_t{0});
  while (ranks_.size() < blocks + 1) ranks_.push_back(static_cast<std::uint32_t>(ones_));
  if (hints_.size() < ones_ / kHintEvery + 1)
    hints_.push_back(static_cast<std::uint32_t>(blocks - 1));
  for (const std::uint32_t rank : ranks_) out_->put(rank);
  for (const std::uint32_t hint : hints_) out_->put(hint);
}

}  // namespace stowaway::kb::index

#include "source/delivery.h"

#include <fmt/format.h>

#include <algorithm>

#include "source/archive/kinds.h"

namespace stowaway::source {
namespace {

constexpr std::uint64_t kProgressEvery =
    512;  // files; a call per file would contend on the sink's lock

}  // namespace

Delivery::Delivery(Sink& sink, const Options& options) : sink_(sink), options_(options) {}

bool Delivery::count_file(Worker& worker, std::uint64_t bytes) {
  const std::uint64_t before = files_.fetch_add(1, std::memory_order_relaxed);
  if (before >= limits().max_files) {
    if (!full_.exchange(true)) {
      gap(worker, "", GapReason::limit, fmt::format("more than {} files", limits().max_files));
    }
    return false;
  }
  if (options_.progress != nullptr && (before + 1) % kProgressEvery == 0) {
    options_.progress->advance("read", before + 1, 0);
  }
  ++worker.summary.files;
  worker.summary.bytes += bytes;
  return true;
}

bool Delivery::worth_reading(std::string_view path) const {
  return sink_.wants(path) || (options_.open_archives && kind_by_name(path) != ArchiveKind::none);
}

bool Delivery::recall(Worker& worker, std::string_view path, const FileStamp& stamp) {
  constexpr std::int64_t kSecond = 1'000'000'000;
  // Once there are too many files, what is not handed over must not be recalled either.
  if (files_.load(std::memory_order_relaxed) >= limits().max_files) return false;
  if (!sink_.recall(worker.number, path, stamp)) return false;
  worker.summary.newest = std::max(worker.summary.newest, stamp.modified_ns / kSecond);
  count_file(worker, stamp.size_bytes);
  return true;
}

void Delivery::file(Worker& worker, std::string_view path, fingerprint::Bytes bytes,
                    std::int64_t modified, const FileStamp* stamp) {
  worker.summary.newest = std::max(worker.summary.newest, modified);
  if (!sink_.wants(path)) return pass_over(worker);
  if (!count_file(worker, bytes.size())) return;
  sink_.on_file(worker.number, FileView{.path = path, .bytes = bytes, .stamp = stamp});
}

void Delivery::identity(Worker& worker, std::string_view path, const fingerprint::Md5& md5) {
  if (!count_file(worker, 0)) return;
  sink_.on_identity(worker.number, path, md5);
}

void Delivery::gap(Worker& worker, std::string path, GapReason reason, std::string detail) {
  ++worker.summary.gaps;
  if (gaps_.fetch_add(1, std::memory_order_relaxed) >= kMaxGaps) return;
  sink_.on_gap(worker.number, Gap{std::move(path), reason, std::move(detail)});
}

void Delivery::finish(Worker& worker) {
  const std::uint64_t gaps = gaps_.load();
  if (gaps > kMaxGaps) {
    sink_.on_gap(worker.number, Gap{"", GapReason::limit,
                                    fmt::format("{} more gaps are not listed", gaps - kMaxGaps)});
  }
  if (options_.progress != nullptr) {
    const std::uint64_t files = files_.load();
    options_.progress->advance("read", files, files);
  }
}

std::string over_bytes(std::uint64_t limit) {
  constexpr std::uint64_t kMebibyte = std::uint64_t{1} << 20;
  if (limit >= kMebibyte && limit % kMebibyte == 0) {
    return fmt::format("over {} MiB", limit / kMebibyte);
  }
  return fmt::format("over {} bytes", limit);
}

}  // namespace stowaway::source

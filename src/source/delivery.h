// One run of Source::deliver(): the sink, the limits and the counts that all workers share. Private
// to `source`.
//
// Every file, link and gap of every kind of source passes through here, so that limits are kept in
// one place.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <string_view>

#include "source/byte_buffer.h"
#include "source/source.h"

namespace stowaway::source {

// What one thread owns. Nothing here is shared.
struct Worker {
  unsigned number = 0;
  Summary summary;
  ByteBuffer buffer;  // the file that is being read; reused
  std::string path;   // the path that is being put together; reused
};

// Safe from any thread, with each thread passing its own Worker.
class Delivery {
 public:
  Delivery(Sink& sink, const Options& options);

  const Options& options() const { return options_; }
  const Limits& limits() const { return options_.limits; }

  // True once the rest is not to be looked at: the user asked to stop, or there are too many files.
  bool stopped() const {
    return full_.load(std::memory_order_relaxed) || options_.stop.stop_requested();
  }

  // Whether a file is worth reading: the sink wants it, or it is an archive that is to be opened.
  bool worth_reading(std::string_view path) const;
  bool sink_has_memory() const { return sink_.has_memory(); }
  // Counts a file that is not; instead of file().
  void pass_over(Worker& worker) {
    if (count_file(worker, 0)) ++worker.summary.passed_over;
  }
  // Whether the sink knows the file already; it is then counted, and must not be handed over.
  bool recall(Worker& worker, std::string_view path, const FileStamp& stamp);
  // Hands a file over, or passes it over if the sink does not want it. `modified` in seconds since
  // 1970, 0 if it is not known.
  void file(Worker& worker, std::string_view path, fingerprint::Bytes bytes,
            std::int64_t modified = 0, const FileStamp* stamp = nullptr);
  void identity(Worker& worker, std::string_view path, const fingerprint::Md5& md5);
  void link(Worker& worker) { ++worker.summary.links; }
  void archive(Worker& worker) { ++worker.summary.archives; }
  // After kMaxGaps the rest is only counted; finish() reports how many there were.
  void gap(Worker& worker, std::string path, GapReason reason, std::string detail);

  // Counts bytes that came out of archives. False once the subject's limit is passed.
  bool charge_unpacked(std::uint64_t bytes) {
    const std::uint64_t before = unpacked_bytes_.fetch_add(bytes, std::memory_order_relaxed);
    return before + bytes <= limits().max_unpacked_bytes;
  }

  // Call once, when no other worker runs any more.
  void finish(Worker& worker);

 private:
  // A hostile archive can hold millions of bad members; the list of gaps must not become the bomb.
  static constexpr std::uint64_t kMaxGaps = 100'000;

  bool count_file(Worker& worker, std::uint64_t bytes);

  Sink& sink_;
  const Options& options_;
  std::atomic<std::uint64_t> files_{0};
  std::atomic<std::uint64_t> gaps_{0};
  std::atomic<std::uint64_t> unpacked_bytes_{0};
  std::atomic<bool> full_{false};
};

// "over 256 MiB", for the detail of a gap.
std::string over_bytes(std::uint64_t limit);

}  // namespace stowaway::source

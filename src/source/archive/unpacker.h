// The reading of one archive: see unpack.h. Private to `source/archive`.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "source/archive/archive_reader.h"
#include "source/archive/unpack.h"

namespace stowaway::source {

// Small members put together, so that handing them to another worker pays.
struct MemberBatch {
  struct Item {
    std::size_t path_end;
    std::size_t bytes_end;
    std::int64_t modified;
  };
  std::string paths;
  ByteBuffer bytes;
  std::vector<Item> items;

  void clear();
};

class Unpacker {
 public:
  // All are borrowed. `reader` is open and was not read from.
  Unpacker(Delivery& delivery, Team& team, Worker& worker, ArchiveReader& reader,
           ArchivePlace place);

  // False if it is no archive.
  bool run();

 private:
  enum class Go { on, stop };
  enum class ReadResult { complete, member_lost, archive_lost };

  Go take_member();
  Go take_file(const std::string& path);
  Go take_nested(const std::string& path);
  Go take_payload(const std::string& path, std::string_view prefix);
  bool place_member(std::string_view raw, std::string& path);
  bool strip(std::string& path);
  ReadResult read_content(const std::string& path, std::uint64_t max_bytes, ByteBuffer& out);
  Go drain();
  bool charge(std::uint64_t bytes);
  void flush();
  void gap(std::string path, GapReason reason, std::string detail);
  void report_failure();

  Delivery& delivery_;
  Team& team_;
  Worker& worker_;
  ArchiveReader& reader_;
  const ArchivePlace place_;
  const ArchiveKind kind_;
  MemberBatch batch_;
  std::string top_;  // what strip_top drops, with its '/'; "" is nothing
  bool top_known_ = false;
  bool bombed_ = false;
  std::uint64_t members_ = 0;
  std::uint64_t unpacked_bytes_ = 0;
};

}  // namespace stowaway::source

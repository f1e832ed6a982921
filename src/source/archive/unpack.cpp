#include "source/archive/unpack.h"

#include "source/archive/archive_reader.h"
#include "source/archive/unpacker.h"
#include "source/member_path.h"

namespace stowaway::source {

ArchivePlace nested_place(std::string_view path, unsigned level) {
  return ArchivePlace{.path = std::string(path),
                      .prefix = std::string(path) + '/',
                      .name = std::string(base_name(path)),
                      .level = level,
                      .strip_top = false,
                      .is_payload = false,
                      .without = {}};
}

ArchivePlace subject_place(std::string_view file_name) {
  return ArchivePlace{.path = {},
                      .prefix = {},
                      .name = std::string(base_name(file_name)),
                      .level = 1,
                      .strip_top = false,
                      .is_payload = false,
                      .without = {}};
}

bool unpack_memory(Delivery& delivery, Team& team, Worker& worker, fingerprint::Bytes bytes,
                   ArchivePlace place) {
  if (bytes.empty()) return false;
  ArchiveReader reader(kind_by_name(place.name) == ArchiveKind::compressed_file);
  reader.open_memory(bytes);
  return Unpacker(delivery, team, worker, reader, std::move(place)).run();
}

bool unpack_descriptor(Delivery& delivery, Team& team, Worker& worker, int fd, ArchivePlace place) {
  ArchiveReader reader(kind_by_name(place.name) == ArchiveKind::compressed_file);
  reader.open_descriptor(fd);
  return Unpacker(delivery, team, worker, reader, std::move(place)).run();
}

}  // namespace stowaway::source

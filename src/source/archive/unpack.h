// Streams the members of an archive, and of archives inside it, into a Delivery. Private to
// `source`.
//
// Members of containers are read in batches of about kBatchBytes; a batch goes to another worker
// when there is room for one more, so that one thread decompresses while the others look at what
// came out. A member that is itself an archive is held in memory (max_nested_archive_bytes),
// delivered as the file that it is, and then opened. A .deb's data.tar.* and a gem's data.tar.gz
// are not members but the package's content, and are streamed through.
#pragma once

#include <string>
#include <string_view>

#include "source/archive/kinds.h"
#include "source/team.h"

namespace stowaway::source {

// Where an archive stands in the subject, and where its members go.
struct ArchivePlace {
  std::string path;        // for gaps about the archive itself; "" when it is the subject
  std::string prefix;      // in front of every member: "" or something that ends with '/'
  std::string name;        // base name, from which its kind is known
  unsigned level = 1;      // 1 is an archive that lies in no other; compared with max_archive_depth
  bool strip_top = false;  // drop the directory in which the first member lies, as dpkg-source does
  bool is_payload = false;  // the inside of a package: counts as part of it, not as an archive
  // Members below this path (after strip_top; ends with '/') are left out; "" leaves none out.
  std::string without;
};

// An archive that is found at `path`: members lie below that path.
ArchivePlace nested_place(std::string_view path, unsigned level);
// An archive that is the subject itself.
ArchivePlace subject_place(std::string_view file_name);

// False, with nothing delivered, if the bytes are no archive. Everything else that is wrong becomes
// a gap. `bytes` and `fd` are borrowed for the call; tasks that outlive it hold their own memory.
bool unpack_memory(Delivery& delivery, Team& team, Worker& worker, fingerprint::Bytes bytes,
                   ArchivePlace place);
bool unpack_descriptor(Delivery& delivery, Team& team, Worker& worker, int fd, ArchivePlace place);

}  // namespace stowaway::source

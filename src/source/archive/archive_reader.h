// libarchive behind a small door: the one place that includes its header for reading. Private to
// `source`.
//
// Reads forward only, member by member. Formats that reach outside the archive are left out: mtree
// (names files on this machine), and every filter that libarchive would hand to an external
// program. One object, one thread. While one is in use the thread's character set is UTF-8:
// libarchive converts names of zip, 7z and pax to the current locale, and in the C locale it would
// replace what is not ASCII by '?'.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "fingerprint/identity.h"

struct archive;
struct archive_entry;

namespace stowaway::source {

struct ArchiveMember {
  enum class Kind { file, directory, symbolic_link, hard_link, special };
  Kind kind = Kind::file;
  std::string_view
      raw_path;  // as the archive gives it; empty if it gives none. Valid until the next member.
  std::string_view link_target;  // of a hard or symbolic link
  bool executable = false;       // by its owner
  std::uint64_t size_bytes = 0;  // as declared; 0 if it is not
  std::int64_t modified = 0;     // seconds since 1970; 0 if it is not said
  bool encrypted = false;
};

// Part of a member's content; what lies between two blocks is zeros.
struct ArchiveBlock {
  fingerprint::Bytes bytes;  // valid until the next call
  std::uint64_t offset = 0;
};

class ArchiveReader {
 public:
  // `single_file`: also accept a compressed file that is no container; it shows as one member.
  explicit ArchiveReader(bool single_file);
  ~ArchiveReader();
  ArchiveReader(const ArchiveReader&) = delete;
  ArchiveReader& operator=(const ArchiveReader&) = delete;

  // Exactly one of these comes first. What is passed is borrowed for the reader's life. Errors show
  // in next().
  void open_descriptor(int fd);
  void open_memory(fingerprint::Bytes bytes);
  // Reads the content of the member at which `outer` stands. `outer` must not be used meanwhile.
  void open_member_of(ArchiveReader& outer);

  enum class Step {
    member,
    end,
    unrecognised,  // no archive; only as the first answer
    failed,        // cut short or malformed; error() says how
  };
  Step next();
  const ArchiveMember& member() const { return member_; }

  enum class Data {
    block,
    end,
    member_failed,  // this member cannot be read; next() may go on
    archive_failed,
  };
  Data next_block(ArchiveBlock& block);

  // Whether libarchive can pass over a member's content without unpacking it.
  bool skips_cheaply() const;
  // A format that is announced by so little that a file of another kind may be taken for it.
  bool is_weakly_recognised() const;
  bool is_raw() const;

  std::uint64_t consumed_bytes() const;  // packed bytes that were used so far
  bool needs_password() const;           // whether that is what the last error was about
  std::string error() const;             // libarchive's words

 private:
  class Utf8Scope;
  static std::ptrdiff_t read_outer(archive* handle, void* self, const void** buffer);
  void describe(archive_entry* entry);
  void note_open(int code);

  std::unique_ptr<Utf8Scope> locale_;
  archive* handle_;
  ArchiveReader* outer_ = nullptr;
  ArchiveMember member_;
  bool open_failed_ = false;
  bool started_ = false;
};

}  // namespace stowaway::source

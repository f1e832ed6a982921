// The door of `source`: where the files of a subject come from.
//
// A Source streams every regular file of a subject to a Sink, as (path, bytes), or as (path, MD5)
// where only a list is to be had. It walks, opens, unpacks, and keeps the limits; it never keeps a
// whole subject in memory, never follows a link, never leaves the subject's root, and reports what
// it could not or would not read as a Gap. What the bytes mean is not its business.
#pragma once

#include <cstdint>
#include <memory>
#include <stop_token>
#include <string>
#include <string_view>

#include "base/limits.h"
#include "base/progress.h"
#include "base/result.h"
#include "fingerprint/identity.h"

namespace stowaway::source {

// Something of the subject that was not looked at, and why.
enum class GapReason {
  unreadable,    // permission or device error
  vanished,      // was there when listed, gone when opened
  special_file,  // FIFO, socket, device
  too_large,
  too_deep,  // directory or archive nesting
  escapes,   // absolute path, "..", or a link out of an archive
  bomb,      // compression ratio or unpacked size over the limit
  corrupt,   // archive that is cut short or malformed
  encrypted,
  unsupported,  // an archive kind that cannot be opened
  limit,        // a count limit was hit: the rest was not looked at
};
std::string_view name_of(GapReason reason);  // "special_file"

struct Gap {
  std::string path;  // bytes, not text; relative to the subject's root; "" is the subject itself
  GapReason reason;
  std::string detail;  // for people: "permission denied", "over 256 MiB"
};

// Which file it is and when it last changed, as its directory says. Times in nanoseconds since
// 1970.
struct FileStamp {
  std::uint64_t device, inode, size_bytes;
  std::int64_t modified_ns, changed_ns;  // of its bytes; of anything about it
  bool operator==(const FileStamp&) const = default;
};

struct FileView {
  std::string_view
      path;  // bytes, '/'-separated, relative to the subject's root, never empty, no "." or ".."
             // part. A member of an archive lies below the archive's own path, as in a directory.
  fingerprint::Bytes bytes;
  const FileStamp* stamp = nullptr;  // as it was before it was read; only of files in a directory
};

// Receives the files. `worker` is 0 … Options::jobs-1; calls with the same number never overlap,
// calls with different numbers do. Views are valid during the call. The order of calls is not
// defined.
class Sink {
 public:
  virtual ~Sink() = default;
  // False for a file of whose bytes the sink can make nothing, from its name alone: it is then
  // counted and neither opened nor handed over (an archive still gives its members). From any
  // thread; cheap: called for each file.
  virtual bool wants(std::string_view path) const {
    static_cast<void>(path);
    return true;
  }
  // Whether recall() should be asked.
  virtual bool has_memory() const { return false; }
  // Asked for a file in a directory that is wanted, before it is opened: true if the sink knows it
  // from before with this very stamp and needs no bytes. It is then counted as handed over.
  virtual bool recall(unsigned worker, std::string_view path, const FileStamp& stamp) {
    static_cast<void>(worker), static_cast<void>(path), static_cast<void>(stamp);
    return false;
  }
  virtual void on_file(unsigned worker, const FileView& file) = 0;
  virtual void on_identity(unsigned worker, std::string_view path, const fingerprint::Md5& md5) = 0;
  virtual void on_gap(unsigned worker, Gap gap) = 0;
};

struct Options {
  Limits limits;
  unsigned jobs = 0;  // 0: as many as the machine has processors; see effective_jobs()
  bool open_archives = true;
  std::stop_token stop;
  ProgressSink* progress = nullptr;  // may be null
};
unsigned effective_jobs(const Options& options);

struct Summary {
  std::uint64_t files = 0;        // seen, archive members included
  std::uint64_t passed_over = 0;  // of `files`: not handed to the sink, which did not want them
  std::uint64_t bytes = 0;        // of the files that were handed over
  std::uint64_t links = 0;        // symbolic links seen; never followed, not a gap
  std::uint64_t archives = 0;     // opened
  std::uint64_t gaps = 0;
  // When the newest file of the subject was changed, in seconds since 1970; 0: not known. Says
  // nothing of files in a directory that were passed over, of which only names are looked at, nor
  // of git revisions and lists.
  std::int64_t newest = 0;
};

class Source {
 public:
  virtual ~Source() = default;
  // "directory", "file", "archive", "debian-source", "deb", "git", "md5-list", "dpkg-installed"
  virtual std::string_view kind() const = 0;
  // Streams everything. A bad file is a gap, not an error; fails only where nothing at all can be
  // said (io, corrupt), or with cancelled when options.stop was requested.
  virtual Result<Summary> deliver(Sink& sink, const Options& options) = 0;
};

// Finds out what `subject` is and opens it: a directory, a file, an archive (tar with any usual
// compression, zip, jar, gem, crate, wheel, .deb), a Debian .dsc, a git revision "REPO@REV", or "-"
// for a list of "md5  path" lines on standard input. Fails with not_found, unsupported or io; the
// message says what was tried.
Result<std::unique_ptr<Source>> open_subject(const std::string& subject);

// A list of "md5  path" lines that is in memory.
std::unique_ptr<Source> open_md5_list(std::string list);

// The dpkg database below `dpkg_root` (normally "/var/lib/dpkg"): every package's md5sums; no
// installed file is read. Paths are "<package>/<installed path>".
Result<std::unique_ptr<Source>> open_installed(const std::string& dpkg_root);

}  // namespace stowaway::source

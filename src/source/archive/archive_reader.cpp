#include "source/archive/archive_reader.h"

#include <archive.h>
#include <archive_entry.h>
#include <locale.h>

#include <cerrno>
#include <vector>

#include "base/result.h"

namespace stowaway::source {
namespace {

constexpr std::size_t kReadBytes = std::size_t{256} << 10;  // per read(2) of an archive on disk
constexpr int kMaxRetries = 8;

using EnableFilter = int (*)(archive*);

// Those that this build of libarchive unpacks by itself. It answers ARCHIVE_WARN for one that would
// need a program.
const std::vector<EnableFilter>& native_filters() {
  static const std::vector<EnableFilter> native = [] {
    std::vector<EnableFilter> found;
    archive* probe = archive_read_new();
    for (const EnableFilter enable :
         {archive_read_support_filter_gzip, archive_read_support_filter_bzip2,
          archive_read_support_filter_xz, archive_read_support_filter_lzma,
          archive_read_support_filter_lzip, archive_read_support_filter_zstd,
          archive_read_support_filter_lz4, archive_read_support_filter_compress,
          archive_read_support_filter_rpm}) {
      if (enable(probe) == ARCHIVE_OK) found.push_back(enable);
    }
    archive_read_free(probe);
    return found;
  }();
  return native;
}

void enable_formats(archive* handle) {
  // Each answers ARCHIVE_WARN or ARCHIVE_OK; a format that is missing shows as an archive that is
  // not recognised.
  archive_read_support_format_tar(handle);
  archive_read_support_format_zip(handle);
  archive_read_support_format_7zip(handle);
  archive_read_support_format_cpio(handle);
  archive_read_support_format_ar(handle);
  archive_read_support_format_cab(handle);
  archive_read_support_format_rar(handle);
  archive_read_support_format_rar5(handle);
  archive_read_support_format_iso9660(handle);
  archive_read_support_format_lha(handle);
  archive_read_support_format_xar(handle);
  archive_read_support_format_warc(handle);
}

std::string_view or_empty(const char* text) {
  return text == nullptr ? std::string_view{} : std::string_view(text);
}

}  // namespace

class ArchiveReader::Utf8Scope {
 public:
  Utf8Scope() : before_(::uselocale(utf8())) {}
  ~Utf8Scope() { ::uselocale(before_); }
  Utf8Scope(const Utf8Scope&) = delete;
  Utf8Scope& operator=(const Utf8Scope&) = delete;

 private:
  // Null (then nothing changes) where the C library has no C.UTF-8. Kept until the process ends.
  static locale_t utf8() {
    static const locale_t locale = ::newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr);
    return locale;
  }
  locale_t before_;
};

ArchiveReader::ArchiveReader(bool single_file)
    : locale_(std::make_unique<Utf8Scope>()), handle_(archive_read_new()) {
  STOWAWAY_CHECK(handle_ != nullptr, "out of memory");
  for (const EnableFilter enable : native_filters()) enable(handle_);
  enable_formats(handle_);
  if (single_file) archive_read_support_format_raw(handle_);
}

ArchiveReader::~ArchiveReader() { archive_read_free(handle_); }

void ArchiveReader::note_open(int code) { open_failed_ = code < ARCHIVE_WARN; }

void ArchiveReader::open_descriptor(int fd) {
  note_open(archive_read_open_fd(handle_, fd, kReadBytes));
}

void ArchiveReader::open_memory(fingerprint::Bytes bytes) {
  note_open(archive_read_open_memory(handle_, bytes.data(), bytes.size()));
}

void ArchiveReader::open_member_of(ArchiveReader& outer) {
  outer_ = &outer;
  note_open(archive_read_open(handle_, this, nullptr, &ArchiveReader::read_outer, nullptr));
}

std::ptrdiff_t ArchiveReader::read_outer(archive* handle, void* self, const void** buffer) {
  auto& reader = *static_cast<ArchiveReader*>(self);
  ArchiveBlock block;
  do {  // an empty block would be taken for the end
    switch (reader.outer_->next_block(block)) {
      case Data::block: break;
      case Data::end: *buffer = nullptr; return 0;
      case Data::member_failed:
      case Data::archive_failed:
        archive_set_error(handle, EIO, "%s", reader.outer_->error().c_str());
        return -1;
    }
  } while (block.bytes.empty());
  *buffer = block.bytes.data();
  return static_cast<std::ptrdiff_t>(block.bytes.size());
}

ArchiveReader::Step ArchiveReader::next() {
  const bool first = !std::exchange(started_, true);
  // Opening looks through the compression and chooses a format. The raw bytes count as one filter;
  // none is left after a broken compression or a device error, and two or more mean a compressed
  // something that is no container.
  if (open_failed_) return archive_filter_count(handle_) == 1 ? Step::unrecognised : Step::failed;
  archive_entry* entry = nullptr;
  int code = ARCHIVE_RETRY;
  for (int i = 0; i < kMaxRetries && code == ARCHIVE_RETRY; ++i) {
    code = archive_read_next_header(handle_, &entry);
  }
  if (code == ARCHIVE_EOF) return Step::end;
  // `raw` takes anything; without a compression in front the name has lied.
  const bool filtered = archive_filter_count(handle_) > 1;
  if (first && is_raw() && !filtered) return Step::unrecognised;
  if (code == ARCHIVE_OK || code == ARCHIVE_WARN) {
    describe(entry);
    return Step::member;
  }
  if (first && !filtered && archive_format(handle_) == 0) return Step::unrecognised;
  return Step::failed;
}

void ArchiveReader::describe(archive_entry* entry) {
  member_ = ArchiveMember{};
  member_.raw_path = or_empty(archive_entry_pathname(entry));
  if (member_.raw_path.empty()) member_.raw_path = or_empty(archive_entry_pathname_utf8(entry));
  member_.encrypted = archive_entry_is_encrypted(entry) != 0;
  if (archive_entry_mtime_is_set(entry) != 0) member_.modified = archive_entry_mtime(entry);
  const la_int64_t size = archive_entry_size(entry);
  if (archive_entry_size_is_set(entry) != 0 && size > 0) {
    member_.size_bytes = static_cast<std::uint64_t>(size);
  }
  constexpr unsigned kOwnerMayExecute = 0100;
  member_.executable = (archive_entry_perm(entry) & kOwnerMayExecute) != 0;
  member_.link_target = or_empty(archive_entry_hardlink(entry));
  // A hard link with a content of its own (cpio's last one, pax with bodies) is as good as a file.
  if (archive_entry_hardlink(entry) != nullptr && member_.size_bytes == 0) {
    member_.kind = ArchiveMember::Kind::hard_link;
    return;
  }
  switch (archive_entry_filetype(entry)) {
    case AE_IFREG:
    case 0:  // formats without file types
      member_.kind = ArchiveMember::Kind::file;
      break;
    case AE_IFDIR: member_.kind = ArchiveMember::Kind::directory; break;
    case AE_IFLNK:
      member_.kind = ArchiveMember::Kind::symbolic_link;
      member_.link_target = or_empty(archive_entry_symlink(entry));
      break;
    default: member_.kind = ArchiveMember::Kind::special; break;
  }
}

ArchiveReader::Data ArchiveReader::next_block(ArchiveBlock& block) {
  const void* data = nullptr;
  std::size_t size = 0;
  la_int64_t offset = 0;
  int code = ARCHIVE_RETRY;
  for (int i = 0; i < kMaxRetries && code == ARCHIVE_RETRY; ++i) {
    code = archive_read_data_block(handle_, &data, &size, &offset);
  }
  if (code == ARCHIVE_EOF) return Data::end;
  if (code == ARCHIVE_OK) {
    block.bytes = {static_cast<const std::byte*>(data), size};
    block.offset = offset < 0 ? 0 : static_cast<std::uint64_t>(offset);
    return Data::block;
  }
  // ARCHIVE_WARN is how zip says that a checksum or a size is wrong.
  return code == ARCHIVE_FATAL ? Data::archive_failed : Data::member_failed;
}

bool ArchiveReader::skips_cheaply() const {
  if (outer_ != nullptr || archive_filter_count(handle_) > 1) return false;
  const int format = archive_format(handle_) & ARCHIVE_FORMAT_BASE_MASK;
  return format == ARCHIVE_FORMAT_TAR || format == ARCHIVE_FORMAT_ZIP ||
         format == ARCHIVE_FORMAT_CPIO || format == ARCHIVE_FORMAT_AR;
}

bool ArchiveReader::is_weakly_recognised() const {
  const int format = archive_format(handle_);
  return (format & ARCHIVE_FORMAT_BASE_MASK) == ARCHIVE_FORMAT_LHA ||
         format == ARCHIVE_FORMAT_CPIO_BIN_LE || format == ARCHIVE_FORMAT_CPIO_BIN_BE;
}

bool ArchiveReader::is_raw() const {
  return (archive_format(handle_) & ARCHIVE_FORMAT_BASE_MASK) == ARCHIVE_FORMAT_RAW;
}

std::uint64_t ArchiveReader::consumed_bytes() const {
  const la_int64_t bytes = archive_filter_bytes(handle_, -1);
  return bytes < 0 ? 0 : static_cast<std::uint64_t>(bytes);
}

bool ArchiveReader::needs_password() const {
  // Before a format was chosen libarchive 3.6 answers from an array element in front of the first.
  if (archive_format(handle_) == 0 || archive_read_has_encrypted_entries(handle_) <= 0)
    return false;
  // A damaged header has that flag set as often as not: the words must say so too.
  const std::string why = error();
  for (const char* word : {"crypt", "Crypt", "pass"}) {
    if (why.find(word) != std::string::npos) return true;
  }
  return false;
}

std::string ArchiveReader::error() const {
  const char* text = archive_error_string(handle_);
  return text == nullptr ? "no reason given" : text;
}

}  // namespace stowaway::source

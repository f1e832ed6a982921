// An archive, or a single file, as a subject. Private to `source`.
#pragma once

#include <string>

#include "source/source.h"

namespace stowaway::source {

class ArchiveSource final : public Source {
 public:
  explicit ArchiveSource(std::string path);
  std::string_view kind() const override;  // "archive" or "deb"
  Result<Summary> deliver(Sink& sink, const Options& options) override;

 private:
  std::string path_;
};

class FileSource final : public Source {
 public:
  explicit FileSource(std::string path) : path_(std::move(path)) {}
  std::string_view kind() const override { return "file"; }
  Result<Summary> deliver(Sink& sink, const Options& options) override;

 private:
  std::string path_;
};

// Looks into the regular file at `path`: is it to be opened as an archive?
// Yes if its name announces one and its bytes do not deny it, or if its bytes are unmistakable and
// it is no document. Fails with not_found or io.
Result<bool> is_archive_file(const std::string& path);

// Unpacks bytes in memory as if they were a subject of this name. For tests and fuzzing; `bytes` is
// borrowed.
Result<Summary> deliver_archive_bytes(fingerprint::Bytes bytes, std::string_view file_name,
                                      Sink& sink, const Options& options);

}  // namespace stowaway::source

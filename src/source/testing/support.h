// What the tests of this room share: a sink that remembers, a directory that goes away, archives
// made in memory. For tests only.
#pragma once

#include <archive.h>
#include <archive_entry.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "source/source.h"

namespace stowaway::source::testing {

inline std::string text_of(fingerprint::Bytes bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

class CollectingSink : public Sink {
 public:
  void on_file(unsigned, const FileView& file) override {
    const std::lock_guard lock(mutex_);
    EXPECT_TRUE(files.emplace(file.path, text_of(file.bytes)).second) << file.path;
  }
  void on_identity(unsigned, std::string_view path, const fingerprint::Md5& md5) override {
    const std::lock_guard lock(mutex_);
    files[std::string(path)] = to_hex(md5);
  }
  void on_gap(unsigned, Gap gap) override {
    const std::lock_guard lock(mutex_);
    gaps.push_back(std::move(gap));
  }

  std::vector<std::string> paths() const {
    std::vector<std::string> result;
    for (const auto& [path, content] : files) result.push_back(path);
    return result;
  }
  // The reason of the only gap at `path`, or "none" or "several".
  std::string gap_at(std::string_view path) const {
    std::string found = "none";
    for (const Gap& gap : gaps) {
      if (gap.path == path) found = found == "none" ? std::string(name_of(gap.reason)) : "several";
    }
    return found;
  }

  std::map<std::string, std::string> files;
  std::vector<Gap> gaps;

 private:
  std::mutex mutex_;
};

class TempDirectory {
 public:
  TempDirectory() {
    std::string name = (std::filesystem::temp_directory_path() / "stowaway-XXXXXX").string();
    path_ = ::mkdtemp(name.data());
  }
  ~TempDirectory() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TempDirectory(const TempDirectory&) = delete;
  TempDirectory& operator=(const TempDirectory&) = delete;

  std::string operator/(std::string_view name) const { return path_ + "/" + std::string(name); }
  const std::string& path() const { return path_; }
  void write(std::string_view name, std::string_view content) const {
    const std::filesystem::path file(*this / name);
    std::filesystem::create_directories(file.parent_path());
    std::ofstream(file, std::ios::binary).write(content.data(), static_cast<long>(content.size()));
  }

 private:
  std::string path_;
};

struct PackMember {
  std::string path;
  std::string content = {};
  unsigned type = AE_IFREG;
  std::string link = {};  // target of a hard link, or of a symbolic one if `type` says so
};

// An archive of one of libarchive's formats ("ustar", "zip", …) under a filter ("gzip", "xz",
// "none", …).
inline std::string pack(const std::vector<PackMember>& members, const char* format = "ustar",
                        const char* filter = "gzip", const char* password = nullptr) {
  std::string out;
  archive* writer = archive_write_new();
  EXPECT_EQ(archive_write_set_format_by_name(writer, format), ARCHIVE_OK);
  if (std::string_view(filter) != "none") {
    EXPECT_EQ(archive_write_add_filter_by_name(writer, filter), ARCHIVE_OK);
  }
  archive_write_set_bytes_in_last_block(writer, 1);
  if (password != nullptr) {
    EXPECT_EQ(archive_write_set_options(writer, "zip:encryption=aes256"), ARCHIVE_OK);
    EXPECT_EQ(archive_write_set_passphrase(writer, password), ARCHIVE_OK);
  }
  const auto collect = [](archive*, void* to, const void* data, std::size_t size) -> la_ssize_t {
    static_cast<std::string*>(to)->append(static_cast<const char*>(data), size);
    return static_cast<la_ssize_t>(size);
  };
  EXPECT_EQ(archive_write_open(writer, &out, nullptr, collect, nullptr), ARCHIVE_OK);
  for (const PackMember& member : members) {
    archive_entry* entry = archive_entry_new();
    archive_entry_set_pathname(entry, member.path.c_str());
    archive_entry_set_filetype(entry, member.type);
    archive_entry_set_perm(entry, 0644);
    archive_entry_set_size(entry, static_cast<la_int64_t>(member.content.size()));
    if (!member.link.empty()) {
      if (member.type == AE_IFLNK)
        archive_entry_set_symlink(entry, member.link.c_str());
      else
        archive_entry_set_hardlink(entry, member.link.c_str());
    }
    EXPECT_EQ(archive_write_header(writer, entry), ARCHIVE_OK) << archive_error_string(writer);
    archive_write_data(writer, member.content.data(), member.content.size());
    archive_entry_free(entry);
  }
  EXPECT_EQ(archive_write_close(writer), ARCHIVE_OK);
  archive_write_free(writer);
  return out;
}

// Opens and delivers; the test fails where that fails.
inline Summary deliver(const std::string& subject, Sink& sink, const Options& options = {}) {
  const Result<std::unique_ptr<Source>> source = open_subject(subject);
  if (!source) {
    ADD_FAILURE() << source.error().message;
    return {};
  }
  const Result<Summary> summary = (*source)->deliver(sink, options);
  if (!summary) {
    ADD_FAILURE() << summary.error().message;
    return {};
  }
  return *summary;
}

}  // namespace stowaway::source::testing

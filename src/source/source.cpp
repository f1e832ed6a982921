#include "source/source.h"

#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <thread>

#include "source/archive/archive_source.h"
#include "source/debian/debian_source.h"
#include "source/directory/directory_source.h"
#include "source/git/git_source.h"
#include "source/md5sums/installed_source.h"
#include "source/md5sums/md5_list_source.h"
#include "source/open_file.h"

namespace stowaway::source {
namespace {

constexpr unsigned kMaxJobs = 1024;

Result<std::unique_ptr<Source>> open_regular(const std::string& subject) {
  if (subject.ends_with(".dsc")) return std::make_unique<DebianSource>(subject);
  STOWAWAY_TRY(const bool is_archive, is_archive_file(subject));
  if (is_archive) return std::make_unique<ArchiveSource>(subject);
  return std::make_unique<FileSource>(subject);
}

}  // namespace

std::string_view name_of(GapReason reason) {
  switch (reason) {
    case GapReason::unreadable: return "unreadable";
    case GapReason::vanished: return "vanished";
    case GapReason::special_file: return "special_file";
    case GapReason::too_large: return "too_large";
    case GapReason::too_deep: return "too_deep";
    case GapReason::escapes: return "escapes";
    case GapReason::bomb: return "bomb";
    case GapReason::corrupt: return "corrupt";
    case GapReason::encrypted: return "encrypted";
    case GapReason::unsupported: return "unsupported";
    case GapReason::limit: return "limit";
  }
  return "unknown";
}

unsigned effective_jobs(const Options& options) {
  if (options.jobs != 0) return std::min(options.jobs, kMaxJobs);
  return std::clamp(std::thread::hardware_concurrency(), 1U, kMaxJobs);
}

Result<std::unique_ptr<Source>> open_subject(const std::string& subject) {
  if (subject.empty()) return fail(ErrorCode::invalid_argument, "an empty name is not a subject");
  if (subject == "-") return std::make_unique<Md5ListSource>("-");
  struct stat status {};
  if (::stat(subject.c_str(), &status) == 0) {
    if (S_ISDIR(status.st_mode)) return std::make_unique<DirectorySource>(subject);
    if (S_ISREG(status.st_mode)) return open_regular(subject);
    return fail(ErrorCode::unsupported,
                "{} is neither a file nor a directory; for a list of MD5 sums say md5:{}", subject,
                subject);
  }
  const int error = errno;
  constexpr std::string_view kListPrefix = "md5:";
  if (subject.starts_with(kListPrefix)) {
    return std::make_unique<Md5ListSource>(subject.substr(kListPrefix.size()));
  }
  if (error != ENOENT && error != ENOTDIR && error != ENAMETOOLONG) {
    return fail(ErrorCode::io, "cannot look at {}: {}", subject, text_of_errno(error));
  }
  if (subject.find('@') != std::string::npos) {
    STOWAWAY_TRY(std::unique_ptr<Source> git, open_git_revision(subject));
    return git;
  }
  return fail(ErrorCode::not_found, "{}: no such file or directory", subject);
}

std::unique_ptr<Source> open_md5_list(std::string list) {
  return std::make_unique<Md5TextSource>(std::move(list));
}

Result<std::unique_ptr<Source>> open_installed(const std::string& dpkg_root) {
  const std::string info = dpkg_root + "/info";
  struct stat status {};
  if (::stat(info.c_str(), &status) != 0) {
    return fail(errno == ENOENT || errno == ENOTDIR ? ErrorCode::not_found : ErrorCode::io,
                "cannot look at {}: {}; is {} a dpkg database?", info, text_of_errno(errno),
                dpkg_root);
  }
  return std::make_unique<InstalledSource>(info);
}

}  // namespace stowaway::source

#include "kb/miner/scratch.h"

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>

namespace stowaway::kb {

Result<void> make_directory(const std::string& path) {
  if (path.empty())
    return fail(ErrorCode::invalid_argument, "no directory for downloads: name one with --cache");
  std::error_code failed;
  std::filesystem::create_directories(path, failed);
  if (failed) return fail(ErrorCode::io, "cannot make {}: {}", path, failed.message());
  return {};
}

Result<Scratch> Scratch::make(const std::string& parent) {
  STOWAWAY_TRY_VOID(make_directory(parent));
  std::string path = parent + "/new-XXXXXX";
  if (::mkdtemp(path.data()) == nullptr)
    return fail(ErrorCode::io, "cannot make a directory in {}: {}", parent, std::strerror(errno));
  return Scratch(std::move(path));
}

Scratch::~Scratch() {
  std::error_code ignored;
  if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
}

Result<void> Scratch::keep_as(const std::string& name) {
  std::error_code failed;
  std::filesystem::rename(path_, name, failed);
  if (failed) return fail(ErrorCode::io, "cannot name {}: {}", name, failed.message());
  path_.clear();
  return {};
}

}  // namespace stowaway::kb

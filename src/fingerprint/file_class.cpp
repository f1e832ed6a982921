#include "fingerprint/file_class.h"

#include <algorithm>
#include <array>
#include <string>
#include <unordered_map>

namespace stowaway::fingerprint {
namespace {

enum class NameKind : std::uint8_t { directory, file, prefix };
struct SuffixRow {
  std::string_view suffix;
  CommentStyle style;
};
struct NameRow {
  std::string_view name;
  NameKind kind;
  FileRole role;
};
#include "fingerprint/file_class_data.inc"

constexpr std::size_t kMaxNameBytes = 64;  // a longer name is in no table

// Folders that projects keep other people's code in. "contrib" and "lib" are not among them: many
// keep their own there.
constexpr std::array<std::string_view, 18> kForeignFolders{
    "third_party",      "thirdparty",  "third-party", "3rdparty",     "3rd-party",
    "3rd_party",        "3rdpartylib", "external",    "externals",    "extern",
    "vendor",           "vendored",    "deps",        "dependencies", "node_modules",
    "bower_components", "submodules",  "externallibs"};

struct Tables {
  std::unordered_map<std::string_view, CommentStyle> suffixes;
  std::unordered_map<std::string_view, FileRole> directories, files;
  std::size_t longest_suffix = 0;
};

const Tables& tables() {
  static const Tables kTables = [] {
    Tables built;
    for (const SuffixRow& row : kSuffixes) {
      built.suffixes.emplace(row.suffix, row.style);
      built.longest_suffix = std::max(built.longest_suffix, row.suffix.size());
    }
    for (const NameRow& row : kNames)
      if (row.kind != NameKind::prefix)
        (row.kind == NameKind::directory ? built.directories : built.files)
            .emplace(row.name, row.role);
    return built;
  }();
  return kTables;
}

// Lower-cases into a buffer on the stack; empty when the name is longer than anything in the
// tables.
class LowerName {
 public:
  explicit LowerName(std::string_view name)
      : size_(name.size() <= kMaxNameBytes ? name.size() : 0) {
    std::transform(name.begin(), name.begin() + static_cast<std::ptrdiff_t>(size_), buffer_.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  }
  std::string_view view() const { return {buffer_.data(), size_}; }

 private:
  std::array<char, kMaxNameBytes> buffer_;
  std::size_t size_;
};

void classify_suffix(std::string_view name, FileClass& result) {
  const std::size_t keep = std::min(name.size(), tables().longest_suffix);
  const LowerName lower(name.substr(name.size() - keep));
  const std::string_view tail = lower.view();
  for (std::size_t dot = tail.find('.'); dot != std::string_view::npos;
       dot = tail.find('.', dot + 1)) {
    const auto found = tables().suffixes.find(tail.substr(dot));
    if (found == tables().suffixes.end()) continue;
    result.is_code = true;
    result.comments = found->second;
    return;
  }
}

FileRole role_of_name(std::string_view name) {
  const LowerName lower(name);
  if (const auto found = tables().files.find(lower.view()); found != tables().files.end())
    return found->second;
  for (const NameRow& row : kNames)
    if (row.kind == NameKind::prefix && lower.view().starts_with(row.name)) return row.role;
  return FileRole::library;
}

}  // namespace

FileClass classify(std::string_view path) {
  FileClass result;
  const std::size_t slash = path.rfind('/');
  const std::string_view name = slash == std::string_view::npos ? path : path.substr(slash + 1);
  classify_suffix(name, result);
  for (std::size_t from = 0; slash != std::string_view::npos && from < slash;) {
    const std::size_t end = path.find('/', from);
    const LowerName part(path.substr(from, end - from));
    if (const auto found = tables().directories.find(part.view());
        found != tables().directories.end()) {
      result.role = found->second;
      return result;
    }
    from = end + 1;
  }
  result.role = role_of_name(name);
  return result;
}

std::string_view foreign_project(std::string_view path) {
  std::size_t end = 0;  // of the project's own folder
  for (std::size_t start = 0, slash; (slash = path.find('/', start)) != std::string_view::npos;
       start = slash + 1) {
    const LowerName folder(path.substr(start, slash - start));
    if (std::ranges::find(kForeignFolders, folder.view()) != kForeignFolders.end())
      end = std::min(path.find('/', slash + 1), path.size());
  }
  return path.substr(0, end);
}

}  // namespace stowaway::fingerprint

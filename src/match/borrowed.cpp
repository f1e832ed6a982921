#include "match/borrowed.h"

#include <algorithm>
#include <array>
#include <map>

#include "match/names.h"

namespace stowaway::match {
namespace {

// Share of the placement's weight that must lie below the one folder.
constexpr double kMostOfIt = 0.7;

// Folders that say nothing of whose the code is.
constexpr std::array<std::string_view, 34> kGenericFolders{
    "src",  "source", "sources", "lib",     "libs",     "include", "inc",     "core", "common",
    "util", "utils",  "base",    "main",    "internal", "detail",  "details", "impl", "api",
    "test", "tests",  "js",      "css",     "dist",     "python",  "java",    "cpp",  "c",
    "ext",  "tools",  "modules", "example", "examples", "public",  "private"};

std::vector<std::string_view> folders_of(std::string_view path) {
  std::vector<std::string_view> out;
  for (std::size_t slash; (slash = path.find('/')) != std::string_view::npos;
       path.remove_prefix(slash + 1))
    out.push_back(path.substr(0, slash));
  return out;
}

// The path of the first `count` folders.
std::string first_folders(std::span<const std::string_view> folders, std::size_t count) {
  std::string out;
  for (std::size_t i = 0; i < count; ++i) {
    if (i > 0) out += '/';
    out += folders[i];
  }
  return out;
}

bool is_generic(std::string_view folder) {
  const std::string name = plain_name(folder);
  return name.size() < 3 || std::ranges::find(kGenericFolders, name) != kGenericFolders.end();
}

// The topmost folder that subject and release have in common above a file, if it has a name of its
// own.
std::optional<BorrowedPart> common_folder(std::string_view in_subject,
                                          std::string_view in_release) {
  const auto subject = folders_of(in_subject), release = folders_of(in_release);
  std::size_t common = 0, named = 0;
  while (common < std::min(subject.size(), release.size()) &&
         plain_name(subject[subject.size() - 1 - common]) ==
             plain_name(release[release.size() - 1 - common])) {
    ++common;
    if (!is_generic(release[release.size() - common])) named = common;
  }
  if (named == 0 || named == release.size()) return std::nullopt;  // it lies at the release's top
  const std::size_t s = subject.size() - named, r = release.size() - named;
  return BorrowedPart{first_folders(subject, s + 1), std::string(subject[s]),
                      first_folders(release, r + 1)};
}

bool lies_in_contrib(std::string_view folder) {
  return std::ranges::any_of(folders_of(folder),
                             [](std::string_view part) { return plain_name(part) == "contrib"; });
}

// Whether no file below the folder is as old as the component's first release.
bool joined_later(const kb::Kb& kb, kb::ComponentId component, const std::string& folder) {
  const kb::Range paths = kb.component(component).paths;
  for (kb::PathId id = paths.first; id < paths.end; ++id) {
    const kb::PathView path = kb.path(id);
    if (!lies_below(path.name, folder)) continue;
    for (std::uint32_t v = path.file_versions.first; v < path.file_versions.end; ++v)
      for (const auto span : kb.releases_of(v))
        if (span.first == 0) return false;
  }
  return true;
}

// Whether a folder's name has to do with the component's: "lzma" and lzma-sdk, "vtkfmt" and fmt.
bool is_name_of(const kb::ComponentView& component, std::string_view folder) {
  const std::string plain = plain_name(folder);
  return std::ranges::any_of(plain_names_of(component), [&](const std::string& name) {
    return plain.find(name) != std::string::npos || name.find(plain) != std::string::npos;
  });
}

// The placement's own folder, when nearly all that was found are files called after it: trio/trio.c
// and trio/triostr.c, which libxml2 keeps among its own.
std::optional<BorrowedPart> folder_of_its_own(const Placement& placement, std::span<const Hit> hits,
                                              const std::vector<ScannedFile>& files,
                                              const kb::Kb& kb) {
  const std::string_view folder =
      std::string_view(placement.root).substr(placement.root.rfind('/') + 1);
  if (is_generic(folder) || is_name_of(kb.component(placement.component), folder))
    return std::nullopt;
  double all = 0, called = 0;
  for (const std::uint32_t number : placement.hits) {
    const Hit& hit = hits[number];
    if (hit.carried) continue;
    const std::string_view path = files[hit.file].path;
    all += hit.weight;
    if (plain_name(path.substr(path.rfind('/') + 1)).starts_with(plain_name(folder)))
      called += hit.weight;
  }
  if (all <= 0 || called < kMostOfIt * all) return std::nullopt;
  return BorrowedPart{placement.root, std::string(folder), "files called " + std::string(folder)};
}

}  // namespace

std::optional<BorrowedPart> borrowed_part(const Placement& placement, std::span<const Hit> hits,
                                          const std::vector<ScannedFile>& files, const kb::Kb& kb) {
  if (auto part = folder_of_its_own(placement, hits, files, kb)) return part;
  struct Vote {
    BorrowedPart part;
    double weight = 0;
  };
  std::map<std::pair<std::string, std::string>, Vote> votes;  // by name and origin
  double all = 0;
  for (const std::uint32_t number : placement.hits) {
    const Hit& hit = hits[number];
    if (hit.carried) continue;
    const auto part = common_folder(files[hit.file].path, kb.path(hit.path).name);
    if (hit.common_parts > 0) all += hit.weight;
    if (!part) continue;
    Vote& vote = votes[{part->name, part->origin}];
    if (vote.weight == 0) vote.part = *part;
    vote.weight += hit.weight;
  }
  const auto best =
      std::ranges::max_element(votes, {}, [](const auto& item) { return item.second.weight; });
  if (best == votes.end() || best->second.weight < kMostOfIt * all) return std::nullopt;
  const BorrowedPart& part = best->second.part;
  if (is_name_of(kb.component(placement.component), part.name)) return std::nullopt;
  if (!lies_in_contrib(part.origin) && !joined_later(kb, placement.component, part.origin))
    return std::nullopt;
  return part;
}

}  // namespace stowaway::match

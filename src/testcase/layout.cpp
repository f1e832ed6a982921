#include "testcase/layout.h"

#include <algorithm>
#include <map>
#include <set>

#include "base/text.h"

namespace stowaway::testcase {
namespace {

// The pattern, and the names under which C++ projects keep C sources.
std::vector<std::string> spellings_of(const std::string& pattern) {
  std::vector<std::string> all{pattern};
  if (pattern.ends_with(".c"))
    for (const char* suffix : {".cpp", ".cc", ".cxx"})
      all.push_back(pattern.substr(0, pattern.size() - 2) + suffix);
  return all;
}

// The directory below which `path` is what the pattern says: "a/lib/x.c" and "lib/x.c" give "a".
std::string home_of(std::string path, const std::string& pattern) {
  for (auto parts = split(pattern, '/').size(); parts > 0; --parts) path = directory_of(path);
  return path;
}

// First spelling that any file matches, with all files that do.
std::vector<std::string> matching(const StagedTree& tree, const std::string& pattern) {
  std::vector<std::string> found;
  for (const std::string& spelling : spellings_of(pattern)) {
    for (const std::string& path : tree.files())
      if (ends_with_name(path, spelling)) found.push_back(path);
    if (!found.empty()) break;
  }
  return found;
}

// Most patterns matched, then the shortest path, then the first by name.
std::string choose_home(const std::vector<std::string>& patterns, const StagedTree& tree) {
  std::map<std::string, std::set<std::string>> votes;
  for (const std::string& pattern : patterns)
    for (const std::string& path : matching(tree, pattern))
      votes[home_of(path, pattern)].insert(pattern);
  std::string best;
  std::size_t most = 0;
  for (const auto& [home, voters] : votes)
    if (voters.size() > most || (voters.size() == most && home.size() < best.size()))
      best = home, most = voters.size();
  return best;
}

bool is_left_out(const Build& build, const std::string& path) {
  return std::ranges::any_of(
      build.without, [&](const std::string& pattern) { return ends_with_name(path, pattern); });
}

void add_once(std::vector<std::string>& list, std::string item) {
  if (std::ranges::find(list, item) == list.end()) list.push_back(std::move(item));
}

void add_sources(const Build& build, const StagedTree& tree, Layout& layout) {
  for (const std::string& pattern : build.sources) {
    const std::vector<std::string> all = matching(tree, pattern);
    bool any = false;
    for (const std::string& path : all)
      if (home_of(path, pattern) == layout.home && !is_left_out(build, path))
        add_once(layout.sources, path), any = true;
    if (any || pattern.find('*') != std::string::npos) continue;
    for (const std::string& spelling : spellings_of(pattern)) {
      const std::string nearest = tree.find(spelling, layout.home);
      if (nearest.empty() || is_left_out(build, nearest)) continue;
      add_once(layout.sources, nearest);
      break;
    }
  }
}

// The home, what lies above it up to the copy's root, an include/ beside, and where the headers
// are.
void add_includes(const Build& build, const StagedTree& tree, Layout& layout) {
  add_once(layout.includes, layout.home);
  for (const std::string& source : layout.sources) add_once(layout.includes, directory_of(source));
  for (const std::string& name : build.headers) {
    const std::string header = tree.find(name, layout.home);
    if (header.empty()) continue;
    layout.headers.push_back(header);
    add_once(layout.includes, home_of(header, name));
  }
  const std::string root = tree.is_single_file() ? directory_of(tree.root()) : tree.root();
  for (std::string above = layout.home; above.size() > root.size();) {
    above = directory_of(above);
    add_once(layout.includes, above);
    if (above.empty()) break;
  }
  const std::string include = root.empty() ? "include" : root + "/include";
  if (std::ranges::any_of(tree.files(),
                          [&](const std::string& path) { return path.starts_with(include + "/"); }))
    add_once(layout.includes, include);
}

}  // namespace

bool is_cpp_source(std::string_view path) {
  return path.ends_with(".cpp") || path.ends_with(".cc") || path.ends_with(".cxx");
}

Layout lay_out(const Build& build, const StagedTree& tree) {
  Layout layout;
  std::vector<std::string> patterns = build.sources;
  if (patterns.empty()) patterns = build.headers;  // a library of headers alone
  layout.home = choose_home(patterns, tree);
  add_sources(build, tree, layout);
  if (layout.sources.empty() && tree.is_single_file() && !build.sources.empty()) {
    layout.home = directory_of(tree.root());
    layout.sources = {tree.root()};
  }
  add_includes(build, tree, layout);
  for (const std::string& pattern : build.required)
    if (matching(tree, pattern).empty()) layout.missing.push_back(pattern);
  for (const std::string& path : tree.unread())
    for (const std::string& pattern : build.sources)
      if (ends_with_name(path, pattern) && matching(tree, pattern).empty())
        add_once(layout.unread, path);
  return layout;
}

}  // namespace stowaway::testcase

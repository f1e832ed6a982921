#include "match/declared_only.h"

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <unordered_map>

#include "match/names.h"
#include "match/place.h"

namespace stowaway::match {
namespace {

constexpr std::size_t kMaxDeclaredOnly = 10'000;

std::string_view folder_of(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string_view::npos ? std::string_view{} : path.substr(0, slash);
}
std::string_view last_part(std::string_view path) { return path.substr(path.rfind('/') + 1); }

// Manifests that nobody writes for a project of his own.
bool is_attribution(std::string_view path) {
  static constexpr std::array<std::string_view, 4> kNames{"moz.yaml", "README.chromium",
                                                          "qt_attribution.json", "METADATA"};
  return std::ranges::find(kNames, last_part(path)) != kNames.end();
}

class Declarations {
 public:
  explicit Declarations(const std::vector<Copy>& copies) : copies_(&copies) {}

  void add(std::string_view folder, const Statement& statement, const std::string& declared_in) {
    if (folder.empty() || is_explained(folder, statement.name)) return;
    std::string name = statement.name.empty() ? std::string(last_part(folder)) : statement.name;
    by_folder_.try_emplace(
        std::string(folder),
        DeclaredOnly{std::string(folder), std::move(name), statement.version, declared_in, {}});
  }

  // Leaves out what lies below another of the same name.
  std::vector<DeclaredOnly> take() {
    std::vector<DeclaredOnly> out;
    for (auto& entry : by_folder_) {
      const bool repeated = std::ranges::any_of(out, [&](const DeclaredOnly& above) {
        return lies_below(entry.first, above.path) &&
               plain_name(above.name) == plain_name(entry.second.name);
      });
      if (!repeated && out.size() < kMaxDeclaredOnly) out.push_back(std::move(entry.second));
    }
    return out;
  }

 private:
  // A copy lies there, around it, or (of the declared name) below it.
  bool is_explained(std::string_view folder, std::string_view name) const {
    return std::ranges::any_of(*copies_, [&](const Copy& copy) {
      if (copy.path == folder || (!copy.path.empty() && lies_below(folder, copy.path))) return true;
      return lies_below(copy.path, folder) &&
             (name.empty() ||
              plain_name(name).find(plain_name(copy.component)) != std::string::npos ||
              mentions({plain_name(copy.component)}, folder));
    });
  }

  const std::vector<Copy>* copies_;
  std::map<std::string, DeclaredOnly> by_folder_;
};

// Components of the KB by what a title may call them. Read when they are first asked for: most
// subjects never do, and a large KB has many.
class ComponentNames {
 public:
  explicit ComponentNames(const kb::Kb& kb) : kb_(&kb) {}

  // The first component of which it is the title.
  std::optional<std::string> titled(const Statement& statement) {
    if (statement.method != "banner" || statement.name.empty()) return std::nullopt;
    if (first_with_.empty()) read();
    const std::string title = plain_name(statement.name);
    std::optional<kb::ComponentId> first;
    for (std::size_t size = kMinName; size <= title.size(); ++size) {
      const auto named = first_with_.find(title.substr(0, size));
      if (named == first_with_.end() || !is_generic(std::string_view(title).substr(size))) continue;
      first = std::min(first.value_or(named->second), named->second);
    }
    if (!first) return std::nullopt;
    return std::string(kb_->component(*first).name);
  }

 private:
  static constexpr std::size_t kMinName = 3;  // of plain_names_of()

  void read() {
    for (kb::ComponentId id = 0; id < kb_->component_count(); ++id)
      for (std::string& name : plain_names_of(kb_->component(id)))
        first_with_.emplace(std::move(name), id);
  }

  const kb::Kb* kb_;
  std::unordered_map<std::string, kb::ComponentId> first_with_;  // by plain name
};

}  // namespace

std::vector<DeclaredOnly> declared_only(const Collected& collected, const std::vector<Copy>& copies,
                                        const kb::Kb& kb) {
  Declarations declarations(copies);
  ComponentNames components(kb);
  for (const Manifest& manifest : collected.manifests) {
    const std::string_view project = fingerprint::foreign_project(manifest.path);
    if (project.empty() && !is_attribution(manifest.path)) continue;
    for (const Statement& statement : manifest.statements)
      declarations.add(folder_of(manifest.path), statement, manifest.path);
  }
  for (const ScannedFile& file : collected.files) {
    const std::string_view project = fingerprint::foreign_project(file.path);
    if (!file.known() && file.resembles.empty())
      for (const Statement& statement : file.statements)
        if (const auto component = components.titled(statement))
          declarations.add(file.path, {*component, statement.version, statement.method}, file.path);
    if (project.empty()) continue;
    for (const Statement& statement : file.statements) {
      const std::string stem = plain_name(statement.name);
      const bool of_project = stem.size() > 2 && plain_name(last_part(project)).starts_with(stem);
      if (of_project) declarations.add(project, statement, file.path);
    }
  }
  return declarations.take();
}

}  // namespace stowaway::match

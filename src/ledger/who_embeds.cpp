#include "ledger/who_embeds.h"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include "ledger/names.h"
#include "match/names.h"

namespace stowaway::ledger {
namespace {

bool holds(const Constraint& constraint, std::string_view purl, const std::string& version) {
  const auto order = compare_component_versions(purl, version, constraint.version);
  switch (constraint.relation) {
    case Relation::less: return order < 0;
    case Relation::less_equal: return order <= 0;
    case Relation::equal: return order == 0;
    case Relation::not_equal: return order != 0;
    case Relation::greater_equal: return order >= 0;
    case Relation::greater: return order > 0;
  }
  return false;
}

enum class Fit { all, some, none };

Fit fit_of(const Question& question, std::string_view purl,
           const std::vector<std::string>& versions) {
  if (question.constraints.empty()) return Fit::all;
  if (versions.empty()) return Fit::some;
  const auto fitting = std::ranges::count_if(versions, [&](const std::string& version) {
    return std::ranges::all_of(question.constraints, [&](const Constraint& constraint) {
      return holds(constraint, purl, version);
    });
  });
  if (fitting == 0) return Fit::none;
  return static_cast<std::size_t>(fitting) == versions.size() ? Fit::all : Fit::some;
}

// One set of versions that fits.
struct Fitting {
  std::string component;
  std::vector<std::string> versions;
  bool is_certain;
};

// "?, ?, ?"
std::string marks(std::size_t count) {
  std::string text;
  for (std::size_t i = 0; i < count; ++i) text += i == 0 ? "?" : ", ?";
  return text;
}

void bind_all(sql::Statement& statement, const std::vector<std::string>& texts) {
  for (std::size_t i = 0; i < texts.size(); ++i) statement.bind(static_cast<int>(i), texts[i]);
}

Result<std::map<std::int64_t, Fitting>> fitting_sets(sql::Database& database,
                                                     const Question& question,
                                                     const std::vector<std::string>& components) {
  STOWAWAY_TRY(sql::Statement select,
               database.prepare(fmt::format(
                   "SELECT version_set.id, name, purl, versions FROM version_set JOIN component ON "
                   "component.id = component_id WHERE name IN ({})",
                   marks(components.size()))));
  bind_all(select, components);
  std::map<std::int64_t, Fitting> sets;
  for (;;) {
    STOWAWAY_TRY(const bool row, select.step());
    if (!row) return sets;
    std::vector<std::string> versions = parted(select.text(3));
    const Fit fit = fit_of(question, select.text(2), versions);
    if (fit != Fit::none)
      sets.emplace(select.number(0), Fitting{select.text(1), std::move(versions), fit == Fit::all});
  }
}

constexpr const char* kCopyColumns =
    "subject.name, snapshot.version, path, version_set_id, verdict, version_note, "
    "unchanged_ratio, confidence";
constexpr const char* kOfSubject =
    "JOIN snapshot ON snapshot.id = snapshot_id JOIN subject ON subject.id = subject_id";

const char* current_only(bool every_version) { return every_version ? "" : "AND is_current = 1"; }

Embedder embedder_in(const sql::Statement& row) {
  Embedder embedder;
  embedder.subject = row.text(0);
  embedder.version = row.text(1);
  embedder.path = row.bytes(2);
  embedder.verdict = row.text(4);
  embedder.version_note = row.text(5);
  embedder.unchanged_ratio = row.real(6);
  embedder.confidence = row.real(7);
  return embedder;
}

Result<void> add_copies(sql::Database& database, const std::map<std::int64_t, Fitting>& sets,
                        bool every_version, std::vector<Embedder>& found) {
  if (sets.empty()) return {};
  std::string ids;
  for (const auto& [id, set] : sets) ids += (ids.empty() ? "" : ", ") + std::to_string(id);
  STOWAWAY_TRY(
      sql::Statement select,
      database.prepare(fmt::format("SELECT {} FROM copy {} WHERE version_set_id IN ({}) {}",
                                   kCopyColumns, kOfSubject, ids, current_only(every_version))));
  for (;;) {
    STOWAWAY_TRY(const bool row, select.step());
    if (!row) return {};
    const Fitting& set = sets.at(select.number(3));
    Embedder& embedder = found.emplace_back(embedder_in(select));
    embedder.component = set.component;
    embedder.versions = set.versions;
    embedder.is_certain = set.is_certain;
  }
}

// A copy of something else that may as well be a copy of this: of which version is not known.
Result<void> add_alternatives(sql::Database& database, const std::vector<std::string>& components,
                              bool every_version, std::vector<Embedder>& found) {
  STOWAWAY_TRY(
      sql::Statement select,
      database.prepare(fmt::format(
          "SELECT {}, alternative.component FROM alternative JOIN copy ON copy.id = copy_id {} "
          "WHERE alternative.component IN ({}) {}",
          kCopyColumns, kOfSubject, marks(components.size()), current_only(every_version))));
  bind_all(select, components);
  for (;;) {
    STOWAWAY_TRY(const bool row, select.step());
    if (!row) return {};
    Embedder& embedder = found.emplace_back(embedder_in(select));
    embedder.component = select.text(8);
    embedder.evidence = Evidence::alternative;
  }
}

Result<void> add_declared(sql::Database& database, const Question& question,
                          const std::vector<std::string>& components, bool every_version,
                          std::vector<Embedder>& found) {
  std::set<std::string> plain{match::plain_name(question.component)};
  for (const std::string& component : components) plain.insert(match::plain_name(component));
  STOWAWAY_TRY(sql::Statement select,
               database.prepare(fmt::format(
                   "SELECT subject.name, snapshot.version, path, declared_only.name, "
                   "declared_only.version FROM declared_only {} WHERE plain_name IN ({}) {}",
                   kOfSubject, marks(plain.size()), current_only(every_version))));
  bind_all(select, {plain.begin(), plain.end()});
  for (;;) {
    STOWAWAY_TRY(const bool row, select.step());
    if (!row) return {};
    std::vector<std::string> versions;
    if (std::string version = select.text(4); !version.empty())
      versions.push_back(std::move(version));
    const Fit fit = fit_of(question, "", versions);
    if (fit == Fit::none) continue;
    Embedder& embedder = found.emplace_back();
    embedder.subject = select.text(0);
    embedder.version = select.text(1);
    embedder.path = select.bytes(2);
    embedder.component = select.text(3);
    embedder.versions = std::move(versions);
    embedder.evidence = Evidence::declared;
    embedder.is_certain = fit == Fit::all;
  }
}

}  // namespace

std::string_view name_of(Evidence evidence) {
  switch (evidence) {
    case Evidence::copy: return "copy";
    case Evidence::alternative: return "alternative";
    case Evidence::declared: return "declared";
  }
  return "";
}

Result<std::vector<Embedder>> who_embeds(const Ledger& ledger, const Question& question,
                                         const std::vector<std::string>& components,
                                         bool every_version) {
  std::vector<Embedder> found;
  if (components.empty()) return found;
  sql::Database& database = ledger.database();
  STOWAWAY_TRY(const auto sets, fitting_sets(database, question, components));
  STOWAWAY_TRY_VOID(add_copies(database, sets, every_version, found));
  STOWAWAY_TRY_VOID(add_alternatives(database, components, every_version, found));
  STOWAWAY_TRY_VOID(add_declared(database, question, components, every_version, found));
  std::ranges::sort(found, [](const Embedder& a, const Embedder& b) {
    return std::tie(a.subject, a.version, a.path, a.component, a.evidence) <
           std::tie(b.subject, b.version, b.path, b.component, b.evidence);
  });
  return found;
}

Result<std::vector<Spread>> spread(const Ledger& ledger,
                                   const std::vector<std::string>& components) {
  std::vector<Spread> spread;
  if (components.empty()) return spread;
  STOWAWAY_TRY(
      sql::Statement select,
      ledger.database().prepare(fmt::format(
          "SELECT component.name, purl, versions, count(DISTINCT subject_id), count(*) FROM "
          "version_set JOIN component ON component.id = component_id JOIN copy ON version_set_id = "
          "version_set.id JOIN snapshot ON snapshot.id = snapshot_id WHERE component.name IN ({}) "
          "AND is_current = 1 GROUP BY component.name, purl, versions",
          marks(components.size()))));
  bind_all(select, components);
  std::string purl;
  for (;;) {
    STOWAWAY_TRY(const bool row, select.step());
    if (!row) break;
    purl = select.text(1);
    spread.push_back({select.text(0), parted(select.text(2)),
                      static_cast<std::uint64_t>(select.number(3)),
                      static_cast<std::uint64_t>(select.number(4))});
  }
  std::ranges::sort(spread, [&](const Spread& a, const Spread& b) {
    if (a.component != b.component) return a.component < b.component;
    if (a.versions.empty() || b.versions.empty()) return b.versions.empty() && !a.versions.empty();
    if (const auto order = compare_component_versions(purl, a.versions.front(), b.versions.front());
        order != 0)
      return order < 0;
    if (const auto order = compare_component_versions(purl, a.versions.back(), b.versions.back());
        order != 0)
      return order < 0;
    return a.versions < b.versions;
  });
  return spread;
}

Result<std::vector<Popular>> most_embedded(const Ledger& ledger, std::size_t count) {
  STOWAWAY_TRY(
      sql::Statement select,
      ledger.database().prepare(
          "SELECT component.name, count(DISTINCT subject_id), count(*) FROM copy JOIN snapshot ON "
          "snapshot.id = snapshot_id JOIN version_set ON version_set.id = version_set_id JOIN "
          "component ON component.id = component_id WHERE is_current = 1 GROUP BY component.name "
          "ORDER BY 2 DESC, 3 DESC, 1 LIMIT ?"));
  select.bind(0, static_cast<std::int64_t>(count));
  std::vector<Popular> popular;
  for (;;) {
    STOWAWAY_TRY(const bool row, select.step());
    if (!row) return popular;
    popular.push_back({select.text(0), static_cast<std::uint64_t>(select.number(1)),
                       static_cast<std::uint64_t>(select.number(2))});
  }
}

}  // namespace stowaway::ledger

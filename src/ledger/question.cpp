#include <algorithm>
#include <array>
#include <set>

#include "base/text.h"
#include "ledger/who_embeds.h"
#include "match/names.h"

namespace stowaway::ledger {
namespace {

constexpr std::size_t kMaxConstraints = 16;

struct Sign {
  std::string_view text;
  Relation relation;
};
// Longer ones first: "<=" begins with "<".
constexpr std::array<Sign, 9> kSigns{{{"<<", Relation::less},
                                      {"<=", Relation::less_equal},
                                      {">>", Relation::greater},
                                      {">=", Relation::greater_equal},
                                      {"==", Relation::equal},
                                      {"!=", Relation::not_equal},
                                      {"<", Relation::less},
                                      {">", Relation::greater},
                                      {"=", Relation::equal}}};

Result<Constraint> constraint_of(std::string_view text) {
  const std::string_view part = trimmed(text);
  for (const Sign& sign : kSigns) {
    if (!part.starts_with(sign.text)) continue;
    const std::string_view version = trimmed(part.substr(sign.text.size()));
    if (version.empty() || version.find_first_of("<>=! \t") != std::string_view::npos) break;
    return Constraint{sign.relation, std::string(version)};
  }
  return fail(ErrorCode::invalid_argument,
              "\"{}\" is no condition; write one as \"libpng >= 1.2, < 1.6.37\"",
              escape_for_terminal(part));
}

// Names of components that are in the ledger.
Result<std::vector<std::string>> tracked_components(const Ledger& ledger) {
  STOWAWAY_TRY(sql::Statement select,
               ledger.database().prepare("SELECT name FROM component ORDER BY name"));
  std::vector<std::string> names;
  for (;;) {
    STOWAWAY_TRY(const bool row, select.step());
    if (!row) return names;
    names.push_back(select.text(0));
  }
}

Result<bool> is_declared(const Ledger& ledger, const std::string& plain) {
  STOWAWAY_TRY(
      sql::Statement select,
      ledger.database().prepare("SELECT 1 FROM declared_only WHERE plain_name = ? LIMIT 1"));
  select.bind(0, plain);
  return select.step();
}

}  // namespace

Result<Question> parse_question(std::string_view text) {
  const std::string_view whole = trimmed(text);
  const std::size_t sign = std::min(whole.find_first_of("<>=!"), whole.size());
  Question question;
  question.component = trimmed(whole.substr(0, sign));
  if (question.component.empty() || question.component.find(',') != std::string::npos)
    return fail(ErrorCode::invalid_argument,
                "name a component, as in \"libmemcached < 0.41\"; got \"{}\"",
                escape_for_terminal(text));
  if (sign == whole.size()) return question;
  for (const std::string_view part : split(whole.substr(sign), ',')) {
    STOWAWAY_TRY(Constraint constraint, constraint_of(part));
    question.constraints.push_back(std::move(constraint));
    if (question.constraints.size() > kMaxConstraints)
      return fail(ErrorCode::limit_exceeded, "at most {} conditions", kMaxConstraints);
  }
  return question;
}

Result<std::vector<std::string>> components_meant(const Ledger& ledger, const kb::Kb* kb,
                                                  const std::string& name) {
  const std::string plain = match::plain_name(name);
  std::set<std::string> meant;
  STOWAWAY_TRY(std::vector<std::string> known, tracked_components(ledger));
  for (const std::string& one : known)
    if (match::plain_name(one) == plain) meant.insert(one);
  for (kb::ComponentId id = 0; kb != nullptr && id < kb->component_count(); ++id) {
    const kb::ComponentView component = kb->component(id);
    const auto aliases = split(component.aliases, ',');
    if (match::plain_name(component.name) == plain ||
        std::ranges::any_of(aliases, [&](std::string_view alias) {
          return !trimmed(alias).empty() && match::plain_name(alias) == plain;
        }))
      meant.emplace(component.name);
    known.emplace_back(component.name);
  }
  if (!meant.empty()) return std::vector<std::string>(meant.begin(), meant.end());
  STOWAWAY_TRY(const bool declared, is_declared(ledger, plain));
  if (declared) return std::vector<std::string>{name};
  const std::string_view near = nearest(name, known);
  return fail(ErrorCode::not_found, "no component is called \"{}\"{}", escape_for_terminal(name),
              near.empty() ? "" : fmt::format("; did you mean \"{}\"?", near));
}

}  // namespace stowaway::ledger

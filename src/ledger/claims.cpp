#include "ledger/claims.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "base/text.h"
#include "base/versions.h"
#include "ledger/names.h"

namespace stowaway::ledger {
namespace {

constexpr std::string_view kDebian = "debian:";

Claim claim_in(const sql::Statement& row) {
  Claim claim;
  claim.component = row.text(0);
  claim.comment = row.text(1);
  claim.release = row.text(2);
  claim.holder = row.text(3);
  claim.status = row.text(4);
  claim.fixed = row.text(5);
  claim.sort = row.text(6);
  claim.details = row.text(7);
  claim.notes = parted(row.text(8));
  claim.line = static_cast<std::uint64_t>(row.number(9));
  return claim;
}

// Debian's names of source packages lead to components: "libpng1.6", "python2.4", "tk8.5" carry a
// version, others a language or what they are.
std::vector<std::string> names_for(const std::string& package) {
  std::vector<std::string> names{package};
  const std::string_view plain =
      std::string_view(package).substr(0, package.find_last_not_of("0123456789.") + 1);
  if (!plain.empty() && plain.size() < package.size()) names.emplace_back(plain);
  for (const std::string_view prefix : {"node-", "python-", "libjs-", "php-", "libphp-", "lib"})
    if (package.starts_with(prefix) && package.size() > prefix.size() + 2)
      names.push_back(package.substr(prefix.size()));
  for (const std::string_view suffix : {".js", "-dev", "-perl"})
    if (package.ends_with(suffix))
      names.push_back(package.substr(0, package.size() - suffix.size()));
  return names;
}

// Looks each component up once.
class Components {
 public:
  Components(const Ledger& ledger, const kb::Kb* kb) : ledger_(&ledger), kb_(kb) {}

  Result<const std::vector<std::string>*> of(const std::string& claimed) {
    const auto known = meant_.find(claimed);
    if (known != meant_.end()) return &known->second;
    std::vector<std::string> meant;
    for (const std::string& name : names_for(claimed)) {
      auto found = components_meant(*ledger_, kb_, name);
      if (!found && found.error().code != ErrorCode::not_found)
        return tl::unexpected<Error>(found.error());
      if (!found) continue;
      meant = *std::move(found);
      break;
    }
    return &meant_.emplace(claimed, std::move(meant)).first->second;
  }

 private:
  const Ledger* ledger_;
  const kb::Kb* kb_;
  std::map<std::string, std::vector<std::string>> meant_;
};

// Whether the claim says that the copy is there in that version.
bool claims_presence(const Claim& claim, const std::string& version) {
  if (claim.status == "fixed") return compare_debian(version, claim.fixed) < 0;
  return claim.status != "not-affected" && claim.status != "removed";
}

}  // namespace

std::string_view name_of(ClaimOutcome outcome) {
  switch (outcome) {
    case ClaimOutcome::confirmed: return "confirmed";
    case ClaimOutcome::not_found: return "not found";
    case ClaimOutcome::still_there: return "still there";
    case ClaimOutcome::gone: return "gone";
    case ClaimOutcome::unknown_component: return "unknown component";
    case ClaimOutcome::not_tracked: return "not tracked";
  }
  return "";
}

Result<void> put_claims(Ledger& ledger, const std::string& name, const std::vector<Claim>& claims,
                        const std::string& at) {
  sql::Database& database = ledger.database();
  STOWAWAY_TRY(sql::Transaction transaction, sql::Transaction::begin(database));
  STOWAWAY_TRY(sql::Statement drop, database.prepare("DELETE FROM claim WHERE list = ?"));
  drop.bind(0, name);
  STOWAWAY_TRY_VOID(drop.run());
  STOWAWAY_TRY(
      sql::Statement insert,
      database.prepare("INSERT INTO claim(list, position, imported_at, component, comment, "
                       "release, holder, status, fixed, sort, details, notes, line) "
                       "VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"));
  for (std::size_t i = 0; i < claims.size(); ++i) {
    const Claim& claim = claims[i];
    insert.bind(0, name);
    insert.bind(1, static_cast<std::int64_t>(i));
    int column = 2;
    for (const std::string& text :
         {at, claim.component, claim.comment, claim.release, claim.holder, claim.status,
          claim.fixed, claim.sort, claim.details, joined(claim.notes)})
      insert.bind(column++, text);
    insert.bind(column, static_cast<std::int64_t>(claim.line));
    STOWAWAY_TRY_VOID(insert.run());
  }
  return transaction.commit();
}

Result<std::vector<Claim>> claims_in(const Ledger& ledger) {
  STOWAWAY_TRY(
      sql::Statement select,
      ledger.database().prepare("SELECT component, comment, release, holder, status, fixed, "
                                "sort, details, notes, line FROM claim ORDER BY list, "
                                "position"));
  std::vector<Claim> claims;
  for (;;) {
    STOWAWAY_TRY(const bool row, select.step());
    if (!row) return claims;
    claims.push_back(claim_in(select));
  }
}

Result<std::vector<Claim>> claims_found(const Ledger& ledger) {
  STOWAWAY_TRY(
      sql::Statement select,
      ledger.database().prepare(
          "SELECT component.name, subject.name, verdict, versions, path FROM copy JOIN snapshot ON "
          "snapshot.id = snapshot_id JOIN subject ON subject.id = subject_id JOIN version_set ON "
          "version_set.id = version_set_id JOIN component ON component.id = component_id WHERE "
          "is_current = 1 AND subject.name LIKE 'debian:%' ORDER BY 1, 2, copy.position"));
  std::vector<Claim> claims;
  for (;;) {
    STOWAWAY_TRY(const bool row, select.step());
    if (!row) return claims;
    const std::string component = select.text(0), holder = select.text(1).substr(kDebian.size());
    const std::string verdict = select.text(2);
    const bool is_whole = verdict == "identical" || verdict == "subset";
    if (claims.empty() || claims.back().component != component || claims.back().holder != holder) {
      Claim& claim = claims.emplace_back();
      claim.component = component;
      claim.holder = holder;
      claim.status = "unfixed";
      claim.sort = is_whole ? "embed" : "modified-embed";
    }
    const auto versions = parted(select.text(3));
    const std::string version = versions.empty() ? "of unknown version"
                                : versions.size() == 1
                                    ? versions.front()
                                    : versions.front() + " to " + versions.back();
    claims.back().notes.push_back("NOTE: " + version + " in " +
                                  escape_for_terminal(select.bytes(4)));
  }
}

Result<std::vector<Comparison>> compare_claims(const Ledger& ledger, const kb::Kb* kb) {
  STOWAWAY_TRY(const auto claims, claims_in(ledger));
  STOWAWAY_TRY(const auto snapshots, ledger.snapshots(""));
  std::map<std::string, std::string> tracked;  // subject → its current version
  for (const Snapshot& snapshot : snapshots)
    if (snapshot.is_current) tracked[snapshot.subject] = snapshot.version;
  Components components(ledger, kb);
  std::vector<Comparison> comparisons;
  for (const Claim& claim : claims) {
    if (!claim.release.empty() && claim.release != "sid") continue;
    Comparison& one = comparisons.emplace_back();
    one.claim = claim;
    const auto subject = tracked.find(std::string(kDebian) + claim.holder);
    if (subject == tracked.end()) continue;
    one.subject = subject->first;
    one.version = subject->second;
    STOWAWAY_TRY(const auto* const meant, components.of(claim.component));
    one.outcome = ClaimOutcome::unknown_component;
    if (meant->empty()) continue;
    STOWAWAY_TRY(auto embedders, who_embeds(ledger, {claim.component, {}}, *meant, false));
    std::erase_if(embedders,
                  [&](const Embedder& embedder) { return embedder.subject != one.subject; });
    one.copies = std::move(embedders);
    if (claims_presence(claim, one.version))
      one.outcome = one.copies.empty() ? ClaimOutcome::not_found : ClaimOutcome::confirmed;
    else
      one.outcome = one.copies.empty() ? ClaimOutcome::gone : ClaimOutcome::still_there;
  }
  return comparisons;
}

}  // namespace stowaway::ledger

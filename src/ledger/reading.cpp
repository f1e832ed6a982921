#include "ledger/reading.h"

#include <functional>
#include <map>
#include <optional>

#include "ledger/names.h"

namespace stowaway::ledger {
namespace {

std::uint64_t count_of(const sql::Statement& row, int column) {
  return static_cast<std::uint64_t>(row.number(column));
}

std::uint32_t small_count_of(const sql::Statement& row, int column) {
  return static_cast<std::uint32_t>(row.number(column));
}

// The database is untrusted: anybody may have written to it.
template <class Enum>
Result<Enum> enum_of(const std::string& name, std::initializer_list<Enum> values) {
  for (const Enum value : values)
    if (name_of(value) == name) return value;
  return fail(ErrorCode::corrupt, "the ledger holds the unknown word \"{}\"", name);
}

Result<match::Verdict> verdict_of(const std::string& name) {
  using match::Verdict;
  return enum_of(name, {Verdict::identical, Verdict::subset, Verdict::modified, Verdict::fragment});
}

Result<source::GapReason> gap_reason_of(const std::string& name) {
  using source::GapReason;
  return enum_of(
      name, {GapReason::unreadable, GapReason::vanished, GapReason::special_file,
             GapReason::too_large, GapReason::too_deep, GapReason::escapes, GapReason::bomb,
             GapReason::corrupt, GapReason::encrypted, GapReason::unsupported, GapReason::limit});
}

// Runs `query`, whose one parameter is the snapshot, and hands on each row.
Result<void> for_each_row(sql::Database& database, const char* query, std::int64_t snapshot,
                          const std::function<Result<void>(const sql::Statement&)>& use) {
  STOWAWAY_TRY(sql::Statement select, database.prepare(query));
  select.bind(0, snapshot);
  for (;;) {
    STOWAWAY_TRY(const bool row, select.step());
    if (!row) return {};
    STOWAWAY_TRY_VOID(use(select));
  }
}

Result<void> read_head(sql::Database& database, std::int64_t snapshot, match::ScanResult& result) {
  bool found = false;
  STOWAWAY_TRY_VOID(for_each_row(
      database,
      "SELECT subject.name, version, kind, is_partial, files, passed_over, bytes, links, archives, "
      "gaps, identity, path, components, releases, contents, shingles, newest FROM snapshot JOIN "
      "subject "
      "ON subject.id = subject_id JOIN kb ON kb.id = kb_id WHERE snapshot.id = ?",
      snapshot, [&](const sql::Statement& row) -> Result<void> {
        found = true;
        result.subject = row.text(0) + " " + row.text(1);
        result.subject_kind = row.text(2);
        result.partial = row.number(3) != 0;
        result.summary = {.files = count_of(row, 4),
                          .passed_over = count_of(row, 5),
                          .bytes = count_of(row, 6),
                          .links = count_of(row, 7),
                          .archives = count_of(row, 8),
                          .gaps = count_of(row, 9),
                          .newest = row.number(16)};
        result.kb = {row.bytes(11),     row.text(10),      count_of(row, 12),
                     count_of(row, 13), count_of(row, 14), count_of(row, 15)};
        return {};
      }));
  if (!found) return fail(ErrorCode::not_found, "the ledger has no snapshot {}", snapshot);
  return {};
}

Result<void> read_self(sql::Database& database, std::int64_t snapshot, match::ScanResult& result) {
  return for_each_row(
      database,
      "SELECT name, purl, versions, verdict, confidence, coverage_ratio FROM self_identity JOIN "
      "version_set ON version_set.id = version_set_id JOIN component ON component.id = "
      "component_id WHERE snapshot_id = ? ORDER BY position",
      snapshot, [&](const sql::Statement& row) -> Result<void> {
        STOWAWAY_TRY(const auto verdict, verdict_of(row.text(3)));
        result.self.push_back(
            {row.text(0), row.text(1), parted(row.text(2)), verdict, row.real(4), row.real(5)});
        return {};
      });
}

Result<match::Copy> copy_in(const sql::Statement& row) {
  match::Copy copy;
  copy.component = row.text(2);
  copy.purl = row.text(3);
  copy.licence = row.text(4);
  copy.versions = parted(row.text(5));
  copy.path = row.bytes(6);
  STOWAWAY_TRY(copy.verdict, verdict_of(row.text(7)));
  copy.version_note = row.text(8);
  copy.confidence = row.real(9);
  copy.coverage_ratio = row.real(10);
  copy.purity_ratio = row.real(11);
  copy.unchanged_ratio = row.real(12);
  copy.counts = {small_count_of(row, 13), small_count_of(row, 14), small_count_of(row, 15),
                 small_count_of(row, 16), small_count_of(row, 17), small_count_of(row, 18)};
  if (!row.is_null(19)) copy.nested_in = static_cast<std::size_t>(row.number(19));
  return copy;
}

Result<void> read_copies(sql::Database& database, std::int64_t snapshot,
                         match::ScanResult& result) {
  std::map<std::int64_t, std::size_t> places;  // id of a copy → its place in the result
  STOWAWAY_TRY_VOID(for_each_row(
      database,
      "SELECT copy.id, position, name, purl, licence, versions, path, verdict, version_note, "
      "confidence, coverage_ratio, purity_ratio, unchanged_ratio, identical, reformatted, "
      "other_release, changed, added, missing, nested_in FROM copy JOIN version_set ON "
      "version_set.id = version_set_id JOIN component ON component.id = component_id WHERE "
      "snapshot_id = ? ORDER BY position",
      snapshot, [&](const sql::Statement& row) -> Result<void> {
        STOWAWAY_TRY(match::Copy copy, copy_in(row));
        places[row.number(0)] = result.copies.size();
        result.copies.push_back(std::move(copy));
        return {};
      }));
  for (match::Copy& copy : result.copies)
    if (copy.nested_in && *copy.nested_in >= result.copies.size()) copy.nested_in.reset();
  STOWAWAY_TRY_VOID(for_each_row(
      database,
      "SELECT copy_id, component FROM alternative JOIN copy ON copy.id = copy_id WHERE snapshot_id "
      "= ? ORDER BY copy_id, alternative.position",
      snapshot, [&](const sql::Statement& row) -> Result<void> {
        result.copies[places.at(row.number(0))].alternatives.push_back(row.text(1));
        return {};
      }));
  return for_each_row(
      database,
      "SELECT copy_id, version, declaration.path, method, agrees, overruled FROM declaration JOIN "
      "copy ON copy.id = copy_id WHERE snapshot_id = ? ORDER BY copy_id, declaration.position",
      snapshot, [&](const sql::Statement& row) -> Result<void> {
        result.copies[places.at(row.number(0))].declared.push_back(
            {row.text(1), row.bytes(2), row.text(3), row.number(4) != 0, row.number(5) != 0});
        return {};
      });
}

Result<void> read_declared_only(sql::Database& database, std::int64_t snapshot,
                                match::ScanResult& result) {
  return for_each_row(
      database,
      "SELECT path, name, version, declared_in, known_from FROM declared_only WHERE snapshot_id = "
      "? ORDER BY position",
      snapshot, [&](const sql::Statement& row) -> Result<void> {
        result.declared_only.push_back(
            {row.bytes(0), row.text(1), row.text(2), row.bytes(3), row.text(4)});
        return {};
      });
}

Result<void> read_gaps(sql::Database& database, std::int64_t snapshot, match::ScanResult& result) {
  return for_each_row(
      database, "SELECT path, reason, detail FROM gap WHERE snapshot_id = ? ORDER BY position",
      snapshot, [&](const sql::Statement& row) -> Result<void> {
        STOWAWAY_TRY(const auto reason, gap_reason_of(row.text(1)));
        result.gaps.push_back({row.bytes(0), reason, row.text(2)});
        return {};
      });
}

}  // namespace

Snapshot snapshot_in(const sql::Statement& row) {
  Snapshot snapshot;
  snapshot.id = row.number(0);
  snapshot.subject = row.text(1);
  snapshot.version = row.text(2);
  snapshot.order = version_order_named(row.text(3)).value_or(VersionOrder::upstream);
  snapshot.origin = row.bytes(4);
  snapshot.kind = row.text(5);
  snapshot.tracked_at = row.text(6);
  snapshot.matched_at = row.text(7);
  snapshot.fetch_ms = row.number(8);
  snapshot.scan_ms = row.number(9);
  snapshot.kb = row.text(10);
  snapshot.position = count_of(row, 11);
  snapshot.is_current = row.number(12) != 0;
  snapshot.is_partial = row.number(13) != 0;
  snapshot.files = count_of(row, 14);
  snapshot.bytes = count_of(row, 15);
  snapshot.gaps = count_of(row, 16);
  snapshot.copies = count_of(row, 17);
  return snapshot;
}

Result<match::ScanResult> read_result(sql::Database& database, std::int64_t snapshot) {
  match::ScanResult result;
  STOWAWAY_TRY_VOID(read_head(database, snapshot, result));
  STOWAWAY_TRY_VOID(read_self(database, snapshot, result));
  STOWAWAY_TRY_VOID(read_copies(database, snapshot, result));
  STOWAWAY_TRY_VOID(read_declared_only(database, snapshot, result));
  STOWAWAY_TRY_VOID(read_gaps(database, snapshot, result));
  return result;
}

Result<std::string> read_fingerprints(sql::Database& database, std::int64_t snapshot) {
  std::string fingerprints;
  STOWAWAY_TRY_VOID(
      for_each_row(database, "SELECT bytes FROM fingerprint WHERE snapshot_id = ? ORDER BY part",
                   snapshot, [&](const sql::Statement& row) -> Result<void> {
                     fingerprints += row.bytes(0);
                     return {};
                   }));
  return fingerprints;
}

}  // namespace stowaway::ledger

#include "ledger/writing.h"

#include <algorithm>
#include <map>
#include <set>
#include <vector>

#include "base/text.h"
#include "ledger/names.h"
#include "match/names.h"

namespace stowaway::ledger {
namespace {

constexpr std::size_t kMaxGapsKept = 1000;
// A database moves values whole: parts keep its memory, and a row, small.
constexpr std::size_t kPartBytes = std::size_t{4} << 20;

std::int64_t number(std::uint64_t value) { return static_cast<std::int64_t>(value); }

Result<std::int64_t> row_of(sql::Statement& select) {
  STOWAWAY_TRY(const bool row, select.step());
  if (!row) return fail(ErrorCode::io, "the database gave no row for what was just written");
  const std::int64_t id = select.number(0);
  select.reset();
  return id;
}

// Rows of components and of sets of versions, made where they are missing. In a fixed order, so
// that of two transactions that make the same rows one waits for the other and neither for ever.
class Interner {
 public:
  static Result<Interner> of(sql::Database& database, const match::ScanResult& result) {
    std::map<std::string, Component> components;
    for (const match::Copy& copy : result.copies)
      components[copy.component].add(copy.purl, copy.licence, copy.versions);
    for (const match::SelfIdentity& self : result.self)
      components[self.component].add(self.purl, "", self.versions);
    Interner interner;
    for (const auto& [name, component] : components) {
      STOWAWAY_TRY(const std::int64_t id, component_row(database, name, component));
      for (const std::string& versions : component.version_sets) {
        STOWAWAY_TRY(const std::int64_t set, version_set_row(database, id, versions));
        interner.rows_[std::pair(name, versions)] = set;
      }
    }
    return interner;
  }

  std::int64_t row(const std::string& component, const std::vector<std::string>& versions) const {
    return rows_.at({component, joined(versions)});
  }

 private:
  struct Component {
    std::string purl, licence;
    std::set<std::string> version_sets;
    void add(const std::string& with_purl, const std::string& with_licence,
             const std::vector<std::string>& versions) {
      if (!with_purl.empty()) purl = with_purl;
      if (!with_licence.empty()) licence = with_licence;
      version_sets.insert(joined(versions));
    }
  };

  static Result<std::int64_t> component_row(sql::Database& database, const std::string& name,
                                            const Component& component) {
    STOWAWAY_TRY(sql::Statement known,
                 database.prepare("SELECT id, purl, licence FROM component WHERE name = ?"));
    known.bind(0, name);
    STOWAWAY_TRY(const bool row, known.step());
    const auto says = [&](int column, const std::string& text) {
      return text.empty() || known.text(column) == text;
    };
    if (row && says(1, component.purl) && says(2, component.licence)) return known.number(0);
    known.reset();
    STOWAWAY_TRY(
        sql::Statement insert,
        database.prepare("INSERT INTO component(name, purl, licence) VALUES(?, ?, ?) ON "
                         "CONFLICT(name) DO UPDATE SET purl = CASE WHEN excluded.purl = '' THEN "
                         "component.purl ELSE excluded.purl END, licence = CASE WHEN "
                         "excluded.licence = '' THEN component.licence ELSE excluded.licence END "
                         "RETURNING id"));
    insert.bind(0, name);
    insert.bind(1, component.purl);
    insert.bind(2, component.licence);
    return row_of(insert);
  }

  static Result<std::int64_t> version_set_row(sql::Database& database, std::int64_t component,
                                              const std::string& versions) {
    STOWAWAY_TRY(
        sql::Statement known,
        database.prepare("SELECT id FROM version_set WHERE component_id = ? AND versions = ?"));
    known.bind(0, component);
    known.bind(1, versions);
    STOWAWAY_TRY(const bool row, known.step());
    if (row) return known.number(0);
    STOWAWAY_TRY(sql::Statement insert,
                 database.prepare("INSERT INTO version_set(component_id, versions) VALUES(?, ?) ON "
                                  "CONFLICT(component_id, versions) DO UPDATE SET versions = "
                                  "excluded.versions RETURNING id"));
    insert.bind(0, component);
    insert.bind(1, versions);
    return row_of(insert);
  }

  std::map<std::pair<std::string, std::string>, std::int64_t> rows_;
};

Result<void> drop_result(sql::Database& database, std::int64_t snapshot) {
  for (const char* statement :
       {"DELETE FROM copy WHERE snapshot_id = ?", "DELETE FROM self_identity WHERE snapshot_id = ?",
        "DELETE FROM declared_only WHERE snapshot_id = ?",
        "DELETE FROM gap WHERE snapshot_id = ?"}) {
    STOWAWAY_TRY(sql::Statement drop, database.prepare(statement));
    drop.bind(0, snapshot);
    STOWAWAY_TRY_VOID(drop.run());
  }
  return {};
}

Result<void> write_self(sql::Database& database, std::int64_t snapshot, const Interner& interner,
                        const match::ScanResult& result) {
  STOWAWAY_TRY(sql::Statement insert,
               database.prepare("INSERT INTO self_identity(snapshot_id, position, version_set_id, "
                                "verdict, confidence, coverage_ratio) VALUES(?, ?, ?, ?, ?, ?)"));
  for (std::size_t i = 0; i < result.self.size(); ++i) {
    const match::SelfIdentity& self = result.self[i];
    insert.bind(0, snapshot);
    insert.bind(1, number(i));
    insert.bind(2, interner.row(self.component, self.versions));
    insert.bind(3, match::name_of(self.verdict));
    insert.bind_real(4, self.confidence);
    insert.bind_real(5, self.coverage_ratio);
    STOWAWAY_TRY_VOID(insert.run());
  }
  return {};
}

Result<std::int64_t> write_copy(sql::Statement& insert, std::int64_t snapshot, std::size_t position,
                                const Interner& interner, const match::Copy& copy) {
  insert.bind(0, snapshot);
  insert.bind(1, number(position));
  insert.bind(2, interner.row(copy.component, copy.versions));
  insert.bind_bytes(3, copy.path);
  insert.bind(4, match::name_of(copy.verdict));
  insert.bind(5, copy.version_note);
  insert.bind_real(6, copy.confidence);
  insert.bind_real(7, copy.coverage_ratio);
  insert.bind_real(8, copy.purity_ratio);
  insert.bind_real(9, copy.unchanged_ratio);
  const match::FileCounts& counts = copy.counts;
  int at = 10;
  for (const std::uint32_t count : {counts.identical, counts.reformatted, counts.other_release,
                                    counts.changed, counts.added, counts.missing})
    insert.bind(at++, number(count));
  if (copy.nested_in)
    insert.bind(at, number(*copy.nested_in));
  else
    insert.bind_null(at);
  return row_of(insert);
}

Result<void> write_copies(sql::Database& database, std::int64_t snapshot, const Interner& interner,
                          const match::ScanResult& result) {
  STOWAWAY_TRY(
      sql::Statement insert,
      database.prepare("INSERT INTO copy(snapshot_id, position, version_set_id, path, verdict, "
                       "version_note, confidence, coverage_ratio, purity_ratio, unchanged_ratio, "
                       "identical, reformatted, other_release, changed, added, missing, nested_in) "
                       "VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id"));
  STOWAWAY_TRY(
      sql::Statement alternative,
      database.prepare("INSERT INTO alternative(copy_id, position, component) VALUES(?, ?, ?)"));
  STOWAWAY_TRY(sql::Statement declaration,
               database.prepare("INSERT INTO declaration(copy_id, position, version, path, method, "
                                "agrees, overruled) VALUES(?, ?, ?, ?, ?, ?, ?)"));
  for (std::size_t i = 0; i < result.copies.size(); ++i) {
    const match::Copy& copy = result.copies[i];
    STOWAWAY_TRY(const std::int64_t id, write_copy(insert, snapshot, i, interner, copy));
    for (std::size_t n = 0; n < copy.alternatives.size(); ++n) {
      alternative.bind(0, id);
      alternative.bind(1, number(n));
      alternative.bind(2, copy.alternatives[n]);
      STOWAWAY_TRY_VOID(alternative.run());
    }
    for (std::size_t n = 0; n < copy.declared.size(); ++n) {
      declaration.bind(0, id);
      declaration.bind(1, number(n));
      declaration.bind(2, copy.declared[n].version);
      declaration.bind_bytes(3, copy.declared[n].path);
      declaration.bind(4, copy.declared[n].method);
      declaration.bind(5, std::int64_t{copy.declared[n].agrees});
      declaration.bind(6, std::int64_t{copy.declared[n].overruled});
      STOWAWAY_TRY_VOID(declaration.run());
    }
  }
  return {};
}

Result<void> write_declared_only(sql::Database& database, std::int64_t snapshot,
                                 const match::ScanResult& result) {
  STOWAWAY_TRY(
      sql::Statement insert,
      database.prepare("INSERT INTO declared_only(snapshot_id, position, path, name, plain_name, "
                       "version, declared_in, known_from) VALUES(?, ?, ?, ?, ?, ?, ?, ?)"));
  for (std::size_t i = 0; i < result.declared_only.size(); ++i) {
    const match::DeclaredOnly& declared = result.declared_only[i];
    insert.bind(0, snapshot);
    insert.bind(1, number(i));
    insert.bind_bytes(2, declared.path);
    insert.bind(3, declared.name);
    insert.bind(4, match::plain_name(declared.name));
    insert.bind(5, declared.version);
    insert.bind_bytes(6, declared.declared_in);
    insert.bind(7, declared.known_from);
    STOWAWAY_TRY_VOID(insert.run());
  }
  return {};
}

Result<void> write_gaps(sql::Database& database, std::int64_t snapshot,
                        const match::ScanResult& result) {
  STOWAWAY_TRY(sql::Statement insert,
               database.prepare("INSERT INTO gap(snapshot_id, position, path, reason, detail) "
                                "VALUES(?, ?, ?, ?, ?)"));
  for (std::size_t i = 0; i < std::min(result.gaps.size(), kMaxGapsKept); ++i) {
    insert.bind(0, snapshot);
    insert.bind(1, number(i));
    insert.bind_bytes(2, result.gaps[i].path);
    insert.bind(3, source::name_of(result.gaps[i].reason));
    insert.bind(4, result.gaps[i].detail);
    STOWAWAY_TRY_VOID(insert.run());
  }
  return {};
}

}  // namespace

Result<std::int64_t> subject_row(sql::Database& database, const NewSnapshot& snapshot) {
  // The update of a row that is there locks it until the transaction ends.
  STOWAWAY_TRY(sql::Statement upsert,
               database.prepare("INSERT INTO subject(name, version_order) VALUES(?1, ?2) ON "
                                "CONFLICT(name) DO UPDATE SET version_order = CASE WHEN ?3 = '' "
                                "THEN subject.version_order ELSE excluded.version_order END "
                                "RETURNING id"));
  upsert.bind(0, snapshot.subject);
  upsert.bind(1, name_of(snapshot.order.value_or(VersionOrder::upstream)));
  upsert.bind(2, snapshot.order ? name_of(*snapshot.order) : "");
  return row_of(upsert);
}

Result<void> write_result(sql::Database& database, std::int64_t snapshot,
                          const match::ScanResult& result) {
  STOWAWAY_TRY_VOID(drop_result(database, snapshot));
  STOWAWAY_TRY(const Interner interner, Interner::of(database, result));
  STOWAWAY_TRY_VOID(write_self(database, snapshot, interner, result));
  STOWAWAY_TRY_VOID(write_copies(database, snapshot, interner, result));
  STOWAWAY_TRY_VOID(write_declared_only(database, snapshot, result));
  return write_gaps(database, snapshot, result);
}

Result<void> write_fingerprints(sql::Database& database, std::int64_t snapshot,
                                std::string_view fingerprints) {
  STOWAWAY_TRY(sql::Statement drop,
               database.prepare("DELETE FROM fingerprint WHERE snapshot_id = ?"));
  drop.bind(0, snapshot);
  STOWAWAY_TRY_VOID(drop.run());
  STOWAWAY_TRY(
      sql::Statement insert,
      database.prepare("INSERT INTO fingerprint(snapshot_id, part, bytes) VALUES(?, ?, ?)"));
  for (std::int64_t part = 0; !fingerprints.empty(); ++part) {
    const std::string_view bytes = fingerprints.substr(0, kPartBytes);
    insert.bind(0, snapshot);
    insert.bind(1, part);
    insert.bind_bytes(2, bytes);
    STOWAWAY_TRY_VOID(insert.run());
    fingerprints.remove_prefix(bytes.size());
  }
  return {};
}

Result<std::int64_t> kb_row(sql::Database& database, const match::KbInfo& kb) {
  // Not an upsert at once: that would lock the row, and every writer has the same one.
  STOWAWAY_TRY(sql::Statement known, database.prepare("SELECT id FROM kb WHERE identity = ?"));
  known.bind(0, kb.id);
  STOWAWAY_TRY(const bool row, known.step());
  if (row) return known.number(0);
  STOWAWAY_TRY(
      sql::Statement upsert,
      database.prepare("INSERT INTO kb(identity, path, components, releases, contents, shingles) "
                       "VALUES(?, ?, ?, ?, ?, ?) ON CONFLICT(identity) DO UPDATE SET path = "
                       "excluded.path RETURNING id"));
  upsert.bind(0, kb.id);
  upsert.bind_bytes(1, kb.path);
  upsert.bind(2, number(kb.components));
  upsert.bind(3, number(kb.releases));
  upsert.bind(4, number(kb.contents));
  upsert.bind(5, number(kb.shingles));
  return row_of(upsert);
}

Result<void> order_versions(sql::Database& database, std::int64_t subject) {
  STOWAWAY_TRY(sql::Statement order,
               database.prepare("SELECT version_order FROM subject WHERE id = ?"));
  order.bind(0, subject);
  STOWAWAY_TRY(const bool known, order.step());
  const auto by = known ? version_order_named(order.text(0)) : std::nullopt;
  order.reset();
  STOWAWAY_TRY(sql::Statement select,
               database.prepare("SELECT id, version, position, is_current FROM snapshot WHERE "
                                "subject_id = ? ORDER BY id"));
  select.bind(0, subject);
  struct Row {
    std::int64_t id, position, is_current;
    std::string version;
  };
  std::vector<Row> rows;  // in the order in which they were first tracked
  for (;;) {
    STOWAWAY_TRY(const bool row, select.step());
    if (!row) break;
    rows.push_back({select.number(0), select.number(2), select.number(3), select.text(1)});
  }
  std::ranges::stable_sort(rows, [&](const Row& a, const Row& b) {
    return compare(by.value_or(VersionOrder::upstream), a.version, b.version) < 0;
  });
  STOWAWAY_TRY(sql::Statement update,
               database.prepare("UPDATE snapshot SET position = ?, is_current = ? WHERE id = ?"));
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const std::int64_t is_current = i + 1 == rows.size();
    if (rows[i].position == number(i) && rows[i].is_current == is_current) continue;
    update.bind(0, number(i));
    update.bind(1, is_current);
    update.bind(2, rows[i].id);
    STOWAWAY_TRY_VOID(update.run());
  }
  return {};
}

}  // namespace stowaway::ledger

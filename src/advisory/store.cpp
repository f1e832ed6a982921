#include "advisory/store.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>

#include "advisory/keys.h"
#include "advisory/osv.h"
#include "base/sqlite.h"
#include "fingerprint/identity.h"

namespace stowaway::advisory {
namespace {

// "SWad"; `file` and readers of other versions tell by it what this is.
constexpr std::int64_t kApplication = 0x53576164;
constexpr std::int64_t kLayout = 1;

// docs/advisories.md explains it. `mark` is a hash of the body: the store's id is their sum.
constexpr const char* kSchema = R"(
CREATE TABLE record(
  number INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  modified TEXT NOT NULL,
  withdrawn INTEGER NOT NULL,
  source TEXT NOT NULL,
  mark INTEGER NOT NULL,
  body TEXT NOT NULL) STRICT;
CREATE TABLE name(
  name TEXT NOT NULL, record INTEGER NOT NULL REFERENCES record ON DELETE CASCADE,
  PRIMARY KEY(name, record)) STRICT, WITHOUT ROWID;
CREATE TABLE key(
  key TEXT NOT NULL, record INTEGER NOT NULL REFERENCES record ON DELETE CASCADE,
  PRIMARY KEY(key, record)) STRICT, WITHOUT ROWID;
CREATE INDEX name_record ON name(record);
CREATE INDEX key_record ON key(record);
CREATE INDEX record_source ON record(source);
)";

// 48 bits, so that the sum of many fits 64.
std::int64_t mark_of(const std::string& body) {
  const auto digest = fingerprint::sha256_of(fingerprint::as_bytes(body));
  std::int64_t mark = 0;
  for (int i = 0; i < 6; ++i) mark = mark << 8 | digest.bytes[static_cast<std::size_t>(i)];
  return mark;
}

Result<std::int64_t> number_from(sqlite::Database& database, const char* query) {
  STOWAWAY_TRY(sqlite::Statement statement, database.prepare(query));
  STOWAWAY_TRY(const bool row, statement.step());
  return row ? statement.number(0) : 0;
}

Result<bool> is_empty(sqlite::Database& database) {
  STOWAWAY_TRY(const std::int64_t tables,
               number_from(database, "SELECT count(*) FROM sqlite_schema"));
  return tables == 0;
}

Result<void> check_layout(sqlite::Database& database) {
  STOWAWAY_TRY(const std::int64_t application, number_from(database, "PRAGMA application_id"));
  if (application != kApplication)
    return fail(ErrorCode::corrupt, "{} is no advisory store", database.file());
  STOWAWAY_TRY(const std::int64_t layout, number_from(database, "PRAGMA user_version"));
  if (layout != kLayout)
    return fail(ErrorCode::unsupported, "{}: advisory store of layout {}; this program reads {}",
                database.file(), layout, kLayout);
  return {};
}

Result<void> create(sqlite::Database& database) {
  STOWAWAY_TRY(sqlite::Transaction transaction, sqlite::Transaction::begin(database));
  STOWAWAY_TRY(const bool empty, is_empty(database));  // another process may have been faster
  if (!empty) return {};
  STOWAWAY_TRY_VOID(database.run(kSchema));
  STOWAWAY_TRY_VOID(database.run(
      fmt::format("PRAGMA application_id={}; PRAGMA user_version={}", kApplication, kLayout)));
  return transaction.commit();
}

}  // namespace

struct Store::Inside {
  mutable sqlite::Database database;
  std::optional<sqlite::Transaction> transaction;
  // Prepared once: an import runs them some 100,000 times.
  std::map<std::string, sqlite::Statement, std::less<>> statements;

  explicit Inside(sqlite::Database opened) : database(std::move(opened)) {}

  Result<sqlite::Statement*> statement(const char* text) {
    auto found = statements.find(text);
    if (found == statements.end()) {
      STOWAWAY_TRY(sqlite::Statement prepared, database.prepare(text));
      found = statements.emplace(text, std::move(prepared)).first;
    }
    return &found->second;
  }

  Result<void> add_links(const char* query, std::vector<std::string> names, std::int64_t record) {
    STOWAWAY_TRY(sqlite::Statement* const insert, statement(query));
    for (const std::string& name : names) {
      insert->bind(0, name);
      insert->bind(1, record);
      STOWAWAY_TRY_VOID(insert->run());
    }
    return {};
  }

  Result<void> insert(const Record& record, const std::string& body) {
    STOWAWAY_TRY(sqlite::Statement* const add,
                 statement("INSERT INTO record(id, modified, withdrawn, source, mark, body) "
                           "VALUES(?, ?, ?, ?, ?, ?)"));
    add->bind(0, record.id);
    add->bind(1, record.modified);
    add->bind(2, std::int64_t{!record.withdrawn.empty()});
    add->bind(3, record.source);
    add->bind(4, mark_of(body));
    add->bind(5, body);
    STOWAWAY_TRY_VOID(add->run());
    const std::int64_t number = database.last_row();
    std::vector<std::string> names = record.aliases, keys;
    names.push_back(record.id);
    for (const Affected& affected : record.affected)
      for (std::string& key : keys_of(affected)) keys.push_back(std::move(key));
    STOWAWAY_TRY_VOID(add_links("INSERT OR IGNORE INTO name VALUES(?, ?)", names, number));
    return add_links("INSERT OR IGNORE INTO key VALUES(?, ?)", keys, number);
  }

  Result<std::vector<Record>> linked(const char* query, std::span<const std::string> names) {
    std::map<std::string, Record> found;
    STOWAWAY_TRY(sqlite::Statement select, database.prepare(query));
    for (const std::string& name : names) {
      select.reset();
      select.bind(0, name);
      for (;;) {
        STOWAWAY_TRY(const bool row, select.step());
        if (!row) break;
        if (found.contains(select.text(0))) continue;
        STOWAWAY_TRY(Record record, read_record(select.text(1)));
        found.emplace(record.id, std::move(record));
      }
    }
    std::vector<Record> records;
    for (auto& [id, record] : found) records.push_back(std::move(record));
    return records;
  }
};

Store::Store(std::unique_ptr<Inside> inside) : inside_(std::move(inside)) {}
Store::Store(Store&&) noexcept = default;
Store& Store::operator=(Store&&) noexcept = default;
Store::~Store() = default;

Result<Store> Store::open(const std::string& file) {
  STOWAWAY_TRY(sqlite::Database database, sqlite::Database::open(file, sqlite::Access::read_only));
  STOWAWAY_TRY_VOID(check_layout(database));
  return Store(std::make_unique<Inside>(std::move(database)));
}

Result<Store> Store::open_or_create(const std::string& file) {
  STOWAWAY_TRY(sqlite::Database database, sqlite::Database::open(file, sqlite::Access::read_write));
  STOWAWAY_TRY(const bool empty, is_empty(database));
  if (empty) STOWAWAY_TRY_VOID(create(database));
  STOWAWAY_TRY_VOID(check_layout(database));
  return Store(std::make_unique<Inside>(std::move(database)));
}

Result<Store> Store::in_memory(const std::string& name) {
  STOWAWAY_TRY(sqlite::Database database, sqlite::Database::open(name, sqlite::Access::in_memory));
  STOWAWAY_TRY_VOID(create(database));
  return Store(std::make_unique<Inside>(std::move(database)));
}

Result<void> Store::begin() {
  STOWAWAY_TRY(sqlite::Transaction transaction, sqlite::Transaction::begin(inside_->database));
  inside_->transaction.emplace(std::move(transaction));
  return {};
}

Result<void> Store::commit() {
  STOWAWAY_CHECK(inside_->transaction, "commit() without begin()");
  const auto done = inside_->transaction->commit();
  inside_->transaction.reset();
  return done;
}

void Store::rollback() { inside_->transaction.reset(); }

Result<Put> Store::put(const Record& record) {
  const std::string body = write_record(record);
  STOWAWAY_TRY(sqlite::Statement* const select,
               inside_->statement("SELECT number, modified, body FROM record WHERE id = ?"));
  select->reset();
  select->bind(0, record.id);
  STOWAWAY_TRY(const bool known, select->step());
  if (!known) {
    STOWAWAY_TRY_VOID(inside_->insert(record, body));
    return Put::added;
  }
  const std::int64_t number = select->number(0);
  const auto there = std::pair(select->text(1), select->text(2));
  select->reset();
  const auto here = std::pair(record.modified, body);
  if (there == here) return Put::unchanged;
  if (here < there) return Put::older;
  STOWAWAY_TRY(sqlite::Statement* const drop,
               inside_->statement("DELETE FROM record WHERE number = ?"));
  drop->bind(0, number);
  STOWAWAY_TRY_VOID(drop->run());
  STOWAWAY_TRY_VOID(inside_->insert(record, body));
  return Put::replaced;
}

Result<void> Store::drop_source(const std::string& source) {
  STOWAWAY_TRY(sqlite::Statement* const drop,
               inside_->statement("DELETE FROM record WHERE source = ?"));
  drop->bind(0, source);
  return drop->run();
}

Result<std::vector<Record>> Store::with_keys(std::span<const std::string> keys) const {
  return inside_->linked(
      "SELECT id, body FROM key JOIN record ON number = record WHERE key = ? ORDER BY id", keys);
}

Result<std::vector<Record>> Store::with_names(std::span<const std::string> names) const {
  return inside_->linked(
      "SELECT id, body FROM name JOIN record ON number = record WHERE name = ? ORDER BY id", names);
}

Result<void> Store::for_each(const std::function<Result<void>(const Record&)>& use) const {
  STOWAWAY_TRY(sqlite::Statement select,
               inside_->database.prepare("SELECT body FROM record ORDER BY id"));
  for (;;) {
    STOWAWAY_TRY(const bool row, select.step());
    if (!row) return {};
    STOWAWAY_TRY(const Record record, read_record(select.text(0)));
    STOWAWAY_TRY_VOID(use(record));
  }
}

Result<StoreInfo> Store::info() const {
  StoreInfo info;
  info.file = inside_->database.file();
  STOWAWAY_TRY(sqlite::Statement select,
               inside_->database.prepare("SELECT count(*), coalesce(sum(withdrawn), 0), "
                                         "coalesce(max(modified), ''), coalesce(sum(mark), 0), "
                                         "(SELECT count(DISTINCT name) FROM name) FROM record"));
  STOWAWAY_TRY(const bool row, select.step());
  STOWAWAY_CHECK(row, "an aggregate has one row");
  info.records = static_cast<std::uint64_t>(select.number(0));
  info.withdrawn = static_cast<std::uint64_t>(select.number(1));
  info.newest = select.text(2);
  info.id = fmt::format("{:016x}", static_cast<std::uint64_t>(select.number(3)));
  info.names = static_cast<std::uint64_t>(select.number(4));
  return info;
}

}  // namespace stowaway::advisory

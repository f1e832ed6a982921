#include "base/sqlite.h"

#include <sqlite3.h>

#include <filesystem>
#include <utility>

namespace stowaway::sqlite {
namespace {

constexpr int kBusyMilliseconds = 10'000;

ErrorCode code_of(int status) {
  switch (status & 0xFF) {
    case SQLITE_NOTADB:
    case SQLITE_CORRUPT: return ErrorCode::corrupt;
    case SQLITE_TOOBIG: return ErrorCode::limit_exceeded;
    case SQLITE_BUSY:
    case SQLITE_LOCKED: return ErrorCode::unavailable;
    case SQLITE_INTERRUPT: return ErrorCode::cancelled;
    default: return ErrorCode::io;
  }
}

tl::unexpected<Error> failure(sqlite3* database) {
  return fail(code_of(sqlite3_extended_errcode(database)), "{}", sqlite3_errmsg(database));
}

}  // namespace

void Statement::Finalizer::operator()(sqlite3_stmt* statement) const {
  sqlite3_finalize(statement);
}

void Statement::bind(int parameter, std::string_view text) {
  sqlite3_bind_text64(statement_.get(), parameter + 1, text.data(), text.size(), SQLITE_TRANSIENT,
                      SQLITE_UTF8);
}

void Statement::bind(int parameter, std::int64_t number) {
  sqlite3_bind_int64(statement_.get(), parameter + 1, number);
}

void Statement::bind_real(int parameter, double number) {
  sqlite3_bind_double(statement_.get(), parameter + 1, number);
}

void Statement::bind_bytes(int parameter, std::span<const std::byte> bytes) {
  // A null pointer would bind NULL; no bytes are a value, too.
  const void* data = bytes.empty() ? static_cast<const void*>("") : bytes.data();
  sqlite3_bind_blob64(statement_.get(), parameter + 1, data, bytes.size(), SQLITE_TRANSIENT);
}

void Statement::bind_null(int parameter) { sqlite3_bind_null(statement_.get(), parameter + 1); }

Result<bool> Statement::step() {
  const int status = sqlite3_step(statement_.get());
  if (status == SQLITE_ROW) return true;
  if (status == SQLITE_DONE) {
    sqlite3_reset(statement_.get());
    return false;
  }
  auto error = failure(sqlite3_db_handle(statement_.get()));
  sqlite3_reset(statement_.get());
  return error;
}

Result<void> Statement::run() {
  for (;;) {
    STOWAWAY_TRY(const bool row, step());
    if (!row) return {};
  }
}

void Statement::reset() { sqlite3_reset(statement_.get()); }

std::string Statement::text(int column) const {
  const auto* bytes = reinterpret_cast<const char*>(sqlite3_column_text(statement_.get(), column));
  const int size = sqlite3_column_bytes(statement_.get(), column);
  return bytes == nullptr ? "" : std::string(bytes, static_cast<std::size_t>(size));
}

std::int64_t Statement::number(int column) const {
  return sqlite3_column_int64(statement_.get(), column);
}

double Statement::real(int column) const { return sqlite3_column_double(statement_.get(), column); }

std::string Statement::bytes(int column) const {
  const auto* bytes = static_cast<const char*>(sqlite3_column_blob(statement_.get(), column));
  const int size = sqlite3_column_bytes(statement_.get(), column);
  return bytes == nullptr ? "" : std::string(bytes, static_cast<std::size_t>(size));
}

bool Statement::is_null(int column) const {
  return sqlite3_column_type(statement_.get(), column) == SQLITE_NULL;
}

void Database::Closer::operator()(sqlite3* database) const { sqlite3_close_v2(database); }

Result<Database> Database::open(const std::string& file, Access access) {
  std::error_code ignored;
  if (access == Access::read_only && !std::filesystem::exists(file, ignored))
    return fail(ErrorCode::not_found, "there is no file {}", file);
  int flags = SQLITE_OPEN_NOMUTEX;
  flags |= access == Access::read_only ? SQLITE_OPEN_READONLY
                                       : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
  sqlite3* opened = nullptr;
  const int status = sqlite3_open_v2(access == Access::in_memory ? ":memory:" : file.c_str(),
                                     &opened, flags, nullptr);
  Database database(opened, file);
  if (opened == nullptr) return fail(ErrorCode::io, "no memory to open {}", file);
  if (status != SQLITE_OK) return fail(code_of(status), "{}: {}", file, sqlite3_errmsg(opened));
  sqlite3_busy_timeout(opened, kBusyMilliseconds);
  // The first statement that touches the file is the one that meets a file of another kind.
  const auto set = database.run(
      "PRAGMA trusted_schema=OFF; PRAGMA foreign_keys=ON; "
      "SELECT count(*) FROM sqlite_schema");
  if (!set) return tl::unexpected<Error>(set.error().within(file));
  return database;
}

Result<void> Database::run(const std::string& statements) {
  if (sqlite3_exec(database_.get(), statements.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK)
    return failure(database_.get());
  return {};
}

Result<Statement> Database::prepare(std::string_view statement) {
  sqlite3_stmt* prepared = nullptr;
  if (sqlite3_prepare_v2(database_.get(), statement.data(), static_cast<int>(statement.size()),
                         &prepared, nullptr) != SQLITE_OK)
    return failure(database_.get());
  return Statement(prepared);
}

std::int64_t Database::last_row() const { return sqlite3_last_insert_rowid(database_.get()); }

std::int64_t Database::changes() const { return sqlite3_changes64(database_.get()); }

Result<Transaction> Transaction::begin(Database& database) {
  STOWAWAY_TRY_VOID(database.run("BEGIN IMMEDIATE"));
  return Transaction(database);
}

Transaction::~Transaction() {
  if (database_ == nullptr) return;
  const auto rolled_back = database_->run("ROLLBACK");
  static_cast<void>(rolled_back);  // what fails here is undone when the file is opened next
}

Result<void> Transaction::commit() {
  STOWAWAY_TRY_VOID(database_->run("COMMIT"));
  database_ = nullptr;
  return {};
}

}  // namespace stowaway::sqlite

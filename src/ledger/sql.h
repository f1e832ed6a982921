// One way to speak to the ledger's database, whichever it is: SQLite or PostgreSQL. The same shape
// as base/sqlite.h. One thread at a time per Database, its statements included.
//
// SQL is written once, in what both understand: parameters are ? or ?1, ?2 …; upserts are
// ON CONFLICT; RETURNING gives what an insertion made. Column types are written as $ID (a number
// given by the database), $TEXT (UTF-8, ordered by bytes), $BYTES, $REAL and BIGINT.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "base/result.h"

namespace stowaway::ledger::sql {

enum class Dialect { sqlite, postgres };

// What one kind of database does; see sql/. Not for users of sql.h.
class Cursor;
class Connection;

// A prepared statement. Parameters and columns count from 0.
class Statement {
 public:
  Statement(Statement&&) noexcept;
  Statement& operator=(Statement&&) noexcept;
  ~Statement();

  void bind(int parameter, std::string_view text);  // copied; what is no UTF-8 becomes U+FFFD
  void bind(int parameter, std::int64_t number);
  void bind_real(int parameter, double number);
  void bind_bytes(int parameter, std::string_view bytes);  // copied, as they are
  void bind_null(int parameter);

  // True: a row is there. False: no more rows; the statement can be used again, its parameters as
  // they are.
  Result<bool> step();
  Result<void> run();  // steps to the end, whatever rows there are
  void reset();

  std::string text(int column) const;  // of the row that is there; "" for NULL
  std::int64_t number(int column) const;
  double real(int column) const;
  std::string bytes(int column) const;
  bool is_null(int column) const;

 private:
  friend class Database;
  explicit Statement(std::unique_ptr<Cursor> cursor);
  std::unique_ptr<Cursor> cursor_;
};

enum class Access { read_only, read_write };

class Database {
 public:
  // `where`: a file, or a URL "postgresql://…". SQLite: the file is made where it is missing, in
  // WAL mode, synced at each commit. Fails with not_found, corrupt, unavailable (no server, or
  // others write for more than ten seconds) or io; no message holds a URL's password.
  static Result<Database> open(const std::string& where, Access access);
  Database(Database&&) noexcept;
  Database& operator=(Database&&) noexcept;
  ~Database();

  Dialect dialect() const;
  const std::string& name() const;  // the file, or the URL without its password

  Result<void> run(const std::string& statements);  // several, separated by ';', no parameters
  Result<Statement> prepare(std::string_view statement);
  std::int64_t changes() const;  // rows that the last statement changed

 private:
  explicit Database(std::unique_ptr<Connection> connection);
  std::unique_ptr<Connection> connection_;
};

// What a column of text gives back of these bytes: UTF-8 without NUL, U+FFFD for what is none.
std::string as_text(std::string_view bytes);

// The column types of `statements` in this database's words.
std::string in_dialect(std::string_view statements, Dialect dialect);

// One writer at a time with SQLite; with PostgreSQL rows that two change are changed in turn. Rolls
// back when it is destroyed without commit().
class Transaction {
 public:
  static Result<Transaction> begin(Database& database);
  // One at a time with PostgreSQL, too: for what counts rows and adds one.
  static Result<Transaction> begin_alone(Database& database);
  Transaction(Transaction&& other) noexcept : database_(std::exchange(other.database_, nullptr)) {}
  Transaction& operator=(Transaction&&) = delete;
  ~Transaction();
  Result<void> commit();

 private:
  explicit Transaction(Database& database) : database_(&database) {}
  Database* database_;
};

}  // namespace stowaway::ledger::sql

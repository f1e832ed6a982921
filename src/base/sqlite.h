// SQLite behind values and Results: one connection, prepared statements. One thread at a time per
// Database, its statements included.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "base/result.h"

struct sqlite3;
struct sqlite3_stmt;

namespace stowaway::sqlite {

// A prepared statement. Parameters and columns count from 0.
class Statement {
 public:
  void bind(int parameter, std::string_view text);  // copied
  void bind(int parameter, std::int64_t number);
  void bind_real(int parameter, double number);
  void bind_bytes(int parameter, std::span<const std::byte> bytes);  // copied
  void bind_null(int parameter);

  // True: a row is there. False: no more rows; the statement is reset and can be used again, its
  // parameters as they are. On an error it is reset, too.
  Result<bool> step();
  // Steps to the end, whatever rows there are.
  Result<void> run();
  void reset();

  std::string text(int column) const;  // of the row that is there; "" for NULL
  std::int64_t number(int column) const;
  double real(int column) const;
  std::string bytes(int column) const;
  bool is_null(int column) const;

 private:
  friend class Database;
  struct Finalizer {
    void operator()(sqlite3_stmt* statement) const;
  };
  explicit Statement(sqlite3_stmt* statement) : statement_(statement) {}
  std::unique_ptr<sqlite3_stmt, Finalizer> statement_;
};

enum class Access {
  read_only,   // the file must be there; works on read-only media
  read_write,  // made where it is missing
  in_memory,   // no file
};

class Database {
 public:
  // Waits up to ten seconds for others who write; foreign keys are on. Fails with not_found,
  // corrupt (no SQLite database), or io. The file is untrusted: SQLite checks it as it reads, and
  // triggers, views and SQL functions that a schema may bring are not run (trusted_schema is off).
  static Result<Database> open(const std::string& file, Access access);

  Result<void> run(const std::string& statements);  // several, separated by ';', without parameters
  Result<Statement> prepare(std::string_view statement);
  std::int64_t last_row() const;  // number of the row inserted last
  std::int64_t changes() const;   // rows that the last statement changed
  const std::string& file() const { return file_; }

 private:
  struct Closer {
    void operator()(sqlite3* database) const;
  };
  Database(sqlite3* database, std::string file) : database_(database), file_(std::move(file)) {}
  std::unique_ptr<sqlite3, Closer> database_;
  std::string file_;
};

// BEGIN IMMEDIATE … COMMIT; rolls back when it is destroyed without commit().
class Transaction {
 public:
  static Result<Transaction> begin(Database& database);
  Transaction(Transaction&& other) noexcept : database_(std::exchange(other.database_, nullptr)) {}
  Transaction& operator=(Transaction&&) = delete;
  ~Transaction();
  Result<void> commit();

 private:
  explicit Transaction(Database& database) : database_(&database) {}
  Database* database_;
};

}  // namespace stowaway::sqlite

#include "base/sqlite.h"

#include "ledger/sql/connection.h"

namespace stowaway::ledger::sql {
namespace {

class SqliteCursor final : public Cursor {
 public:
  explicit SqliteCursor(sqlite::Statement statement) : statement_(std::move(statement)) {}
  void bind(int parameter, std::string_view utf8) override { statement_.bind(parameter, utf8); }
  void bind(int parameter, std::int64_t number) override { statement_.bind(parameter, number); }
  void bind_real(int parameter, double number) override { statement_.bind_real(parameter, number); }
  void bind_bytes(int parameter, std::string_view bytes) override {
    statement_.bind_bytes(parameter, std::as_bytes(std::span(bytes)));
  }
  void bind_null(int parameter) override { statement_.bind_null(parameter); }
  Result<bool> step() override { return statement_.step(); }
  void reset() override { statement_.reset(); }
  std::string text(int column) const override { return statement_.text(column); }
  std::int64_t number(int column) const override { return statement_.number(column); }
  double real(int column) const override { return statement_.real(column); }
  std::string bytes(int column) const override { return statement_.bytes(column); }
  bool is_null(int column) const override { return statement_.is_null(column); }

 private:
  sqlite::Statement statement_;
};

class SqliteConnection final : public Connection {
 public:
  explicit SqliteConnection(sqlite::Database database) : database_(std::move(database)) {}
  Dialect dialect() const override { return Dialect::sqlite; }
  const std::string& name() const override { return database_.file(); }
  Result<void> run(const std::string& statements) override { return database_.run(statements); }
  Result<std::unique_ptr<Cursor>> prepare(std::string_view statement) override {
    STOWAWAY_TRY(sqlite::Statement prepared, database_.prepare(statement));
    return std::make_unique<SqliteCursor>(std::move(prepared));
  }
  std::int64_t changes() const override { return database_.changes(); }

 private:
  sqlite::Database database_;
};

}  // namespace

Result<std::unique_ptr<Connection>> open_sqlite(const std::string& file, Access access) {
  const bool writes = access == Access::read_write;
  STOWAWAY_TRY(auto database, sqlite::Database::open(file, writes ? sqlite::Access::read_write
                                                                  : sqlite::Access::read_only));
  if (writes) {
    // Readers and a writer do not wait for one another; a commit is on the disk when it returns.
    auto set = database.run("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL");
    if (!set) return tl::unexpected<Error>(set.error().within(file));
  }
  // Pages are read where the system has them, not copied: a third of the time of a large answer.
  if (auto set = database.run("PRAGMA mmap_size=1073741824"); !set)
    return tl::unexpected<Error>(set.error().within(file));
  return std::make_unique<SqliteConnection>(std::move(database));
}

}  // namespace stowaway::ledger::sql

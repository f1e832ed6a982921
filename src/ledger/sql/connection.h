// What a kind of database does behind sql.h. Private to `ledger/sql`.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "ledger/sql.h"

namespace stowaway::ledger::sql {

class Cursor {
 public:
  virtual ~Cursor() = default;
  virtual void bind(int parameter, std::string_view utf8) = 0;
  virtual void bind(int parameter, std::int64_t number) = 0;
  virtual void bind_real(int parameter, double number) = 0;
  virtual void bind_bytes(int parameter, std::string_view bytes) = 0;
  virtual void bind_null(int parameter) = 0;
  virtual Result<bool> step() = 0;
  virtual void reset() = 0;
  virtual std::string text(int column) const = 0;
  virtual std::int64_t number(int column) const = 0;
  virtual double real(int column) const = 0;
  virtual std::string bytes(int column) const = 0;
  virtual bool is_null(int column) const = 0;
};

class Connection {
 public:
  virtual ~Connection() = default;
  virtual Dialect dialect() const = 0;
  virtual const std::string& name() const = 0;
  virtual Result<void> run(const std::string& statements) = 0;
  virtual Result<std::unique_ptr<Cursor>> prepare(std::string_view statement) = 0;
  virtual std::int64_t changes() const = 0;
};

Result<std::unique_ptr<Connection>> open_sqlite(const std::string& file, Access access);

bool is_postgres_url(std::string_view where);
Result<std::unique_ptr<Connection>> open_postgres(const std::string& url, Access access);

}  // namespace stowaway::ledger::sql

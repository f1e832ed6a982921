// PostgreSQL through libpq: the one file that includes its header.
#include <libpq-fe.h>

#include <charconv>
#include <cstdlib>
#include <map>
#include <optional>
#include <vector>

#include "base/text.h"
#include "ledger/sql/connection.h"

namespace stowaway::ledger::sql {
namespace {

// A server that hangs is no reason to hang, too.
constexpr const char* kConnectSeconds = "10";
constexpr const char* kLockTimeout = "SET lock_timeout = '10s'";
// Statements that are kept prepared: more than the ledger has whose text is always the same. The
// others are parsed each time that they run.
constexpr std::size_t kMaxPrepared = 256;

struct ResultClearer {
  void operator()(PGresult* result) const { PQclear(result); }
};
using Answer = std::unique_ptr<PGresult, ResultClearer>;

struct ConnectionCloser {
  void operator()(PGconn* connection) const { PQfinish(connection); }
};
using Handle = std::unique_ptr<PGconn, ConnectionCloser>;

// The class of an SQLSTATE: https://www.postgresql.org/docs/15/errcodes-appendix.html
ErrorCode code_of(std::string_view state) {
  if (state.empty() || state.starts_with("08") || state.starts_with("57P")) {
    return ErrorCode::unavailable;  // connection; shutdown
  }
  if (state.starts_with("40") || state == "55P03") return ErrorCode::unavailable;  // two writers
  if (state.starts_with("57")) return ErrorCode::cancelled;
  if (state.starts_with("54")) return ErrorCode::limit_exceeded;
  if (state.starts_with("XX")) return ErrorCode::corrupt;
  return ErrorCode::io;
}

std::string one_line(const char* message) {
  std::string line(trimmed(message == nullptr ? "" : message));
  for (char& letter : line)
    if (letter == '\n') letter = ' ';
  return line;
}

tl::unexpected<Error> failure(PGconn* connection, const PGresult* result) {
  const char* state = result == nullptr ? nullptr : PQresultErrorField(result, PG_DIAG_SQLSTATE);
  const char* message = result == nullptr ? PQerrorMessage(connection)
                                          : PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
  if (message == nullptr) message = PQerrorMessage(connection);
  return fail(code_of(state == nullptr ? "" : state), "PostgreSQL: {}", one_line(message));
}

bool is_good(const PGresult* result) {
  const auto status = PQresultStatus(result);
  return status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK || status == PGRES_EMPTY_QUERY;
}

// "? … ?" as "$1 … $2", "?2" as "$2". No text of ours holds a question mark within quotes.
std::string with_numbered_parameters(std::string_view statement) {
  std::string numbered;
  int next = 0;
  for (std::size_t i = 0; i < statement.size(); ++i) {
    if (statement[i] != '?') {
      numbered += statement[i];
      continue;
    }
    const char after = i + 1 < statement.size() ? statement[i + 1] : ' ';
    numbered += after >= '0' && after <= '9' ? "$" : "$" + std::to_string(++next);
  }
  return numbered;
}

struct Shared {
  Handle handle;
  std::map<std::string, std::string, std::less<>> prepared;  // statement → name
  std::int64_t changes = 0;
};

class PostgresCursor final : public Cursor {
 public:
  // `name`: of the prepared statement; "" for `text` that is not kept.
  PostgresCursor(Shared& shared, std::string name, std::string text)
      : shared_(&shared), name_(std::move(name)), text_(std::move(text)) {}

  void bind(int parameter, std::string_view utf8) override {
    set(parameter, std::string(utf8), false);
  }
  void bind(int parameter, std::int64_t number) override {
    set(parameter, std::to_string(number), false);
  }
  void bind_real(int parameter, double number) override {
    char text[32];
    const auto end = std::to_chars(std::begin(text), std::end(text), number);
    set(parameter, std::string(text, end.ptr), false);
  }
  void bind_bytes(int parameter, std::string_view bytes) override {
    set(parameter, std::string(bytes), true);
  }
  void bind_null(int parameter) override {
    set(parameter, "", false);
    values_[static_cast<std::size_t>(parameter)].reset();
  }

  Result<bool> step() override {
    if (answer_ == nullptr) {
      STOWAWAY_TRY_VOID(execute());
      row_ = -1;
    }
    if (++row_ < PQntuples(answer_.get())) return true;
    reset();
    return false;
  }
  void reset() override { answer_.reset(); }

  std::string text(int column) const override {
    return {PQgetvalue(answer_.get(), row_, column),
            static_cast<std::size_t>(PQgetlength(answer_.get(), row_, column))};
  }
  std::int64_t number(int column) const override {
    return std::strtoll(PQgetvalue(answer_.get(), row_, column), nullptr, 10);
  }
  double real(int column) const override {
    double number = 0;
    const char* value = PQgetvalue(answer_.get(), row_, column);
    std::from_chars(value, value + PQgetlength(answer_.get(), row_, column), number);
    return number;
  }
  std::string bytes(int column) const override {
    std::size_t size = 0;
    unsigned char* raw = PQunescapeBytea(
        reinterpret_cast<const unsigned char*>(PQgetvalue(answer_.get(), row_, column)), &size);
    if (raw == nullptr) return "";
    std::string bytes(reinterpret_cast<const char*>(raw), size);
    PQfreemem(raw);
    return bytes;
  }
  bool is_null(int column) const override { return PQgetisnull(answer_.get(), row_, column) != 0; }

 private:
  void set(int parameter, std::string value, bool binary) {
    const auto at = static_cast<std::size_t>(parameter);
    if (values_.size() <= at) {
      values_.resize(at + 1);
      formats_.resize(at + 1);
    }
    values_[at] = std::move(value);
    formats_[at] = binary ? 1 : 0;
  }

  Result<void> execute() {
    std::vector<const char*> pointers;
    std::vector<int> lengths;
    for (const auto& value : values_) {
      pointers.push_back(value ? value->c_str() : nullptr);
      lengths.push_back(value ? static_cast<int>(value->size()) : 0);
    }
    const int count = static_cast<int>(values_.size());
    answer_.reset(name_.empty()
                      ? PQexecParams(shared_->handle.get(), text_.c_str(), count, nullptr,
                                     pointers.data(), lengths.data(), formats_.data(), 0)
                      : PQexecPrepared(shared_->handle.get(), name_.c_str(), count, pointers.data(),
                                       lengths.data(), formats_.data(), 0));
    if (!is_good(answer_.get())) {
      auto error = failure(shared_->handle.get(), answer_.get());
      answer_.reset();
      return error;
    }
    shared_->changes = std::strtoll(PQcmdTuples(answer_.get()), nullptr, 10);
    return {};
  }

  Shared* shared_;
  std::string name_, text_;
  std::vector<std::optional<std::string>> values_;
  std::vector<int> formats_;
  Answer answer_;
  int row_ = -1;
};

class PostgresConnection final : public Connection {
 public:
  PostgresConnection(Handle handle, std::string name) : name_(std::move(name)) {
    shared_.handle = std::move(handle);
  }
  Dialect dialect() const override { return Dialect::postgres; }
  const std::string& name() const override { return name_; }
  std::int64_t changes() const override { return shared_.changes; }

  Result<void> run(const std::string& statements) override {
    const Answer answer(PQexec(shared_.handle.get(), statements.c_str()));
    if (!is_good(answer.get())) return failure(shared_.handle.get(), answer.get());
    // The server answers so to the commit of a transaction in which something has failed.
    if (statements == "COMMIT" && std::string_view(PQcmdStatus(answer.get())) == "ROLLBACK")
      return fail(ErrorCode::io, "PostgreSQL: the transaction was rolled back");
    shared_.changes = std::strtoll(PQcmdTuples(answer.get()), nullptr, 10);
    return {};
  }

  Result<std::unique_ptr<Cursor>> prepare(std::string_view statement) override {
    const std::string numbered = with_numbered_parameters(statement);
    auto known = shared_.prepared.find(numbered);
    if (known == shared_.prepared.end()) {
      if (shared_.prepared.size() == kMaxPrepared)
        return std::make_unique<PostgresCursor>(shared_, "", numbered);
      const std::string name = "s" + std::to_string(shared_.prepared.size());
      const Answer answer(
          PQprepare(shared_.handle.get(), name.c_str(), numbered.c_str(), 0, nullptr));
      if (!is_good(answer.get())) return failure(shared_.handle.get(), answer.get());
      known = shared_.prepared.emplace(numbered, name).first;
    }
    return std::make_unique<PostgresCursor>(shared_, known->second, "");
  }

 private:
  Shared shared_;
  std::string name_;
};

// "postgresql://user:secret@host/base" as "postgresql://user@host/base"; parameters are left out,
// since they can hold a password, too.
std::string without_secrets(std::string_view url) {
  std::string shown(url.substr(0, url.find('?')));
  const std::size_t start = shown.find("://") + 3, at = shown.rfind('@');
  const std::size_t colon = shown.find(':', start);
  if (at != std::string::npos && colon < at) shown.erase(colon, at - colon);
  return shown;
}

void ignore_notice(void*, const PGresult*) {}

}  // namespace

bool is_postgres_url(std::string_view where) {
  return where.starts_with("postgresql://") || where.starts_with("postgres://");
}

Result<std::unique_ptr<Connection>> open_postgres(const std::string& url, Access access) {
  const std::string name = without_secrets(url);
  // The first entry is expanded; what follows fills in what the URL does not say.
  const char* keys[] = {"dbname", "connect_timeout", "client_encoding", "application_name",
                        nullptr};
  const char* values[] = {url.c_str(), kConnectSeconds, "UTF8", "stowaway", nullptr};
  Handle handle(PQconnectdbParams(keys, values, 1));
  if (PQstatus(handle.get()) != CONNECTION_OK) {
    // libpq's message can quote a malformed URL.
    const bool parsed = PQhost(handle.get()) != nullptr;
    return fail(ErrorCode::unavailable, "{}: {}", name,
                parsed ? one_line(PQerrorMessage(handle.get())) : "malformed URL");
  }
  PQsetNoticeReceiver(handle.get(), ignore_notice, nullptr);
  std::unique_ptr<Connection> connection =
      std::make_unique<PostgresConnection>(std::move(handle), name);
  std::string settings = kLockTimeout;
  if (access == Access::read_only) settings += "; SET default_transaction_read_only = on";
  STOWAWAY_TRY_VOID(connection->run(settings));
  return connection;
}

}  // namespace stowaway::ledger::sql

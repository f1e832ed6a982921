#include "ledger/notice_tables.h"

namespace stowaway::ledger {
namespace {

constexpr const char* kTables = R"(
CREATE TABLE IF NOT EXISTS notice_acceptance(
  number BIGINT PRIMARY KEY, time TEXT NOT NULL, action TEXT NOT NULL, author TEXT NOT NULL,
  subject TEXT NOT NULL, path TEXT NOT NULL, component TEXT NOT NULL, advisory TEXT NOT NULL,
  reason TEXT NOT NULL, until TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS notice_finding(
  subject TEXT NOT NULL, path TEXT NOT NULL, component TEXT NOT NULL, advisory TEXT NOT NULL,
  state TEXT NOT NULL, level TEXT NOT NULL, fixed TEXT NOT NULL, changes BIGINT NOT NULL,
  PRIMARY KEY(subject, path, component, advisory));
CREATE TABLE IF NOT EXISTS notice_event(
  id TEXT PRIMARY KEY, number BIGINT NOT NULL, time BIGINT NOT NULL, kind TEXT NOT NULL,
  subject TEXT NOT NULL, path TEXT NOT NULL, component TEXT NOT NULL, versions TEXT NOT NULL,
  advisory TEXT NOT NULL, summary TEXT NOT NULL, level TEXT NOT NULL, state TEXT NOT NULL,
  because TEXT NOT NULL, fixed TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS notice_event_number ON notice_event(number);
CREATE TABLE IF NOT EXISTS notice_subscription(
  id TEXT PRIMARY KEY, channel TEXT NOT NULL, target TEXT NOT NULL, secret_file TEXT NOT NULL,
  subject TEXT NOT NULL, component TEXT NOT NULL, level TEXT NOT NULL,
  digest_hours BIGINT NOT NULL, last_digest BIGINT NOT NULL);
CREATE TABLE IF NOT EXISTS notice_delivery(
  event TEXT NOT NULL REFERENCES notice_event(id),
  subscription TEXT NOT NULL REFERENCES notice_subscription(id) ON DELETE CASCADE,
  message TEXT NOT NULL, state TEXT NOT NULL, attempts BIGINT NOT NULL, next_try BIGINT NOT NULL,
  lease_until BIGINT NOT NULL, error TEXT NOT NULL, PRIMARY KEY(event, subscription));
CREATE INDEX IF NOT EXISTS notice_delivery_due ON notice_delivery(state, next_try);
CREATE INDEX IF NOT EXISTS notice_delivery_message ON notice_delivery(message);
)";

}  // namespace

Result<void> make_notice_tables(sqlite::Database& database) { return database.run(kTables); }

}  // namespace stowaway::ledger

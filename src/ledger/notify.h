// Sends what the outbox holds. At least once: a message is only taken out when the other side has
// said that it has it. Each message keeps its id and its events through every try, so that the one
// duplicate that cannot be avoided (killed between the answer and the record) can be recognised.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "ledger/notice.h"
#include "ledger/sql.h"
#include "ledger/transport.h"

namespace stowaway::ledger {

struct Transports {
  Transport* mail = nullptr;  // null: messages of that channel wait
  Transport* webhook = nullptr;
};

struct NotifyReport {
  std::size_t messages = 0, events = 0;  // sent
  std::size_t waiting = 0;               // events still to be sent: later, or after a failure
  struct Failure {
    std::string subscription, target, error;
    std::int64_t attempts = 0;
    Seconds next_try = 0;
  };
  std::vector<Failure> failures;  // of this pass
};

// After the first failure 1 minute, then 4, 16, 64 …, at most 6 hours; for ever: who wants it
// dropped unsubscribes.
Seconds backoff(std::int64_t attempts);

// One pass: gathers what is due into messages, and sends each. Several processes may do so at once:
// a message is leased before it is sent, for longer than a try can take. `clock` gives the time.
Result<NotifyReport> notify_due(sql::Database& database, const Transports& transports,
                                const std::function<Seconds()>& clock);

// What is not sent yet, by subscription: how many events, after how many tries, the last error.
struct Waiting {
  std::string subscription, target, error;
  std::int64_t events = 0, attempts = 0;
  Seconds next_try = 0;
};
Result<std::vector<Waiting>> waiting(sql::Database& database);

}  // namespace stowaway::ledger

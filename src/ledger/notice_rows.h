// Reading rows of notice_event. Private to `ledger`.
#pragma once

#include "ledger/notice.h"
#include "ledger/sql.h"

namespace stowaway::ledger {

// The columns that event_in() reads, in their order; both tables that have a `state` are joined.
#define STOWAWAY_EVENT_COLUMNS                                                             \
  "id, number, time, kind, subject, path, component, versions, advisory, summary, level, " \
  "notice_event.state, because, fixed"

Event event_in(const sql::Statement& row);

}  // namespace stowaway::ledger

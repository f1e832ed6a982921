// Events of the ledger as JSON. Private to `server`.
#pragma once

#include <span>

#include "ledger/notice.h"
#include "server/answers.h"

namespace stowaway::server {

Json events_json(std::span<const ledger::Event> events);

}  // namespace stowaway::server

#include "server/ledger_pool.h"

namespace stowaway::server {

Result<std::unique_ptr<ledger::Ledger>> LedgerPool::take() {
  std::unique_lock lock(guard_);
  returned_.wait(lock, [&] { return !idle_.empty() || left_ > 0; });
  if (!idle_.empty()) {
    auto ledger = std::move(idle_.back());
    idle_.pop_back();
    return ledger;
  }
  --left_;
  lock.unlock();
  auto opened = ledger::Ledger::open(where_, ledger::sql::Access::read_write);
  if (opened) return std::make_unique<ledger::Ledger>(*std::move(opened));
  give_back(nullptr);
  return tl::unexpected<Error>(opened.error());
}

void LedgerPool::give_back(std::unique_ptr<ledger::Ledger> ledger) {
  const std::lock_guard lock(guard_);
  if (ledger)
    idle_.push_back(std::move(ledger));
  else
    ++left_;
  returned_.notify_one();
}

}  // namespace stowaway::server

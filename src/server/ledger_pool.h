// Connections to one ledger, each used by one thread at a time. Safe from any thread.
#pragma once

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "base/result.h"
#include "ledger/ledger.h"

namespace stowaway::server {

class LedgerPool {
 public:
  // `where` as Ledger::open takes it. Nothing is opened before it is needed.
  LedgerPool(std::string where, std::size_t most) : where_(std::move(where)), left_(most) {}

  // Calls use(ledger::Ledger&), which returns a Result, and returns it. What fails as unavailable
  // (others write, the server is gone) is tried again, over another connection: `use` must bear
  // that.
  template <class F>
  auto with(F use) -> decltype(use(std::declval<ledger::Ledger&>())) {
    for (int attempt = 1;; ++attempt) {
      auto taken = take();
      if (taken) {
        auto result = use(**taken);
        const bool is_lost = !result && (result.error().code == ErrorCode::unavailable ||
                                         result.error().code == ErrorCode::io);
        give_back(is_lost ? nullptr : *std::move(taken));
        if (!is_lost || attempt == kTries) return result;
      } else if (attempt == kTries) {
        return tl::unexpected<Error>(taken.error());
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(50 * attempt));
    }
  }

 private:
  static constexpr int kTries = 5;

  Result<std::unique_ptr<ledger::Ledger>> take();
  void give_back(std::unique_ptr<ledger::Ledger> ledger);  // null: it is not to be used again

  std::string where_;
  std::mutex guard_;
  std::condition_variable returned_;
  std::vector<std::unique_ptr<ledger::Ledger>> idle_;
  std::size_t left_;  // that may still be opened
};

}  // namespace stowaway::server

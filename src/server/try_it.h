// One upload, scanned and kept for an hour: for people who want to see what a subject embeds.
//
// The scan runs in a process of its own, one at a time, under limits of memory, time and size that
// a stranger's archive cannot pass; the upload lies in memory alone. Safe from any thread.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include "base/result.h"
#include "ledger/when.h"

namespace stowaway::server {

class TryIt {
 public:
  // `command`: the program and what comes before the subject: it prints a report on standard output
  // (exit codes 0 to 4, as `stowaway scan` has them). `environment`: "NAME=value", all that it gets
  // besides what every program needs. The clock may be any.
  TryIt(std::vector<std::string> command, std::vector<std::string> environment,
        std::function<ledger::Seconds()> clock);
  ~TryIt();
  TryIt(const TryIt&) = delete;
  TryIt& operator=(const TryIt&) = delete;

  enum class Stage { waiting, scanning, done, failed };
  struct State {
    Stage stage = Stage::waiting;
    ledger::Seconds since = 0;  // of this stage
    std::string name, report, error;
  };

  // The id under which to ask: 128 random bits. `name`: what the report calls it. Fails with
  // unavailable when too many wait.
  Result<std::string> start(std::string name, std::string bytes);
  std::optional<State> state_of(const std::string& id);  // nothing: never, or too long ago

 private:
  struct Job {
    State state;
    std::string bytes;
  };
  void work(const std::stop_token& stop);
  void forget_old();
  Result<std::string> report_on(const std::string& bytes, const std::stop_token& stop) const;

  std::vector<std::string> command_, environment_;
  std::function<ledger::Seconds()> clock_;
  std::mutex guard_;  // of what follows
  std::condition_variable_any changed_;
  std::map<std::string, Job> jobs_;
  std::deque<std::string> waiting_;
  std::jthread worker_;  // last: ends before what it uses
};

std::string_view name_of(TryIt::Stage stage);

}  // namespace stowaway::server

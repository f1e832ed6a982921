// The workers of one delivery and the stack of what is left to do. Private to `source`.
//
// Work is shared only when somebody is out of it: a worker asks hungry() or has_room() between two
// files, which costs one atomic load, and otherwise keeps what it has. So the stack stays short,
// files stay in the cache of the worker that opened them, and memory is bounded by the number of
// workers, not by the subject.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <memory>
#include <mutex>
#include <vector>

#include "source/delivery.h"

namespace stowaway::source {

class Task {
 public:
  virtual ~Task() = default;
  virtual void run(Worker& worker) = 0;
};

// run() is called once, by one thread; everything else from any task.
class Team {
 public:
  explicit Team(Delivery& delivery);

  // Does `first` and all that it adds, on effective_jobs() threads of which the caller is one.
  // Fails with cancelled, or with io if a task threw.
  Result<Summary> run(std::unique_ptr<Task> first);

  void add(std::unique_ptr<Task> task);

  // Somebody waits and nothing lies ready for them: worth splitting one's own work.
  bool hungry() const {
    return waiting_.load(std::memory_order_relaxed) > queued_.load(std::memory_order_relaxed);
  }
  // Few enough tasks lie ready that one more may hold a buffer. Never with a single worker.
  bool has_room() const { return jobs_ > 1 && queued_.load(std::memory_order_relaxed) < jobs_; }
  // So many tasks lie ready that one's own children are better done at once: a flat directory of a
  // million directories must not become a list in memory.
  bool crowded() const { return queued_.load(std::memory_order_relaxed) >= kCrowdedTasks; }

 private:
  static constexpr std::size_t kCrowdedTasks = 4096;

  void work(Worker& worker);
  std::unique_ptr<Task> next();
  void do_one(Task& task, Worker& worker) noexcept;

  Delivery& delivery_;
  const unsigned jobs_;
  std::atomic<std::size_t> waiting_{0};
  std::atomic<std::size_t> queued_{0};
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::unique_ptr<Task>> stack_;  // guarded by mutex_; last in, first out
  bool done_ = false;                         // guarded by mutex_
  std::string bug_;                           // guarded by mutex_; what a task threw
};

// Makes a task of a callable `void(Worker&)`.
template <class Function>
class FunctionTask final : public Task {
 public:
  explicit FunctionTask(Function function) : function_(std::move(function)) {}
  void run(Worker& worker) override { function_(worker); }

 private:
  Function function_;
};
template <class Function>
std::unique_ptr<Task> make_task(Function function) {
  return std::make_unique<FunctionTask<Function>>(std::move(function));
}

}  // namespace stowaway::source

#include "source/team.h"

#include <algorithm>
#include <exception>
#include <thread>

namespace stowaway::source {

Team::Team(Delivery& delivery) : delivery_(delivery), jobs_(effective_jobs(delivery.options())) {}

Result<Summary> Team::run(std::unique_ptr<Task> first) {
  add(std::move(first));
  std::vector<Worker> workers(jobs_);
  for (unsigned i = 0; i < jobs_; ++i) workers[i].number = i;
  {
    std::vector<std::jthread> threads;
    threads.reserve(jobs_ - 1);
    for (unsigned i = 1; i < jobs_; ++i) {
      threads.emplace_back([this, &workers, i] { work(workers[i]); });
    }
    work(workers[0]);
  }
  const std::lock_guard lock(mutex_);
  if (!bug_.empty()) return fail(ErrorCode::io, "reading stopped: {}", bug_);
  if (delivery_.options().stop.stop_requested()) {
    return fail(ErrorCode::cancelled, "reading was cancelled");
  }
  delivery_.finish(workers[0]);
  Summary total;
  for (const Worker& worker : workers) {
    total.files += worker.summary.files;
    total.passed_over += worker.summary.passed_over;
    total.bytes += worker.summary.bytes;
    total.links += worker.summary.links;
    total.archives += worker.summary.archives;
    total.gaps += worker.summary.gaps;
    total.newest = std::max(total.newest, worker.summary.newest);
  }
  return total;
}

void Team::add(std::unique_ptr<Task> task) {
  {
    const std::lock_guard lock(mutex_);
    stack_.push_back(std::move(task));
    queued_.store(stack_.size(), std::memory_order_relaxed);
  }
  changed_.notify_one();
}

void Team::work(Worker& worker) {
  while (const std::unique_ptr<Task> task = next()) {
    if (!delivery_.stopped()) do_one(*task, worker);
  }
}

// Waits for a task. None when all workers wait, for then nobody is left who could add one.
std::unique_ptr<Task> Team::next() {
  std::unique_lock lock(mutex_);
  if (stack_.empty() && waiting_.fetch_add(1) + 1 == jobs_) {
    done_ = true;
    changed_.notify_all();
    return nullptr;
  }
  if (stack_.empty()) {
    changed_.wait(lock, [this] { return done_ || !stack_.empty(); });
    if (done_) return nullptr;
    waiting_.fetch_sub(1);
  }
  std::unique_ptr<Task> task = std::move(stack_.back());
  stack_.pop_back();
  queued_.store(stack_.size(), std::memory_order_relaxed);
  return task;
}

// The last catch of a worker: nothing thrown by a library or a sink may end the process from a
// thread.
void Team::do_one(Task& task, Worker& worker) noexcept {
  std::string what;
  try {
    task.run(worker);
    return;
  } catch (const std::exception& error) {
    what = error.what();
  } catch (...) {
    what = "unknown exception";
  }
  const std::lock_guard lock(mutex_);
  if (bug_.empty()) bug_ = what.empty() ? "exception" : what;
}

}  // namespace stowaway::source

// The knowledge base that a server answers from: an index file, or a cluster. A request holds one
// and is answered from it, also when another one is put in its place meanwhile.
#pragma once

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include "advisory/components.h"
#include "base/result.h"
#include "kb/store.h"

namespace stowaway::server {

// Safe from any thread.
class Knowledge {
 public:
  explicit Knowledge(std::unique_ptr<kb::Store> store) : store_(std::move(store)) {}

  kb::Store& store() const { return *store_; }
  kb::KbSummary summary() const { return store_->summary(); }
  std::string id() const { return summary().id; }
  // Every component by name and alias. Lives as long as this. Fails as Store::slice() does.
  Result<const kb::Kb*> names();
  // Every component by name, these with their releases. Fails the same.
  Result<std::shared_ptr<const kb::Kb>> with_releases_of(std::vector<std::string> components) const;

 private:
  std::unique_ptr<kb::Store> store_;
  std::mutex mutex_;
  std::optional<kb::Kb> names_;  // guarded by mutex_; made when it is first asked for
};

// What is known of components, for who cannot take an error at once: it is kept, and whoever asked
// looks at result() before believing the answers. One thread.
class Components {
 public:
  explicit Components(const Knowledge& knowledge) : knowledge_(&knowledge) {}
  std::optional<advisory::Component> find(const std::string& name);
  const Result<void>& result() const { return result_; }

 private:
  const Knowledge* knowledge_;
  Result<void> result_;
};

// Looks every few seconds whether a newer knowledge base is there, and opens it.
class KnowledgeKeeper {
 public:
  using Open = std::function<Result<std::unique_ptr<kb::Store>>()>;
  // `tell`, from another thread: what was opened, or why it was not; once each. May be empty.
  KnowledgeKeeper(std::unique_ptr<kb::Store> first, Open open,
                  std::function<void(const std::string&)> tell);
  std::shared_ptr<Knowledge> now() const;

 private:
  void keep(const std::stop_token& stop);
  Result<void> look();

  Open open_;
  std::function<void(const std::string&)> tell_;
  mutable std::mutex mutex_;
  std::shared_ptr<Knowledge> now_;  // guarded by mutex_
  std::string told_;
  std::condition_variable_any wake_;
  std::jthread thread_;  // last: ends first
};

}  // namespace stowaway::server

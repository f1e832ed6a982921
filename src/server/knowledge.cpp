#include "server/knowledge.h"

#include <chrono>

namespace stowaway::server {
namespace {

constexpr std::chrono::seconds kEvery{2};

}  // namespace

Result<const kb::Kb*> Knowledge::names() {
  if (const kb::Kb* whole = store_->whole()) return whole;
  const std::lock_guard lock(mutex_);
  if (!names_) {
    STOWAWAY_TRY(names_, store_->slice({}));
  }
  return &*names_;
}

Result<std::shared_ptr<const kb::Kb>> Knowledge::with_releases_of(
    std::vector<std::string> components) const {
  // Not owned: it lives as long as the store, and that as long as the request's Knowledge.
  if (const kb::Kb* whole = store_->whole())
    return std::shared_ptr<const kb::Kb>(std::shared_ptr<void>(), whole);
  kb::Keys keys;
  keys.components = std::move(components);
  STOWAWAY_TRY(kb::Kb kb, store_->slice(keys));
  return std::make_shared<const kb::Kb>(std::move(kb));
}

std::optional<advisory::Component> Components::find(const std::string& name) {
  if (!result_) return std::nullopt;
  const auto kb = knowledge_->with_releases_of({name});
  if (!kb) {
    result_ = tl::unexpected<Error>(kb.error());
    return std::nullopt;
  }
  return advisory::component_of(**kb, name);
}

KnowledgeKeeper::KnowledgeKeeper(std::unique_ptr<kb::Store> first, Open open,
                                 std::function<void(const std::string&)> tell)
    : open_(std::move(open)),
      tell_(std::move(tell)),
      now_(std::make_shared<Knowledge>(std::move(first))),
      thread_([this](const std::stop_token& stop) { keep(stop); }) {}

std::shared_ptr<Knowledge> KnowledgeKeeper::now() const {
  const std::lock_guard lock(mutex_);
  return now_;
}

void KnowledgeKeeper::keep(const std::stop_token& stop) {
  for (;;) {
    {
      std::unique_lock lock(mutex_);
      wake_.wait_for(lock, stop, kEvery, [] { return false; });
    }
    if (stop.stop_requested()) return;
    const auto looked = look();
    const std::string trouble = looked ? "" : looked.error().message;
    if (!trouble.empty() && trouble != told_ && tell_) tell_(trouble);
    told_ = trouble;
  }
}

Result<void> KnowledgeKeeper::look() {
  const auto present = now();
  STOWAWAY_TRY(const bool is_superseded, present->store().is_superseded());
  if (!is_superseded) return {};
  STOWAWAY_TRY(auto store, open_());
  auto next = std::make_shared<Knowledge>(std::move(store));
  const bool is_another = next->id() != present->id();
  {
    const std::lock_guard lock(mutex_);
    now_ = next;
  }
  if (is_another && tell_) tell_("another knowledge base: " + next->id());
  return {};
}

}  // namespace stowaway::server

#include "advisory/patch/history.h"

#include <algorithm>
#include <mutex>
#include <optional>

#include "advisory/patch/apply.h"

namespace stowaway::advisory::patch {
namespace {

class Holder final : public source::Sink {
 public:
  explicit Holder(const std::function<bool(std::string_view)>& wanted) : wanted_(wanted) {}

  bool wants(std::string_view path) const override { return wanted_(path); }
  void on_file(unsigned, const source::FileView& file) override {
    if (!wanted_(file.path)) return;
    const std::lock_guard lock(mutex_);
    held_bytes_ += file.bytes.size();
    if (held_bytes_ > kMaxHeldBytes) return;
    files_.emplace(file.path, std::string(reinterpret_cast<const char*>(file.bytes.data()),
                                          file.bytes.size()));
  }
  void on_identity(unsigned, std::string_view, const fingerprint::Md5&) override {}
  void on_gap(unsigned, source::Gap) override {}

  Result<Files> take() {
    if (held_bytes_ > kMaxHeldBytes)
      return fail(ErrorCode::limit_exceeded, "the files to compare have over {} bytes together",
                  kMaxHeldBytes);
    return std::move(files_);
  }

 private:
  const std::function<bool(std::string_view)>& wanted_;
  std::mutex mutex_;
  Files files_;
  std::size_t held_bytes_ = 0;
};

struct Step {
  std::size_t patch;
  const FileDiff* diff;
};

// The states from `text` on, or what did not fit.
Result<std::vector<std::string>> states_from(const std::string& text,
                                             const std::vector<Step>& steps, Direction direction,
                                             std::size_t max_fuzz) {
  std::vector<std::string> states{text};
  const auto add = [&](const Step& step) -> Result<void> {
    STOWAWAY_TRY(std::string next, apply(*step.diff, states.back(), direction, max_fuzz));
    states.push_back(std::move(next));
    return {};
  };
  if (direction == Direction::forward) {
    for (const Step& step : steps) STOWAWAY_TRY_VOID(add(step));
  } else {
    for (auto step = steps.rbegin(); step != steps.rend(); ++step) STOWAWAY_TRY_VOID(add(*step));
    std::ranges::reverse(states);
  }
  return states;
}

// All states of a file of which the tree has the first, or the last if `applied`. Where that does
// not fit the other is tried, and only then are differences in the context allowed.
Result<std::vector<std::string>> states_around(const std::string& text,
                                               const std::vector<Step>& steps, bool applied) {
  const Direction usual = applied ? Direction::reverse : Direction::forward;
  const Direction other = applied ? Direction::forward : Direction::reverse;
  Result<std::vector<std::string>> first_failure = states_from(text, steps, usual, 0);
  if (first_failure) return first_failure;
  for (const auto& [direction, fuzz] :
       {std::pair(other, std::size_t{0}), std::pair(usual, kMaxFuzz), std::pair(other, kMaxFuzz)})
    if (auto states = states_from(text, steps, direction, fuzz)) return states;
  return first_failure;
}

// The file of the tree that the diff is about: the shortest path of those that may be it. A new
// file's path is the diff's own.
std::string path_in_tree(const FileDiff& diff, const Files& tree) {
  std::string best;
  for (const std::string& name : {diff.old_path, diff.new_path}) {
    if (name.empty()) continue;
    for (const auto& [path, text] : tree)
      if (may_be(path, name) && (best.empty() || path.size() < best.size())) best = path;
    if (!best.empty()) return best;
  }
  return std::string(without_first_part(diff.new_path.empty() ? diff.old_path : diff.new_path));
}

}  // namespace

Result<Files> read_files(const std::string& subject, const source::Options& options,
                         const std::function<bool(std::string_view path)>& wanted) {
  STOWAWAY_TRY(const auto source, source::open_subject(subject));
  Holder holder(wanted);
  STOWAWAY_TRY_VOID(source->deliver(holder, options));
  return holder.take();
}

Result<std::unique_ptr<Patch>> make_patch(std::string name, std::string text) {
  auto patch = std::make_unique<Patch>();
  patch->name = std::move(name);
  patch->text = std::move(text);
  STOWAWAY_TRY(patch->diff, read_diff(patch->text));
  return patch;
}

bool may_be(std::string_view path, std::string_view diff_path) {
  for (const std::string_view name : {diff_path, without_first_part(diff_path)}) {
    if (path == name) return true;
    if (path.size() > name.size() && path.ends_with(name) &&
        path[path.size() - name.size() - 1] == '/')
      return true;
  }
  return false;
}

Histories histories_of(const Patches& patches, const Files& tree, bool applied) {
  std::map<std::string, std::vector<Step>> steps;
  for (std::size_t i = 0; i < patches.size(); ++i)
    for (const FileDiff& file : patches[i]->diff.files)
      if (!file.hunks.empty()) steps[path_in_tree(file, tree)].push_back({i, &file});
  Histories out;
  for (const auto& [path, of_file] : steps) {
    const auto in_tree = tree.find(path);
    const std::string text = in_tree == tree.end() ? "" : in_tree->second;
    const auto states = states_around(text, of_file, applied);
    if (!states) {
      const bool missing = in_tree == tree.end();
      for (const Step& step : of_file)
        out.unplaced.push_back(
            {step.patch, step.diff, missing ? "the tree has no " + path : states.error().message});
      continue;
    }
    History history{path, *states, {}};
    for (const Step& step : of_file) history.by.push_back(step.patch);
    out.files.push_back(std::move(history));
  }
  return out;
}

}  // namespace stowaway::advisory::patch

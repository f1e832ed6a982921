#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <set>

#include "advisory/patch/history.h"
#include "advisory/patch/learn.h"
#include "advisory/patch/tokens.h"
#include "advisory/patch_presence.h"
#include "base/atomic_file.h"
#include "base/text.h"
#include "fingerprint/identity.h"

namespace stowaway::advisory {
namespace {

using patch::FileDiff;
using patch::Files;
using patch::Histories;
using patch::History;
using patch::Patches;

std::string_view as_text(const std::vector<std::byte>& bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

// What a source is called in the forms: no machine's path. A revision, or a last part.
std::string label_of(std::string_view subject) {
  if (const std::size_t at = subject.rfind('@'); at != std::string_view::npos)
    return std::string(subject.substr(at + 1));
  while (subject.ends_with('/')) subject.remove_suffix(1);
  return std::string(patch::file_name(subject));
}

Result<Patches> read_patches(std::span<const std::string> files) {
  Patches patches;
  for (const std::string& file : files) {
    STOWAWAY_TRY(const auto bytes, read_whole_file(file, patch::kMaxDiffBytes));
    auto one = patch::make_patch(std::string(patch::file_name(file)), std::string(as_text(bytes)));
    if (!one) return tl::unexpected<Error>(one.error().within(file));
    patches.push_back(*std::move(one));
  }
  return patches;
}

bool touches(const Patches& patches, std::string_view path) {
  for (const auto& one : patches)
    for (const FileDiff& file : one->diff.files)
      if (patch::may_be(path, file.old_path) || patch::may_be(path, file.new_path)) return true;
  return false;
}

Forms named(const std::string& advisory, std::vector<FormItem> items,
            std::vector<std::string> sources) {
  Forms forms;
  Forms more;
  forms.advisory = more.advisory = advisory;
  more.items = std::move(items);
  more.sources = std::move(sources);
  merge(forms, std::move(more));
  return forms;
}

// What the patches that `counts` chooses change, with the states before and after them.
template <class Counts>
Learnt learn_histories(const std::string& advisory, const Patches& patches,
                       const Histories& histories, const Counts& counts) {
  Learnt out;
  out.forms.advisory = advisory;
  for (std::size_t number = 0; number < patches.size(); ++number) {
    if (!counts(number)) continue;
    std::vector<patch::FileChange> changes;
    for (const History& file : histories.files)
      for (std::size_t i = 0; i < file.by.size(); ++i)
        if (file.by[i] == number)
          changes.push_back({file.path, file.states[i], file.states[i + 1]});
    merge(out.forms, named(advisory, patch::learn_changes(changes), {patches[number]->name}));
  }
  for (const auto& [number, file, why] : histories.unplaced) {
    if (!counts(number)) continue;
    merge(out.forms, named(advisory, patch::learn_hunks(*file), {}));
    out.notes.push_back(
        fmt::format("{}: {}; only its changed lines were learnt", patches[number]->name, why));
  }
  for (const History& file : histories.files) {
    const auto fixes = [&](std::size_t step) { return counts(file.by[step]); };
    std::size_t first = 0, last = file.by.size();
    while (first < file.by.size() && !fixes(first)) ++first;
    if (first == file.by.size()) continue;
    while (!fixes(last - 1)) --last;
    for (std::size_t i = 0; i < file.states.size(); ++i) {
      if (i < first)
        patch::learn_state(out.forms.items, file.path, file.states[i], patch::When::before_fix);
      if (i > last)
        patch::learn_state(out.forms.items, file.path, file.states[i], patch::When::after_fix);
    }
  }
  return out;
}

// Remembers what bytes each file has, not the bytes.
class Identities final : public source::Sink {
 public:
  bool wants(std::string_view path) const override { return patch::language_of(path).has_value(); }
  void on_file(unsigned worker, const source::FileView& file) override {
    if (worker >= seen_.size()) return;
    if (!wants(file.path)) return;
    seen_[worker].emplace_back(file.path, fingerprint::to_hex(fingerprint::sha256_of(file.bytes)));
  }
  void on_identity(unsigned, std::string_view, const fingerprint::Md5&) override {}
  void on_gap(unsigned, source::Gap) override {}

  static Result<std::map<std::string, std::string>> of(const std::string& subject,
                                                       const source::Options& options) {
    STOWAWAY_TRY(const auto source, source::open_subject(subject));
    Identities sink;
    sink.seen_.resize(source::effective_jobs(options));
    STOWAWAY_TRY_VOID(source->deliver(sink, options));
    std::map<std::string, std::string> out;
    for (const auto& of_worker : sink.seen_) out.insert(of_worker.begin(), of_worker.end());
    return out;
  }

 private:
  std::vector<std::vector<std::pair<std::string, std::string>>> seen_;
};

// Whether what changed is (also) what the patches change: some statement that they take away or
// bring is among those that went or came.
bool meets(const FormItem& item, const std::vector<FormItem>& hunks) {
  const auto meet = [](const std::vector<FormHash>& a, const std::vector<FormHash>& b) {
    return std::ranges::any_of(a, [&](FormHash h) { return std::ranges::binary_search(b, h); });
  };
  for (const FormItem& hunk : hunks)
    for (const FormEdit& theirs : hunk.edits)
      for (const FormEdit& ours : item.edits)
        if (meet(theirs.removed, ours.removed) || meet(theirs.added, ours.added) ||
            meet(theirs.removed_pairs, ours.removed_pairs) ||
            meet(theirs.added_pairs, ours.added_pairs))
          return true;
  return false;
}

// "CVE-2022-37434" for each one that the text names; sorted.
std::vector<std::string> advisories_in(std::string_view text) {
  std::set<std::string> found;
  for (std::size_t at = text.find("CVE-"); at != std::string_view::npos;
       at = text.find("CVE-", at + 4)) {
    std::size_t end = at + 4;
    const auto digits = [&] {
      const std::size_t begin = end;
      while (end < text.size() && text[end] >= '0' && text[end] <= '9') ++end;
      return end - begin;
    };
    if (digits() != 4 || end >= text.size() || text[end] != '-') continue;
    ++end;
    const std::size_t number = digits();
    if (number >= 4 && number <= 9) found.insert(std::string(text.substr(at, end - at)));
  }
  return {found.begin(), found.end()};
}

struct Series {
  std::string root;  // of the package in the subject: "" or "name-1.2/"
  std::vector<std::string> names;
  bool applied = false;
};

// Finds debian/patches/series, and whether the tree has the patches.
Result<Series> read_series(const Files& files) {
  Series series;
  std::string list;
  bool found = false;
  for (const auto& [path, text] : files)
    if (path.ends_with("debian/patches/series") && (!found || path.size() < series.root.size())) {
      series.root = path.substr(0, path.size() - std::string("debian/patches/series").size());
      list = text;
      found = true;
    }
  if (!found) return fail(ErrorCode::not_found, "it has no debian/patches/series");
  const auto applied = files.find(series.root + ".pc/applied-patches");
  series.applied = applied != files.end() && !trimmed(applied->second).empty();
  for (std::string_view line : split(list, '\n')) {
    line = trimmed(line.substr(0, line.find('#')));
    line = line.substr(0, line.find_first_of(" \t"));
    if (!line.empty()) series.names.emplace_back(line);
  }
  return series;
}

Result<Patches> patches_of(const Series& series, Files& files, std::vector<std::string>& notes) {
  Patches patches;
  for (const std::string& name : series.names) {
    const auto file = files.find(series.root + "debian/patches/" + name);
    if (file == files.end()) {
      notes.push_back(name + ": is not there");
      continue;
    }
    auto one = patch::make_patch(name, std::move(file->second));
    if (!one) {
      notes.push_back(name + ": " + one.error().message);
      continue;
    }
    (*one)->advisories = advisories_in(name);
    if ((*one)->advisories.empty()) (*one)->advisories = advisories_in((*one)->diff.preamble);
    patches.push_back(*std::move(one));
  }
  return patches;
}

}  // namespace

Result<Learnt> learn_from_patches(const std::string& advisory,
                                  std::span<const std::string> patch_files, const std::string& tree,
                                  const source::Options& options) {
  STOWAWAY_TRY(const Patches patches, read_patches(patch_files));
  Learnt out;
  if (tree.empty()) {
    out.forms.advisory = advisory;
    for (const auto& one : patches)
      for (const FileDiff& file : one->diff.files)
        merge(out.forms, named(advisory, patch::learn_hunks(file), {one->name}));
    return out;
  }
  STOWAWAY_TRY(const Files files, patch::read_files(tree, options, [&](std::string_view path) {
                 return touches(patches, path);
               }));
  const Histories histories = patch::histories_of(patches, files, /*applied=*/false);
  return learn_histories(advisory, patches, histories, [](std::size_t) { return true; });
}

Result<Learnt> learn_between(const std::string& advisory, const std::string& before,
                             const std::string& after, std::span<const std::string> patch_files,
                             const source::Options& options) {
  STOWAWAY_TRY(const Patches patches, read_patches(patch_files));
  STOWAWAY_TRY(const auto old_files, Identities::of(before, options));
  STOWAWAY_TRY(const auto new_files, Identities::of(after, options));
  const auto differs = [&](std::string_view path) {
    if (!patches.empty() && !touches(patches, path)) return false;
    const auto in_old = old_files.find(std::string(path)),
               in_new = new_files.find(std::string(path));
    return (in_old != old_files.end() || in_new != new_files.end()) &&
           !(in_old != old_files.end() && in_new != new_files.end() &&
             in_old->second == in_new->second);
  };
  STOWAWAY_TRY(const Files old_texts, patch::read_files(before, options, differs));
  STOWAWAY_TRY(const Files new_texts, patch::read_files(after, options, differs));
  std::vector<patch::FileChange> changes;
  for (const auto& [path, text] : old_texts) {
    const auto now = new_texts.find(path);
    changes.push_back({path, text, now == new_texts.end() ? std::string_view() : now->second});
  }
  for (const auto& [path, text] : new_texts)
    if (!old_texts.contains(path)) changes.push_back({path, "", text});
  std::vector<FormItem> items = patch::learn_changes(changes);
  if (!patches.empty()) {
    std::vector<FormItem> hunks;
    for (const auto& one : patches)
      for (const FileDiff& file : one->diff.files)
        for (FormItem& hunk : patch::learn_hunks(file)) hunks.push_back(std::move(hunk));
    std::erase_if(items, [&](const FormItem& item) { return !meets(item, hunks); });
  }
  std::vector<std::string> sources{fmt::format("{} … {}", label_of(before), label_of(after))};
  for (const auto& one : patches) sources.push_back(one->name);
  Learnt out;
  out.forms = named(advisory, std::move(items), std::move(sources));
  return out;
}

Result<std::vector<Learnt>> learn_from_debian(const std::string& tree,
                                              const source::Options& options) {
  STOWAWAY_TRY(Files control, patch::read_files(tree, options, [](std::string_view path) {
                 return path.find("debian/patches/") != std::string_view::npos ||
                        path.ends_with(".pc/applied-patches");
               }));
  STOWAWAY_TRY(const Series series, read_series(control));
  std::vector<std::string> notes;
  STOWAWAY_TRY(const Patches patches, patches_of(series, control, notes));
  STOWAWAY_TRY(const Files files, patch::read_files(tree, options, [&](std::string_view path) {
                 return path.find("debian/patches/") == std::string_view::npos &&
                        path.find(".pc/") == std::string_view::npos && touches(patches, path);
               }));
  const Histories histories = patch::histories_of(patches, files, series.applied);
  std::set<std::string> advisories;
  for (const auto& one : patches) advisories.insert(one->advisories.begin(), one->advisories.end());
  std::vector<Learnt> out;
  for (const std::string& advisory : advisories)
    out.push_back(learn_histories(advisory, patches, histories, [&](std::size_t number) {
      return std::ranges::binary_search(patches[number]->advisories, advisory);
    }));
  if (!out.empty()) out.front().notes.insert(out.front().notes.end(), notes.begin(), notes.end());
  return out;
}

Result<void> learn_state(Forms& forms, const std::string& subject, bool after_fix,
                         const source::Options& options) {
  std::set<std::string, std::less<>> names;
  for (const FormItem& item : forms.items) names.insert(item.files.begin(), item.files.end());
  STOWAWAY_TRY(const Files files, patch::read_files(subject, options, [&](std::string_view path) {
                 return names.contains(patch::file_name(path));
               }));
  for (const auto& [path, text] : files)
    patch::learn_state(forms.items, path, text,
                       after_fix ? patch::When::after_fix : patch::When::before_fix);
  return {};
}

}  // namespace stowaway::advisory

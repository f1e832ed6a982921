#include "advisory/patch/learn.h"

#include <algorithm>
#include <map>

#include "advisory/patch/item_text.h"
#include "advisory/patch/split.h"
#include "fingerprint/file_class.h"

namespace stowaway::advisory::patch {
namespace {

using Key = std::pair<ItemKind, std::string>;

// The items of one text, by kind and name.
class Cut {
 public:
  Cut(std::string_view text, Language language)
      : language_(language), list_(tokens_of(text, language)), items_(split(list_, language)) {
    for (const Item& item : items_) {
      prints_.push_back(print_of(list_, item));
      by_key_[{item.kind, item.name}].push_back(prints_.size() - 1);
    }
  }
  const std::map<Key, std::vector<std::size_t>>& keys() const { return by_key_; }
  const std::vector<std::size_t>& at(const Key& key) const {
    static const std::vector<std::size_t> none;
    const auto found = by_key_.find(key);
    return found == by_key_.end() ? none : found->second;
  }
  FormHash hash(std::size_t item, bool whole) const {
    return whole ? prints_[item].whole : prints_[item].body;
  }
  std::vector<FormHash> hashes(const Key& key, bool whole) const {
    std::vector<FormHash> out;
    for (const std::size_t item : at(key)) out.push_back(hash(item, whole));
    make_set(out);
    return out;
  }
  std::vector<FormHash> statements(std::size_t item) const {
    return statements_of(list_, items_[item], language_);
  }

 private:
  Language language_;
  TokenList list_;
  std::vector<Item> items_;
  std::vector<Print> prints_;
  std::map<Key, std::vector<std::size_t>> by_key_;
};

std::vector<FormHash> without(const std::vector<FormHash>& from,
                              const std::vector<FormHash>& what) {
  std::vector<FormHash> out;
  std::ranges::set_difference(from, what, std::back_inserter(out));
  return out;
}

bool contains(const std::vector<FormHash>& set, FormHash hash) {
  return std::ranges::binary_search(set, hash);
}

// What of a changed file is worth knowing.
std::optional<Language> language_worth(std::string_view path) {
  const auto role = fingerprint::classify(path).role;
  if (role != fingerprint::FileRole::library) return std::nullopt;
  return language_of(path);
}

FormItem compare(const Key& key, const Cut& before, const Cut& after) {
  FormItem item;
  item.kind = key.first;
  item.name = key.second;
  auto old_hashes = before.hashes(key, false), new_hashes = after.hashes(key, false);
  if (old_hashes == new_hashes) {
    item.by_whole = true;
    old_hashes = before.hashes(key, true);
    new_hashes = after.hashes(key, true);
  }
  item.vulnerable = without(old_hashes, new_hashes);
  item.fixed = without(new_hashes, old_hashes);
  std::ranges::set_intersection(old_hashes, new_hashes, std::back_inserter(item.neutral));
  std::vector<std::size_t> gone, come;
  for (const std::size_t i : before.at(key))
    if (contains(item.vulnerable, before.hash(i, item.by_whole))) gone.push_back(i);
  for (const std::size_t i : after.at(key))
    if (contains(item.fixed, after.hash(i, item.by_whole))) come.push_back(i);
  for (std::size_t i = 0; i < std::min(gone.size(), come.size()); ++i)
    item.edits.push_back(
        edit_between(before.statements(gone[i]), after.statements(come[i]), /*bounded=*/true));
  std::ranges::sort(item.edits);
  return item;
}

void compare_file(const FileChange& change, Language language, std::vector<FormItem>& out) {
  const Cut before(change.before, language), after(change.after, language);
  std::vector<Key> keys;
  for (const auto& [key, items] : before.keys()) keys.push_back(key);
  for (const auto& [key, items] : after.keys()) keys.push_back(key);
  std::ranges::sort(keys);
  keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
  for (const Key& key : keys) {
    FormItem item = compare(key, before, after);
    if (item.vulnerable.empty() && item.fixed.empty()) continue;
    item.files.emplace_back(file_name(change.path));
    out.push_back(std::move(item));
  }
}

// Items that one file lost and another one got: changed on the way, or only moved.
void join_moved(std::vector<FormItem>& items) {
  for (FormItem& gone : items) {
    if (gone.vulnerable.empty() || !gone.fixed.empty() || !gone.neutral.empty()) continue;
    for (FormItem& come : items) {
      if (!come.vulnerable.empty() || come.fixed.empty() || !come.neutral.empty()) continue;
      if (come.kind != gone.kind || come.name != gone.name) continue;
      const auto moved = gone.vulnerable;
      gone.vulnerable = without(moved, come.fixed);
      gone.fixed = without(come.fixed, moved);
      gone.files.insert(gone.files.end(), come.files.begin(), come.files.end());
      come.fixed.clear();
      break;
    }
  }
  std::erase_if(items,
                [](const FormItem& item) { return item.vulnerable.empty() && item.fixed.empty(); });
}

}  // namespace

std::string_view file_name(std::string_view path) { return path.substr(path.rfind('/') + 1); }

std::vector<FormItem> learn_changes(const std::vector<FileChange>& changes) {
  std::vector<FormItem> items;
  for (const FileChange& change : changes) {
    const auto language = language_worth(change.path);
    if (language && change.before != change.after) compare_file(change, *language, items);
  }
  join_moved(items);
  return items;
}

std::vector<FormItem> learn_hunks(const FileDiff& file) {
  const std::string& path = file.new_path.empty() ? file.old_path : file.new_path;
  const auto language = language_worth(without_first_part(path));
  std::vector<FormItem> items;
  if (!language) return items;
  for (const Hunk& hunk : file.hunks) {
    const std::string before = text_before(hunk), after = text_after(hunk);
    const TokenList old_list = tokens_of(before, *language), new_list = tokens_of(after, *language);
    FormEdit edit = edit_between(statements_of_piece(old_list, *language),
                                 statements_of_piece(new_list, *language), /*bounded=*/false);
    if (edit == FormEdit{}) continue;  // comments or blanks
    FormItem item;
    item.kind = ItemKind::hunk;
    item.files.emplace_back(file_name(path));
    item.edits.push_back(std::move(edit));
    items.push_back(std::move(item));
  }
  return items;
}

void learn_state(std::vector<FormItem>& items, std::string_view path, std::string_view text,
                 When when) {
  const auto language = language_worth(path);
  if (!language) return;
  const std::string name(file_name(path));
  const auto of_file = [&](const FormItem& item) {
    return item.kind != ItemKind::hunk && std::ranges::find(item.files, name) != item.files.end();
  };
  if (std::ranges::none_of(items, of_file)) return;
  const Cut cut(text, *language);
  for (FormItem& item : items) {
    if (!of_file(item)) continue;
    auto& forms = when == When::before_fix ? item.vulnerable : item.fixed;
    if (when == When::before_fix && item.is_new()) continue;
    for (const FormHash hash : cut.hashes({item.kind, item.name}, item.by_whole))
      if (!contains(item.vulnerable, hash) && !contains(item.fixed, hash) &&
          !contains(item.neutral, hash)) {
        forms.push_back(hash);
        std::ranges::sort(forms);
      }
  }
}

}  // namespace stowaway::advisory::patch

#include "advisory/patch/match.h"

#include <algorithm>

#include "advisory/patch/learn.h"

namespace stowaway::advisory::patch {
namespace {

Share share_of(const std::vector<FormHash>& wanted, const std::vector<FormHash>& there) {
  Share share;
  share.of = wanted.size();
  for (const FormHash hash : wanted) share.found += std::ranges::binary_search(there, hash);
  return share;
}

double ratio(const Share& share) {
  return share.of == 0 ? 0 : static_cast<double>(share.found) / static_cast<double>(share.of);
}

// How clearly the edit speaks: 1 for a whole side of it and nothing of the other, 0 for nothing.
double clearness(const Sighting& seen) {
  const double removed = ratio(seen.removed.of > 0 ? seen.removed : seen.removed_pairs);
  const double added = ratio(seen.added.of > 0 ? seen.added : seen.added_pairs);
  return std::abs(added - removed);
}

// Fills in the shares of the edit that fits best.
void compare(const FormItem& item, const std::vector<FormHash>& statements,
             const std::vector<FormHash>& pairs, Sighting& seen) {
  Sighting best = seen;
  bool first = true;
  for (const FormEdit& edit : item.edits) {
    Sighting one = seen;
    one.removed = share_of(edit.removed, statements);
    one.added = share_of(edit.added, statements);
    one.removed_pairs = share_of(edit.removed_pairs, pairs);
    one.added_pairs = share_of(edit.added_pairs, pairs);
    if (first || clearness(one) > clearness(best)) best = one;
    first = false;
  }
  seen = std::move(best);
}

}  // namespace

FormIndex::FormIndex(const std::vector<Forms>& forms) : forms_(&forms) {
  for (std::size_t f = 0; f < forms.size(); ++f) {
    for (std::size_t i = 0; i < forms[f].items.size(); ++i) {
      const FormItem& item = forms[f].items[i];
      const ItemRef ref{f, i};
      if (item.kind == ItemKind::hunk) {
        for (const std::string& file : item.files) by_file_[file].push_back(ref);
        continue;
      }
      by_name_[item.name].push_back(ref);
      for (const auto& [hashes, form] :
           {std::pair(&item.vulnerable, FormMatch::vulnerable),
            std::pair(&item.fixed, FormMatch::fixed), std::pair(&item.neutral, FormMatch::neutral)})
        for (const FormHash hash : *hashes) by_hash_[hash].push_back({ref, form, item.by_whole});
    }
  }
}

void FormIndex::look(std::string_view path, std::string_view text,
                     std::vector<Sighting>& out) const {
  const auto language = language_of(path);
  if (!language || text.size() > kMaxSourceBytes) return;
  const TokenList list = tokens_of(text, *language);
  const std::vector<Item> items = split(list, *language);
  for (const Item& item : items) look_at_item(list, item, *language, path, out);
  look_for_hunks(list, items, *language, path, out);
}

void FormIndex::look_at_item(const TokenList& list, const Item& item, Language language,
                             std::string_view path, std::vector<Sighting>& out) const {
  const Print print = print_of(list, item);
  const std::size_t first = out.size();
  const auto add = [&](ItemRef ref, FormMatch form, NameMatch by_name) -> Sighting& {
    Sighting seen;
    seen.ref = ref;
    seen.path = path;
    seen.name = item.name;
    seen.form = form;
    seen.by_name = by_name;
    out.push_back(std::move(seen));
    return out.back();
  };
  for (const FormHash hash : {print.body, print.whole}) {
    const auto known = by_hash_.find(hash);
    if (known == by_hash_.end()) continue;
    for (const Known& one : known->second) {
      const FormItem& wanted = item_of(one.ref);
      if (wanted.kind != item.kind || hash != (one.whole ? print.whole : print.body)) continue;
      const bool exact = wanted.name == item.name;
      const bool named = exact || item.name.ends_with("_" + wanted.name);
      if (!named && print.tokens < kMinTokensWithoutName) continue;
      const bool twice = std::any_of(out.begin() + static_cast<std::ptrdiff_t>(first), out.end(),
                                     [&](const Sighting& s) { return s.ref == one.ref; });
      if (!twice) add(one.ref, one.form, exact ? NameMatch::exact : NameMatch::other);
    }
  }
  std::vector<FormHash> statements, pairs;
  const auto look_up = [&](const std::string& name, NameMatch by_name) {
    const auto named = by_name_.find(name);
    if (named == by_name_.end()) return;
    for (const ItemRef ref : named->second) {
      const FormItem& wanted = item_of(ref);
      const bool known = std::any_of(out.begin() + static_cast<std::ptrdiff_t>(first), out.end(),
                                     [&](const Sighting& s) { return s.ref == ref; });
      if (wanted.kind != item.kind || known) continue;
      if (statements.empty()) {
        statements = statements_of(list, item, language);
        pairs = pairs_of(statements, /*bounded=*/true);
        make_set(statements);
        make_set(pairs);
      }
      compare(wanted, statements, pairs, add(ref, FormMatch::unknown, by_name));
    }
  };
  look_up(item.name, NameMatch::exact);
  for (std::size_t at = item.name.find('_'); at != std::string::npos && at + 1 < item.name.size();
       at = item.name.find('_', at + 1))
    look_up(item.name.substr(at + 1), NameMatch::prefixed);
}

void FormIndex::look_for_hunks(const TokenList& list, const std::vector<Item>& items,
                               Language language, std::string_view path,
                               std::vector<Sighting>& out) const {
  const auto of_file = by_file_.find(std::string(file_name(path)));
  if (of_file == by_file_.end()) return;
  std::vector<FormHash> statements, pairs;
  for (const Item& item : items) {
    const auto of_item = statements_of(list, item, language);
    const auto item_pairs = pairs_of(of_item, /*bounded=*/false);
    statements.insert(statements.end(), of_item.begin(), of_item.end());
    pairs.insert(pairs.end(), item_pairs.begin(), item_pairs.end());
  }
  make_set(statements);
  make_set(pairs);
  for (const ItemRef ref : of_file->second) {
    Sighting seen;
    seen.ref = ref;
    seen.path = path;
    compare(item_of(ref), statements, pairs, seen);
    out.push_back(std::move(seen));
  }
}

}  // namespace stowaway::advisory::patch

#include "advisory/patch/verdict.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "advisory/patch/learn.h"

namespace stowaway::advisory::patch {
namespace {

// Shares of a change's statements that say "all of it" and "nothing of it", allowing for a
// backport's small differences.
constexpr double kMost = 0.75, kLittle = 0.25;

double ratio(const Share& share) {
  return share.of == 0 ? 0 : static_cast<double>(share.found) / static_cast<double>(share.of);
}

PatchForm form_by_statements(const Sighting& seen) {
  const double removed = ratio(seen.removed.of > 0 ? seen.removed : seen.removed_pairs);
  const double added = ratio(seen.added.of > 0 ? seen.added : seen.added_pairs);
  if (added >= kMost && removed <= kLittle) return PatchForm::fixed_form;
  if (removed >= kMost && added <= kLittle) return PatchForm::vulnerable_form;
  return PatchForm::unknown_form;
}

JudgedItem judged(const FormItem& item, const Sighting& seen) {
  JudgedItem out;
  out.name = seen.name;
  out.path = seen.path;
  out.kind = item.kind;
  switch (seen.form) {
    case FormMatch::vulnerable: out.form = PatchForm::vulnerable_form; break;
    case FormMatch::fixed: out.form = PatchForm::fixed_form; break;
    case FormMatch::neutral: out.form = PatchForm::absent; break;
    case FormMatch::unknown:
      out.form = form_by_statements(seen);
      out.by_statements = true;
      out.removed = seen.removed;
      out.added = seen.added;
      out.removed_pairs = seen.removed_pairs;
      out.added_pairs = seen.added_pairs;
      break;
  }
  return out;
}

// The sightings that tell of the item: under its name in its file, else under its name, else its
// very form under another name, else under a name with a prefix.
std::vector<const Sighting*> telling(const FormItem& item,
                                     const std::vector<const Sighting*>& seen) {
  const auto choose = [&](const auto& condition) {
    std::vector<const Sighting*> out;
    std::ranges::copy_if(seen, std::back_inserter(out),
                         [&](const Sighting* one) { return condition(*one); });
    return out;
  };
  const auto exact = [](const Sighting& one) { return one.by_name == NameMatch::exact; };
  auto chosen = choose([&](const Sighting& one) {
    return exact(one) && std::ranges::find(item.files, file_name(one.path)) != item.files.end();
  });
  if (chosen.empty()) chosen = choose(exact);
  if (chosen.empty())
    chosen = choose([](const Sighting& one) { return one.form != FormMatch::unknown; });
  if (chosen.empty()) return seen;
  return chosen;
}

struct Tally {
  std::size_t vulnerable = 0, fixed = 0, unknown = 0;
  void add(PatchForm form) {
    vulnerable += form == PatchForm::vulnerable_form || form == PatchForm::mixed;
    fixed += form == PatchForm::fixed_form || form == PatchForm::mixed;
    unknown += form == PatchForm::unknown_form;
  }
  PatchForm form() const {
    if (vulnerable > 0 && fixed > 0) return PatchForm::mixed;
    if (vulnerable > 0) return PatchForm::vulnerable_form;
    if (fixed > 0) return PatchForm::fixed_form;
    return unknown > 0 ? PatchForm::unknown_form : PatchForm::absent;
  }
};

// Items that the fix changes count before those that it only brings; functions before the rest.
unsigned rank_of(const FormItem& item) {
  if (item.kind == ItemKind::function) return item.is_new() ? 2 : 0;
  return item.is_new() ? 3 : 1;
}

std::string describe(const JudgedItem& item) {
  std::string_view form = "of an unknown form";
  if (item.form == PatchForm::vulnerable_form) form = "as before the fix";
  if (item.form == PatchForm::fixed_form) form = "as after the fix";
  const bool by_lines = item.by_statements && item.form != PatchForm::unknown_form;
  const std::string name = item.kind == ItemKind::function ? item.name + "()" : item.name;
  return fmt::format("{}{}{} is {}{}", name, name.empty() ? "" : " in ", item.path, form,
                     by_lines ? ", by its changed lines" : "");
}

}  // namespace

PatchVerdict verdict_on(const Forms& forms, std::size_t number,
                        const std::vector<Sighting>& sightings) {
  std::vector<std::vector<const Sighting*>> by_item(forms.items.size());
  for (const Sighting& seen : sightings)
    if (seen.ref.forms == number) by_item[seen.ref.item].push_back(&seen);
  PatchVerdict verdict;
  verdict.advisory = forms.advisory;
  std::vector<unsigned> ranks;
  for (std::size_t i = 0; i < forms.items.size(); ++i) {
    const FormItem& item = forms.items[i];
    for (const Sighting* seen : telling(item, by_item[i])) {
      verdict.items.push_back(judged(item, *seen));
      ranks.push_back(rank_of(item));
    }
  }
  for (unsigned rank = 0; rank < 4; ++rank) {
    Tally tally;
    for (std::size_t i = 0; i < ranks.size(); ++i)
      if (ranks[i] == rank) tally.add(verdict.items[i].form);
    const PatchForm form = tally.form();
    if (form == PatchForm::absent) continue;
    verdict.form = form;
    if (form != PatchForm::unknown_form) break;
  }
  for (const JudgedItem& item : verdict.items) {
    if (item.form == PatchForm::absent) continue;
    const bool fits = item.form == verdict.form || verdict.form == PatchForm::mixed;
    if (fits && verdict.detail.empty()) verdict.detail = describe(item);
  }
  if (verdict.form == PatchForm::absent) verdict.detail = "nothing that the fix changes is there";
  return verdict;
}

}  // namespace stowaway::advisory::patch

// Looks for known forms in one file. Pure; the index is safe from any thread once it is made.
#pragma once

#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "advisory/patch/item_text.h"
#include "advisory/patch_presence.h"

namespace stowaway::advisory::patch {

// A body with fewer tokens is common: it counts only under its own name, or that with a prefix.
inline constexpr std::size_t kMinTokensWithoutName = 30;
// Larger files of code are not cut (sqlite3.c has 9 MB).
inline constexpr std::size_t kMaxSourceBytes = std::size_t{32} << 20;

enum class FormMatch { vulnerable, fixed, neutral, unknown };
enum class NameMatch { exact, prefixed, other };  // "z_inflate" for "inflate"

struct ItemRef {
  std::size_t forms = 0, item = 0;  // indices into the judge's forms
  friend auto operator<=>(const ItemRef&, const ItemRef&) = default;
};

// One item of the forms, seen in a file.
struct Sighting {
  ItemRef ref;
  std::string path, name;
  FormMatch form = FormMatch::unknown;
  NameMatch by_name = NameMatch::exact;
  Share removed, added, removed_pairs, added_pairs;  // of an unknown form
};

class FormIndex {
 public:
  explicit FormIndex(const std::vector<Forms>& forms);
  // Appends what the file holds of the forms.
  void look(std::string_view path, std::string_view text, std::vector<Sighting>& out) const;

 private:
  struct Known {
    ItemRef ref;
    FormMatch form;
    bool whole;
  };
  void look_at_item(const TokenList& list, const Item& item, Language language,
                    std::string_view path, std::vector<Sighting>& out) const;
  void look_for_hunks(const TokenList& list, const std::vector<Item>& items, Language language,
                      std::string_view path, std::vector<Sighting>& out) const;
  const FormItem& item_of(ItemRef ref) const { return (*forms_)[ref.forms].items[ref.item]; }

  const std::vector<Forms>* forms_;  // the judge's
  std::unordered_map<FormHash, std::vector<Known>> by_hash_;
  std::unordered_map<std::string, std::vector<ItemRef>> by_name_;  // not of hunks
  std::unordered_map<std::string, std::vector<ItemRef>> by_file_;  // of hunks
};

}  // namespace stowaway::advisory::patch

// What a fix changes, as hashes: the vulnerable and the fixed forms of functions, and the changed
// lines in context. docs/patch-presence.md says how they are made, schema/forms-1.schema.json how
// they are kept. Plain values; nobody's source can be read out of them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace stowaway::advisory {

// What code is cut into. `rest`: JavaScript outside of named functions. `hunk`: part of a patch of
// which the whole function is not known.
enum class ItemKind : std::uint8_t { function, macro, declaration, rest, hunk };
std::string_view name_of(ItemKind kind);  // "function"

using FormHash = std::uint64_t;

// The statements that one change takes away and brings, and the pairs of neighbouring statements.
// Sorted, each once, what both sides have is left out.
struct FormEdit {
  std::vector<FormHash> removed, added, removed_pairs, added_pairs;
  friend auto operator<=>(const FormEdit&, const FormEdit&) = default;
};

struct FormItem {
  ItemKind kind = ItemKind::function;
  std::string name;                // "inflate", "Reader::next"; of a hunk: what its heading says
  std::vector<std::string> files;  // names without folders: "inflate.c"; sorted
  bool by_whole = false;           // the hashes are of parameters and body, not of the body alone
  // Sorted, each once, none in two of them. `neutral`: the file has functions of that name which
  // the fix leaves alone, or states that are neither.
  std::vector<FormHash> vulnerable, fixed, neutral;
  std::vector<FormEdit> edits;  // sorted
  bool is_new() const { return vulnerable.empty() && kind != ItemKind::hunk; }
};

struct Forms {
  std::string advisory;              // "CVE-2022-37434"
  std::vector<std::string> sources;  // for people: what they were learnt from; sorted
  std::vector<FormItem> items;       // by kind, name, files
  bool empty() const { return items.empty(); }
};

inline constexpr std::size_t kMaxFormsBytes = std::size_t{16} << 20;

// Puts what `more` knows to `forms`: of items of one kind and name whose files meet. A form that
// one calls vulnerable and the other fixed is neutral then.
void merge(Forms& forms, Forms more);

// JSON: "stowaway-forms-1". The same forms give the same bytes. read_forms fails with corrupt,
// unsupported (another format or a newer way to normalise) or limit_exceeded; fuzzed
// (fuzz/fuzz_forms.cpp).
std::string write_forms(const Forms& forms);
Result<Forms> read_forms(std::string_view json);

// A directory with a file for each advisory: DIRECTORY/CVE-2022-37434.json. One thread at a time.
class FormsDirectory {
 public:
  explicit FormsDirectory(std::string directory) : directory_(std::move(directory)) {}
  // Adds to what is there; makes the directory. Fails with invalid_argument (no name for a file),
  // io, or as read_forms does.
  Result<void> add(Forms forms) const;
  // No forms where there is no file. Fails as read_forms does, or with io.
  Result<Forms> of(const std::string& advisory) const;
  // The advisories, sorted; none where there is no directory.
  std::vector<std::string> advisories() const;
  const std::string& path() const { return directory_; }

 private:
  std::string directory_;
};

}  // namespace stowaway::advisory

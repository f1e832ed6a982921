// Who embeds a component, at which versions: over all subjects, from the ledger alone.
// Cost: that of the answers; indexes lead from the component's sets of versions to copies.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "kb/kb.h"
#include "ledger/ledger.h"

namespace stowaway::ledger {

enum class Relation { less, less_equal, equal, not_equal, greater_equal, greater };

struct Constraint {
  Relation relation;
  std::string version;
};

struct Question {
  std::string component;                // as the user named it
  std::vector<Constraint> constraints;  // all of them hold; none: any version
};

// "libmemcached < 0.41", "libpng >= 1.2, < 1.6.37", "zlib"; "<<" and ">>" are "<" and ">", "==" is
// "=". Fails with invalid_argument.
Result<Question> parse_question(std::string_view text);

// The components that a name means: of the knowledge base (may be null) those of that name or
// alias, and that of the ledger; letters' case and punctuation do not count. Sorted. Fails with
// not_found (the message says which name is near).
Result<std::vector<std::string>> components_meant(const Ledger& ledger, const kb::Kb* kb,
                                                  const std::string& name);

enum class Evidence {
  copy,         // it lies there
  alternative,  // that copy may as well be a copy of this one: a fork
  declared,     // the subject says so itself; no copy was found
};
std::string_view name_of(Evidence evidence);

struct Embedder {
  std::string subject, version;
  std::string path;  // bytes
  std::string component;
  std::vector<std::string> versions;  // that the copy may have; empty: unknown
  std::string version_note;
  std::string verdict;  // of the scan; "" for `declared`
  double unchanged_ratio = 1, confidence = 0;
  Evidence evidence = Evidence::copy;
  bool is_certain = false;  // every version that the copy may have is meant; else some, or unknown
};

// By subject, version, path, component. Of each subject the current version counts, or every one.
Result<std::vector<Embedder>> who_embeds(const Ledger& ledger, const Question& question,
                                         const std::vector<std::string>& components,
                                         bool every_version);

// How many subjects hold which versions of a component.
struct Spread {
  std::string component;
  std::vector<std::string> versions;  // of one set; empty: unknown
  std::uint64_t subjects = 0, copies = 0;
};
// Oldest first; unknown last. Current versions of the subjects alone.
Result<std::vector<Spread>> spread(const Ledger& ledger,
                                   const std::vector<std::string>& components);

// Components by how many subjects embed them, most first; at most `count`.
struct Popular {
  std::string component;
  std::uint64_t subjects = 0, copies = 0;
};
Result<std::vector<Popular>> most_embedded(const Ledger& ledger, std::size_t count);

}  // namespace stowaway::ledger

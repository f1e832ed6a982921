// Claims that people have written down about who embeds what: Debian's list of embedded code
// copies (its grammar stands at the top of that list, and in docs/ledger.md), kept in the ledger
// and compared with what scans have found. The list is foreign input: bounded, fuzzed
// (fuzz/fuzz_claims.cpp).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "kb/kb.h"
#include "ledger/ledger.h"
#include "ledger/who_embeds.h"

namespace stowaway::ledger {

struct Claim {
  std::string component;  // what is embedded, as the list names it: mostly a Debian source package
  std::string comment;    // about it; may be empty
  std::string release;    // "etch" of "[etch]"; "" for Debian as it is developed
  std::string holder;     // the source package that embeds it
  std::string status;     // "unfixed", "removed", "itp", "not-affected", "unknown", "unfixable", or
                          // "fixed" where a version is named
  std::string fixed;      // the first version without the copy
  std::string sort;     // "embed", "static", "modified-embed", "fork", "old-version"; may be empty
  std::string details;  // the rest of what stands in parentheses and brackets: bugs, files
  std::vector<std::string> notes;  // lines NOTE and TODO below it
  std::uint64_t line = 0;          // of the list, counted from 1

  bool operator==(const Claim&) const = default;
};

struct ClaimList {
  std::vector<Claim> claims;  // in the list's order
  struct Unread {
    std::uint64_t line;
    std::string text;
  };
  std::vector<Unread> unread;  // lines that follow no rule; at most 1,000
};

inline constexpr std::size_t kMaxClaimBytes = std::size_t{16} << 20;

// Everything up to a line that begins with "---BEGIN" is passed over, where there is one. Pure.
// Fails with limit_exceeded, or corrupt where no line is a claim.
Result<ClaimList> read_claims(std::string_view list);

// The same list again: one entry for each component, in the order of the claims. Pure.
std::string write_claims(const std::vector<Claim>& claims);

// Replaces the claims that an earlier import under that name brought; all or nothing.
Result<void> put_claims(Ledger& ledger, const std::string& name, const std::vector<Claim>& claims,
                        const std::string& at);
Result<std::vector<Claim>> claims_in(const Ledger& ledger);  // of all lists, in their order

// What the ledger itself would claim: the current versions of Debian's subjects, by component.
Result<std::vector<Claim>> claims_found(const Ledger& ledger);

enum class ClaimOutcome {
  confirmed,          // claimed to embed, and it does
  not_found,          // claimed to embed, and no copy is in the tracked version
  still_there,        // claimed to be rid of it, and the source holds a copy
  gone,               // claimed to be rid of it, and it is
  unknown_component,  // the knowledge base does not know it
  not_tracked,
};
std::string_view name_of(ClaimOutcome outcome);  // "not found"

struct Comparison {
  Claim claim;
  std::string subject, version;  // as tracked; "" where it is not
  ClaimOutcome outcome = ClaimOutcome::not_tracked;
  std::vector<Embedder> copies;  // that were found of it
};

// Claims about Debian as it is developed and about packages in general; those about old releases
// are left out. `kb` may be null: then only the names in the ledger are known.
Result<std::vector<Comparison>> compare_claims(const Ledger& ledger, const kb::Kb* kb);

}  // namespace stowaway::ledger

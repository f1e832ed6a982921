// What is to be known of one file's bytes, found out only when it is asked for: from the bytes
// themselves, or from what was kept of them. Private to `match`.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "fingerprint/normalise.h"
#include "fingerprint/shingle.h"
#include "kb/kb.h"
#include "match/collect.h"
#include "match/resemble.h"

namespace stowaway::match {

using ShaPrefix = std::array<std::uint8_t, 16>;  // the first half of a SHA-256

class Facts {
 public:
  virtual ~Facts() = default;
  virtual fingerprint::NormalisedId normalised() = 0;
  virtual ShaPrefix sha256() = 0;
  virtual bool is_text() = 0;
  // Whether the three below can be told.
  virtual bool has_details() const = 0;
  virtual std::vector<fingerprint::Shingle>& shingles() = 0;  // the caller may sort them
  virtual std::vector<Statement> statements_in_code() = 0;
  virtual std::vector<Statement> titles_in_script() = 0;
};

// Below this many normalised bytes a file says nothing: "int main() { return 0; }" and its kin.
inline constexpr std::size_t kMinNormalisedBytes = 48;

// Fills in what the KB says of a file whose path, role and sizes are there already. `resembler` may
// be null: then no changed files are looked for. False if details were needed that are not to be
// had: the file is then as if it had none.
bool look_up(Facts& facts, const kb::Kb& kb, Resembler* resembler, ScannedFile& scanned);

// Whether another KB, that knows more, could make `scanned` need the details of its facts.
bool may_need_details(const ScannedFile& scanned, const kb::Kb& kb);

bool is_script(std::string_view path);

}  // namespace stowaway::match

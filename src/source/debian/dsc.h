// The two layers below parse_dsc(): OpenPGP clear-signing and deb822 fields. Pure. Private to
// `source/debian`.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "source/dsc.h"

namespace stowaway::source {

struct ClearText {
  std::string text;  // without armour, dash escapes undone
  bool is_signed = false;
};

// RFC 4880, section 7. Text without armour comes back as it is. Fails with corrupt if the armour is
// incomplete.
Result<ClearText> clear_text_of(std::string_view text);

struct Deb822Field {
  std::string name;   // as written
  std::string value;  // lines joined by '\n', without the blank that begins each
};

// The first paragraph of `text`; later ones are ignored. Fails with corrupt.
Result<std::vector<Deb822Field>> parse_deb822_paragraph(std::string_view text);

}  // namespace stowaway::source

// Bytes as C and as JavaScript: cut into items, and these into statements.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "advisory/patch/item_text.h"
#include "advisory/patch/split.h"

using namespace stowaway;
using namespace stowaway::advisory::patch;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  for (const Language language : {Language::c, Language::javascript}) {
    const TokenList list = tokens_of(text, language);
    for (const Item& item : split(list, language)) {
      STOWAWAY_CHECK(item.name.size() <= kMaxItemNameBytes, "a name is short");
      STOWAWAY_CHECK(item.head.first <= item.head.second, "a head has a direction");
      STOWAWAY_CHECK(item.body.first <= item.body.second, "a body has a direction");
      STOWAWAY_CHECK(item.body.second <= std::max<std::size_t>(list.tokens.size(), 1), "inside");
      for (std::size_t i = 0; i < item.holes.size(); ++i)
        STOWAWAY_CHECK(i == 0 || item.holes[i - 1].first <= item.holes[i].first, "sorted holes");
      const Print print = print_of(list, item);
      STOWAWAY_CHECK(print.tokens <= list.tokens.size(), "no token twice");
      static_cast<void>(pairs_of(statements_of(list, item, language), /*bounded=*/true));
    }
    static_cast<void>(statements_of_piece(list, language));
  }
  return 0;
}

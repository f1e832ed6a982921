#include <fmt/format.h>

#include "base/text.h"
#include "kb/miner/debian/apt_archive.h"
#include "ledger/names.h"
#include "ledger/tracker.h"

namespace stowaway::ledger {
namespace {

constexpr std::string_view kDebian = "debian:";

// Takes the first word off `rest`.
std::string_view next_word(std::string_view& rest) {
  rest = trimmed(rest);
  const std::size_t end = std::min(rest.find_first_of(" \t"), rest.size());
  const std::string_view word = rest.substr(0, end);
  rest = trimmed(rest.substr(end));
  return word;
}

Result<Wish> wish_in(std::string_view line) {
  std::string_view rest = line;
  const std::string_view subject = next_word(rest);
  if (rest.empty() && subject.starts_with(kDebian)) return debian_wish(subject);
  Wish wish;
  wish.subject = subject;
  wish.version = next_word(rest);
  wish.location = rest;
  STOWAWAY_TRY_VOID(check_subject(wish.subject));
  if (wish.location.empty())
    return fail(ErrorCode::invalid_argument,
                "write \"debian:NAME\", or \"SUBJECT VERSION LOCATION\"");
  STOWAWAY_TRY_VOID(check_version(wish.version));
  return wish;
}

}  // namespace

Result<Wish> debian_wish(std::string_view text) {
  std::string_view name = text;
  if (!name.starts_with(kDebian))
    return fail(ErrorCode::invalid_argument, "\"{}\": write debian:NAME or debian:NAME=VERSION",
                escape_for_terminal(text));
  name.remove_prefix(kDebian.size());
  Wish wish;
  if (const std::size_t equals = name.find('='); equals != std::string_view::npos) {
    wish.version = name.substr(equals + 1);
    name = name.substr(0, equals);
    STOWAWAY_TRY_VOID(check_version(wish.version));
  }
  if (!kb::is_debian_name(name))
    return fail(ErrorCode::invalid_argument, "\"{}\" is no name of a Debian source package",
                escape_for_terminal(name));
  wish.package = name;
  wish.subject = std::string(kDebian) + wish.package;
  wish.order = VersionOrder::debian;
  return wish;
}

Result<std::vector<Wish>> read_wishes(std::string_view list) {
  std::vector<Wish> wishes;
  std::size_t number = 0;
  for (const std::string_view line : split(list, '\n')) {
    ++number;
    if (trimmed(line).empty() || trimmed(line).front() == '#') continue;
    auto wish = wish_in(line);
    if (!wish) return tl::unexpected<Error>(wish.error().within(fmt::format("line {}", number)));
    wishes.push_back(*std::move(wish));
  }
  return wishes;
}

}  // namespace stowaway::ledger

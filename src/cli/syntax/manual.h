// The manual pages: what the table of syntax.h says, and between it prose that a person wrote.
//
// Prose of stowaway-scan(1) stands in scan.man: roff text in parts, each below a line "[KEY]".
// Before the first such line stand remarks. A KEY is a title ("DESCRIPTION", "SEE ALSO"), an option
// of the command ("--format": said after what the help says of it), a command below it ("build"),
// or an option of that ("build --output"). What the command does not have is an error, so that page
// and program stay together. Pure.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "base/result.h"
#include "cli/syntax/syntax.h"

namespace stowaway::cli {

using Prose = std::map<std::string, std::string>;

// Fails with corrupt for a key that comes twice or has nothing below it.
Result<Prose> parse_prose(std::string_view text);

struct ManualOptions {
  std::string version;
  std::string date;  // "2026-11-23"; may be empty
};

// The page of `program` itself, or of one of its commands. Fails with corrupt where prose names an
// option or command that there is not.
Result<std::string> manual_page(const CommandSyntax& program, const CommandSyntax& command,
                                const Prose& prose, const ManualOptions& options);

}  // namespace stowaway::cli

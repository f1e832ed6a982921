// Scripts that let a shell complete our command lines, made from the table of syntax.h. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "cli/syntax/syntax.h"

namespace stowaway::cli {

// "bash", "zsh", "fish"
const std::vector<std::string>& completion_shells();

// The whole script. Fails with invalid_argument for another shell.
Result<std::string> completion_script(std::string_view shell, const CommandSyntax& program);

}  // namespace stowaway::cli

// What is said when a command line cannot be run: help and version on stdout, everything else on
// stderr.
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

#include "cli/exit_code.h"

namespace stowaway::cli {

// The arguments, last one first as CLI::App::parse wants them; "help scan" is read as "scan
// --help".
std::vector<std::string> arguments_of(int argc, char** argv);

// Prints help or version where that was asked for; otherwise says what is wrong and suggests the
// nearest name.
ExitCode answer(const CLI::App& app, const CLI::ParseError& error);

}  // namespace stowaway::cli

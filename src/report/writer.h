// The door of `report`: turns what a scan found into one of the formats that people and programs
// read.
//
// Pure: a model and options in, bytes out. No clock, no randomness, no terminal, no files: what is
// volatile (time stamp, serial) comes in through Options, so the same input gives the same bytes.
// Whatever a subject says (paths, names, versions) is hostile: each writer escapes it for its
// format, and no output ever holds a raw control character from it. What to print, and where to, is
// the caller's business. Safe from any thread.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "match/result.h"

namespace stowaway::report {

struct Judgement;  // policy.h

struct Options {
  unsigned width_columns =
      80;  // of the table and the explanation; below 60 counts as 60; 0: not a terminal, 120
  bool colour =
      false;  // ANSI colours in the table and the explanation; nothing is said by colour alone
  bool with_paths = false;            // deb822: write where each copy lies
  std::string field = "Embeds";       // deb822: its name, with the prefix that dpkg wants
  const Judgement* policy = nullptr;  // table, JSON and SARIF tell what breaks it; borrowed
  std::string tool_version;           // "0.1.0"
  std::string timestamp;  // "2026-11-23T08:00:00Z"; empty: left out. SPDX cannot do without it
  std::string serial;  // a UUID, lower case; empty: derived from the content, so that it is stable
};

struct Format {
  std::string_view name;         // what the user types: "spdx-tv"
  std::string_view description;  // one line, no full stop
  std::string_view media_type;   // "application/json"
  std::string_view suffix;       // of a file that holds it, with its dot: ".spdx.json"
};

// Every format, in the order in which to list them. The first is the default.
std::span<const Format> formats();

// The whole report, ending in a newline (empty only for deb822 and rpm when there is nothing to
// declare). Fails with invalid_argument if no format has that name (the message lists those that
// there are), or if the format needs a timestamp and has none. Cost: linear in the size of the
// result; the output is held in memory.
Result<std::string> write(std::string_view format, const match::ScanResult& result,
                          const Options& options);

// A UUID (version 8) computed from what was found, not from when: equal results have equal serials.
std::string stable_serial(const match::ScanResult& result);

}  // namespace stowaway::report

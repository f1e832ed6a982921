// How bad an advisory is said to be: words, and CVSS vectors with the score that follows from them.
// Pure; safe from any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace stowaway::advisory {

// In this order: a later one is worse. `unknown`: nobody rated it.
enum class Level { unknown, none, low, medium, high, critical };
std::string_view name_of(Level level);  // "high"

// "HIGH", "Moderate", "low**" (the Debian tracker's stars do not count), "unimportant" (low).
// Nothing for what is no severity.
std::optional<Level> level_named(std::string_view word);

struct Rating {
  Level level = Level::unknown;
  double score = -1;   // 0..10 with one decimal; -1: not known
  std::string vector;  // "CVSS:3.1/AV:N/…", or a version 2 vector; empty: rated by a word
};

// The base score of a CVSS 2, 3.0 or 3.1 vector, by the equations of its specification (first.org);
// temporal and environmental metrics are read over. A CVSS 4 vector is kept without a score: its
// score comes from a table of 270 entries that is not here. Nothing for what is no vector.
std::optional<Rating> rating_of(std::string_view vector);

// True if `a` should be shown rather than `b`: a score rather than a word or nothing, a newer CVSS
// rather than an older, then the worse.
bool weighs_more(const Rating& a, const Rating& b);

}  // namespace stowaway::advisory

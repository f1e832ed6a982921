#include "base/versions.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace stowaway {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

// rank orders the kinds of part; text holds a number without leading zeros or a lower-case word.
struct Part {
  int rank;
  std::string text;
};
constexpr int kNothing = 4, kNumber = 7;
const Part kMissing{kNothing, ""};

int rank_of_word(std::string_view word) {
  static constexpr std::array<std::pair<std::string_view, int>, 16> kRanks{{{"dev", 0},
                                                                            {"alpha", 1},
                                                                            {"a", 6},
                                                                            {"beta", 2},
                                                                            {"pre", 3},
                                                                            {"preview", 3},
                                                                            {"rc", 3},
                                                                            {"cr", 3},
                                                                            {"snapshot", 0},
                                                                            {"p", 5},
                                                                            {"pl", 5},
                                                                            {"post", 5},
                                                                            {"patch", 5},
                                                                            {"ga", kNothing},
                                                                            {"final", kNothing},
                                                                            {"release", kNothing}}};
  for (const auto& [name, rank] : kRanks)
    if (name == word) return rank;
  return 6;
}

// 1.0b2 is a beta, 1.0.2a and 6b are not.
std::string spelt_out(const std::string& word) {
  if (word == "a") return "alpha";
  if (word == "b") return "beta";
  return word == "c" ? "rc" : word;
}

void drop_trailing_zeros(std::vector<Part>& parts) {
  while (!parts.empty() && parts.back().rank == kNumber && parts.back().text == "0")
    parts.pop_back();
}

std::vector<Part> parts_of(std::string_view label) {
  std::vector<Part> parts;
  for (std::size_t i = 0; i < label.size();) {
    std::size_t end = i;
    if (is_digit(label[i])) {
      while (end < label.size() && is_digit(label[end])) ++end;
      std::size_t first = i;
      while (first + 1 < end && label[first] == '0') ++first;
      parts.push_back(Part{kNumber, std::string(label.substr(first, end - first))});
    } else if (is_letter(label[i])) {
      std::string word;
      while (end < label.size() && is_letter(label[end])) word.push_back(lower(label[end++]));
      const bool before_digit = end < label.size() && is_digit(label[end]);
      const bool prefix = i == 0 && end < label.size() && (word == "v" || word == "release");
      if (before_digit && i > 0 && is_digit(label[i - 1])) word = spelt_out(word);
      if (!prefix) {
        drop_trailing_zeros(
            parts);  // 1.0rc1 is a kind of 1, as 1.0 is: this keeps the order transitive
        parts.push_back(Part{rank_of_word(word), word});
      }
    } else {
      ++end;
    }
    i = end;
  }
  drop_trailing_zeros(parts);
  while (!parts.empty() && parts.back().rank == kNothing) {
    parts.pop_back();
    drop_trailing_zeros(parts);
  }
  return parts;
}

std::weak_ordering compare_parts(const Part& a, const Part& b) {
  if (a.rank != b.rank) return a.rank <=> b.rank;
  if (a.rank == kNumber && a.text.size() != b.text.size()) return a.text.size() <=> b.text.size();
  return a.text.compare(b.text) <=> 0;
}

int debian_order(char c) {
  if (c == '~') return -1;
  if (is_digit(c) || c == 0) return 0;
  return is_letter(c) ? c : static_cast<unsigned char>(c) + 256;
}

std::weak_ordering compare_debian_part(std::string_view a, std::string_view b) {
  std::size_t i = 0, j = 0;
  const auto at = [](std::string_view text, std::size_t k) {
    return k < text.size() ? text[k] : '\0';
  };
  while (i < a.size() || j < b.size()) {
    while ((i < a.size() && !is_digit(a[i])) || (j < b.size() && !is_digit(b[j]))) {
      const int x = debian_order(at(a, i)), y = debian_order(at(b, j));
      if (x != y) return x <=> y;
      ++i;
      ++j;
    }
    while (at(a, i) == '0') ++i;
    while (at(b, j) == '0') ++j;
    std::weak_ordering first_difference = std::weak_ordering::equivalent;
    while (is_digit(at(a, i)) && is_digit(at(b, j))) {
      if (first_difference == 0) first_difference = a[i] <=> b[j];
      ++i;
      ++j;
    }
    if (is_digit(at(a, i))) return std::weak_ordering::greater;
    if (is_digit(at(b, j))) return std::weak_ordering::less;
    if (first_difference != 0) return first_difference;
  }
  return std::weak_ordering::equivalent;
}

struct DebianVersion {
  std::string_view epoch = "0", upstream, revision;
};

DebianVersion split_debian(std::string_view text) {
  DebianVersion out;
  if (const std::size_t colon = text.find(':'); colon != std::string_view::npos) {
    out.epoch = text.substr(0, colon);
    text.remove_prefix(colon + 1);
  }
  const std::size_t dash = text.rfind('-');
  out.upstream = text.substr(0, dash);
  if (dash != std::string_view::npos) out.revision = text.substr(dash + 1);
  return out;
}

struct SemanticVersion {
  std::string_view numbers, pre_release;  // dotted
};

SemanticVersion split_semver(std::string_view text) {
  if (text.starts_with('v')) text.remove_prefix(1);
  text = text.substr(0, text.find('+'));
  const std::size_t dash = std::min(text.find('-'), text.size());
  return {text.substr(0, dash), text.substr(std::min(dash + 1, text.size()))};
}

std::string_view take_identifier(std::string_view& dotted) {
  const std::size_t dot = std::min(dotted.find('.'), dotted.size());
  const std::string_view identifier = dotted.substr(0, dot);
  dotted.remove_prefix(std::min(dot + 1, dotted.size()));
  return identifier;
}

bool is_number(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, is_digit);
}

std::weak_ordering compare_identifier(std::string_view a, std::string_view b) {
  if (is_number(a) != is_number(b))
    return is_number(a) ? std::weak_ordering::less : std::weak_ordering::greater;
  if (is_number(a)) {
    a.remove_prefix(std::min(a.find_first_not_of('0'), a.size()));
    b.remove_prefix(std::min(b.find_first_not_of('0'), b.size()));
    if (a.size() != b.size()) return a.size() <=> b.size();
  }
  return a.compare(b) <=> 0;
}

// What one side lacks is `missing`; without it the shorter side is the lesser.
std::weak_ordering compare_identifiers(std::string_view a, std::string_view b,
                                       std::optional<std::string_view> missing) {
  while (!a.empty() || !b.empty()) {
    if (!missing && (a.empty() || b.empty())) return b.empty() <=> a.empty();
    const std::string_view x = a.empty() ? *missing : take_identifier(a);
    const std::string_view y = b.empty() ? *missing : take_identifier(b);
    if (const auto order = compare_identifier(x, y); order != 0) return order;
  }
  return std::weak_ordering::equivalent;
}

}  // namespace

std::weak_ordering compare_versions(std::string_view a, std::string_view b) {
  const std::vector<Part> left = parts_of(a), right = parts_of(b);
  for (std::size_t i = 0; i < std::max(left.size(), right.size()); ++i) {
    const auto order =
        compare_parts(i < left.size() ? left[i] : kMissing, i < right.size() ? right[i] : kMissing);
    if (order != 0) return order;
  }
  return std::weak_ordering::equivalent;
}

std::weak_ordering compare_debian(std::string_view a, std::string_view b) {
  const DebianVersion left = split_debian(a), right = split_debian(b);
  if (const auto order = compare_debian_part(left.epoch, right.epoch); order != 0) return order;
  if (const auto order = compare_debian_part(left.upstream, right.upstream); order != 0)
    return order;
  return compare_debian_part(left.revision, right.revision);
}

std::weak_ordering compare_semver(std::string_view a, std::string_view b) {
  const SemanticVersion left = split_semver(a), right = split_semver(b);
  if (const auto order = compare_identifiers(left.numbers, right.numbers, "0"); order != 0)
    return order;
  if (left.pre_release.empty() || right.pre_release.empty())
    return left.pre_release.empty() <=> right.pre_release.empty();
  return compare_identifiers(left.pre_release, right.pre_release, std::nullopt);
}

}  // namespace stowaway

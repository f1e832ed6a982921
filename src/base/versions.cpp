#include "base/versions.h"

#include <algorithm>
#include <array>
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
  static constexpr std::array<std::pair<std::string_view, int>, 16> kRanks{{
      {"dev", 0}, {"alpha", 1}, {"a", 6}, {"beta", 2}, {"pre", 3}, {"preview", 3}, {"rc", 3}, {"cr", 3}, {"snapshot", 0},
      {"p", 5}, {"pl", 5}, {"post", 5}, {"patch", 5}, {"ga", kNothing}, {"final", kNothing}, {"release", kNothing}}};
  for (const auto& [name, rank] : kRanks)
    if (name == word) return rank;
  return 6;
}

void drop_trailing_zeros(std::vector<Part>& parts) {
  while (!parts.empty() && parts.back().rank == kNumber && parts.back().text == "0") parts.pop_back();
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
      const bool prefix = i == 0 && end < label.size() && (word == "v" || word == "r" || word == "release");
      if (!prefix) {
        drop_trailing_zeros(parts);  // 1.0rc1 is a kind of 1, as 1.0 is: this keeps the order transitive
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
  const auto at = [](std::string_view text, std::size_t k) { return k < text.size() ? text[k] : '\0'; };
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

}  // namespace

std::weak_ordering compare_versions(std::string_view a, std::string_view b) {
  const std::vector<Part> left = parts_of(a), right = parts_of(b);
  for (std::size_t i = 0; i < std::max(left.size(), right.size()); ++i) {
    const auto order = compare_parts(i < left.size() ? left[i] : kMissing, i < right.size() ? right[i] : kMissing);
    if (order != 0) return order;
  }
  return std::weak_ordering::equivalent;
}

std::weak_ordering compare_debian(std::string_view a, std::string_view b) {
  const DebianVersion left = split_debian(a), right = split_debian(b);
  if (const auto order = compare_debian_part(left.epoch, right.epoch); order != 0) return order;
  if (const auto order = compare_debian_part(left.upstream, right.upstream); order != 0) return order;
  return compare_debian_part(left.revision, right.revision);
}

}  // namespace stowaway

#include "report/text.h"

#include <fmt/core.h>

#include <algorithm>
#include <cstdint>

namespace stowaway::report {
namespace {

constexpr char32_t kInvalid = 0xFFFFFFFF;

struct Character {
  char32_t code = kInvalid;  // kInvalid: the byte belongs to no character
  std::size_t size = 1;      // bytes
};

bool is_continuation(char byte) { return (static_cast<unsigned char>(byte) & 0xC0U) == 0x80U; }

// Well-formed UTF-8 only: no overlong forms, no surrogates, nothing above U+10FFFF (Unicode 15,
// table 3-7). `bytes` is not empty.
Character next_character(std::string_view bytes) {
  const auto lead = static_cast<unsigned char>(bytes[0]);
  if (lead < 0x80) return {lead, 1};
  const std::size_t size = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  if (lead < 0xC2 || lead > 0xF4 || bytes.size() < size) return {};
  char32_t code = lead & (0xFFU >> (size + 1));
  for (std::size_t i = 1; i < size; ++i) {
    if (!is_continuation(bytes[i])) return {};
    code = code << 6 | (static_cast<unsigned char>(bytes[i]) & 0x3FU);
  }
  const bool overlong = (size == 3 && code < 0x800) || (size == 4 && code < 0x10000);
  const bool surrogate = code >= 0xD800 && code <= 0xDFFF;
  if (overlong || surrogate || code > 0x10FFFF) return {};
  return {code, size};
}

struct Range {
  char32_t first, last;
};

template <std::size_t N>
bool lies_in(const Range (&ranges)[N], char32_t code) {
  return std::any_of(std::begin(ranges), std::end(ranges),
                     [code](Range range) { return code >= range.first && code <= range.last; });
}

// Characters that hide or reorder what stands beside them: C1 controls, soft hyphen, bidirectional
// marks and overrides, zero-width characters, line and paragraph separators, tags, private use and
// noncharacters at the ends of planes.
constexpr Range kUnseen[] = {
    {0x80, 0x9F},     {0xAD, 0xAD},     {0x61C, 0x61C},     {0x115F, 0x1160},
    {0x17B4, 0x17B5}, {0x180B, 0x180F}, {0x200B, 0x200F},   {0x2028, 0x202E},
    {0x2060, 0x206F}, {0x3164, 0x3164}, {0xFE00, 0xFE0F},   {0xFEFF, 0xFEFF},
    {0xFFA0, 0xFFA0}, {0xFFF0, 0xFFFB}, {0xE0000, 0xE0FFF}, {0xF0000, 0x10FFFF}};

// Coarse, after Unicode's East Asian Width and general category Mn/Me: a table needs no more.
constexpr Range kCombining[] = {
    {0x300, 0x36F},   {0x483, 0x489},   {0x591, 0x5BD},   {0x610, 0x61A},
    {0x64B, 0x65F},   {0x6D6, 0x6DC},   {0x900, 0x902},   {0x93C, 0x93C},
    {0x941, 0x948},   {0xE31, 0xE31},   {0xE34, 0xE3A},   {0xE47, 0xE4E},
    {0x1AB0, 0x1AFF}, {0x1DC0, 0x1DFF}, {0x20D0, 0x20FF}, {0xFE20, 0xFE2F}};
constexpr Range kWide[] = {
    {0x1100, 0x115E},   {0x231A, 0x231B},   {0x2E80, 0x303E},   {0x3041, 0xA4CF},  {0xA960, 0xA97F},
    {0xAC00, 0xD7A3},   {0xF900, 0xFAFF},   {0xFE30, 0xFE6F},   {0xFF01, 0xFF60},  {0xFFE0, 0xFFE6},
    {0x1F300, 0x1F64F}, {0x1F680, 0x1F6FF}, {0x1F900, 0x1F9FF}, {0x20000, 0x3FFFD}};

std::size_t columns_of_one(char32_t code) {
  if (lies_in(kCombining, code)) return 0;
  return lies_in(kWide, code) ? 2 : 1;
}

void append_escaped(std::string& out, std::string_view bytes, Character character) {
  if (character.code == kInvalid || character.code < 0x20 || character.code == 0x7F) {
    const auto byte = static_cast<unsigned char>(bytes[0]);
    switch (byte) {
      case '\n': out += "\\n"; return;
      case '\r': out += "\\r"; return;
      case '\t': out += "\\t"; return;
      default: out += fmt::format("\\x{:02x}", byte); return;
    }
  }
  if (character.code == '\\') {
    out += "\\\\";
  } else if (lies_in(kUnseen, character.code)) {
    out += fmt::format("\\u{{{:x}}}", static_cast<std::uint32_t>(character.code));
  } else {
    out += bytes.substr(0, character.size);
  }
}

// The longest prefix that takes at most `columns`.
std::string_view prefix(std::string_view utf8, std::size_t columns) {
  std::size_t end = 0, used = 0;
  while (end < utf8.size()) {
    const Character character = next_character(utf8.substr(end));
    used += columns_of_one(character.code);
    if (used > columns) break;
    end += character.size;
  }
  return utf8.substr(0, end);
}

// The longest suffix that takes at most `columns`.
std::string_view suffix(std::string_view utf8, std::size_t columns) {
  std::size_t start = 0, left = columns_of(utf8);
  while (left > columns) {
    const Character character = next_character(utf8.substr(start));
    left -= columns_of_one(character.code);
    start += character.size;
  }
  return utf8.substr(start);
}

// Printable ASCII that needs no escape: one column a byte, and nearly all that there is.
bool is_plain(std::string_view bytes) {
  return std::ranges::all_of(bytes, [](char c) { return c >= ' ' && c <= '~' && c != '\\'; });
}

}  // namespace

bool is_utf8(std::string_view bytes) {
  while (!bytes.empty()) {
    const Character character = next_character(bytes);
    if (character.code == kInvalid) return false;
    bytes.remove_prefix(character.size);
  }
  return true;
}

std::string to_utf8(std::string_view bytes) {
  if (is_utf8(bytes)) return std::string(bytes);
  std::string out;
  while (!bytes.empty()) {
    const Character character = next_character(bytes);
    out += character.code == kInvalid ? "\xEF\xBF\xBD" : bytes.substr(0, character.size);
    bytes.remove_prefix(character.size);
  }
  return out;
}

std::string to_line(std::string_view bytes) {
  if (is_plain(bytes)) return std::string(bytes);
  std::string out;
  out.reserve(bytes.size());
  while (!bytes.empty()) {
    const Character character = next_character(bytes);
    append_escaped(out, bytes, character);
    bytes.remove_prefix(character.size);
  }
  return out;
}

std::size_t columns_of(std::string_view utf8) {
  if (is_plain(utf8)) return utf8.size();
  std::size_t columns = 0;
  while (!utf8.empty()) {
    const Character character = next_character(utf8);
    columns += columns_of_one(character.code);
    utf8.remove_prefix(character.size);
  }
  return columns;
}

std::string shorten_middle(std::string_view utf8, std::size_t columns) {
  if (columns_of(utf8) <= columns) return std::string(utf8);
  const std::size_t head = (columns - 1) / 3;  // the end of a path tells more than its beginning
  return std::string(prefix(utf8, head)) + "…" + std::string(suffix(utf8, columns - 1 - head));
}

std::string shorten_end(std::string_view utf8, std::size_t columns) {
  if (columns_of(utf8) <= columns) return std::string(utf8);
  return std::string(prefix(utf8, columns - 1)) + "…";
}

std::vector<std::string> wrap(std::string_view utf8, std::size_t columns) {
  columns =
      std::max<std::size_t>(columns, 2);  // room for one wide character, so that each turn gets on
  std::vector<std::string> lines;
  while (columns_of(utf8) > columns) {
    std::size_t cut = prefix(utf8, columns).size();
    if (utf8[cut] != ' ') {
      const std::size_t space = utf8.substr(0, cut).rfind(' ');
      if (space != std::string_view::npos && space > 0) cut = space;
    }
    lines.emplace_back(utf8.substr(0, cut));
    utf8.remove_prefix(cut);
    while (utf8.starts_with(' ')) utf8.remove_prefix(1);
  }
  if (!utf8.empty() || lines.empty()) lines.emplace_back(utf8);
  return lines;
}

std::string percent_encode(std::string_view bytes, std::string_view also_kept) {
  static constexpr std::string_view kUnreserved =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
  std::string out;
  out.reserve(bytes.size());
  for (const char byte : bytes) {
    const bool kept = kUnreserved.find(byte) != std::string_view::npos ||
                      also_kept.find(byte) != std::string_view::npos;
    if (kept) {
      out += byte;
    } else {
      out += fmt::format("%{:02X}", static_cast<unsigned char>(byte));
    }
  }
  return out;
}

std::string base64(std::string_view bytes) {
  static constexpr char kDigits[] =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  out.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const std::string_view group = bytes.substr(i, 3);
    std::uint32_t bits = 0;
    for (std::size_t j = 0; j < 3; ++j) {
      bits = bits << 8 | (j < group.size() ? static_cast<unsigned char>(group[j]) : 0U);
    }
    for (std::size_t j = 0; j < 4; ++j) {
      out += j <= group.size() ? kDigits[bits >> (18 - 6 * j) & 63U] : '=';
    }
  }
  return out;
}

std::string to_html(std::string_view bytes) {
  std::string out;
  for (const char c : to_line(bytes)) {
    switch (c) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '"': out += "&quot;"; break;
      case '\'': out += "&#39;"; break;
      default: out += c;
    }
  }
  return out;
}

}  // namespace stowaway::report

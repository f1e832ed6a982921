#include "fingerprint/normalise.h"

#include <xxhash.h>

#include <algorithm>
#include <array>
#include <cstring>

#include "fingerprint/normalise_vector.h"

namespace stowaway::fingerprint {
namespace {

constexpr std::size_t kTextProbeBytes = 8000;

enum Class : std::uint8_t { kKeep = 0, kDrop = 1, kSpecial = 2 };

constexpr std::array<std::uint8_t, 256> make_classes(std::string_view special) {
  std::array<std::uint8_t, 256> classes{};
  for (int i = 0; i <= 0x20; ++i) classes[i] = kDrop;
  for (const char c : special) classes[static_cast<unsigned char>(c)] = kSpecial;
  return classes;
}
constexpr auto kPlain = make_classes("");
constexpr auto kCode = make_classes("\"'/");

constexpr std::array<bool, 256> make_before_comment() {
  std::array<bool, 256> table{};
  for (int i = 0; i <= 0x20; ++i) table[i] = true;
  for (const char c : std::string_view(";{},()")) table[static_cast<unsigned char>(c)] = true;
  return table;
}
constexpr auto kBeforeLineComment = make_before_comment();

struct Writer {
  std::uint8_t* out;
  std::size_t size = 0;

  void keep_unless_blank(std::uint8_t byte) {
    out[size] = byte;
    size += byte > 0x20;
  }
  // Copies from `from` until a special byte; returns its position, or `end`.
  std::size_t copy_plain(const std::uint8_t* in, std::size_t from, std::size_t end,
                         const std::array<std::uint8_t, 256>& classes) {
    for (; from < end; ++from) {
      const std::uint8_t byte = in[from];
      const std::uint8_t type = classes[byte];
      if (type == kSpecial) return from;
      out[size] = byte;
      size += type == kKeep;
    }
    return end;
  }
};

// Position after the literal that opens at `at`, all its visible bytes copied.
std::size_t copy_literal(Writer& writer, const std::uint8_t* in, std::size_t at, std::size_t end) {
  const std::uint8_t quote = in[at];
  writer.keep_unless_blank(quote);
  for (++at; at < end; ++at) {
    const std::uint8_t byte = in[at];
    writer.keep_unless_blank(byte);
    if (byte == quote || byte == '\n') return at + 1;
    if (byte == '\\' && at + 1 < end) writer.keep_unless_blank(in[++at]);
  }
  return end;
}

std::size_t find_comment_end(const std::uint8_t* in, std::size_t from, std::size_t end) {
  while (from + 1 < end) {
    const void* star = std::memchr(in + from, '*', end - from - 1);
    if (star == nullptr) return end;
    from = static_cast<std::size_t>(static_cast<const std::uint8_t*>(star) - in);
    if (in[from + 1] == '/') return from + 2;
    ++from;
  }
  return end;
}

void strip_c(Writer& writer, const std::uint8_t* in, std::size_t end, bool line_comments) {
  std::size_t at = 0;
  bool unclosed = false;  // once a "/*" has no end, no later one has
  while ((at = writer.copy_plain(in, at, end, kCode)) < end) {
    if (in[at] != '/') {
      at = copy_literal(writer, in, at, end);
      continue;
    }
    const std::uint8_t next = at + 1 < end ? in[at + 1] : 0;
    if (next == '*' && !unclosed) {
      const std::size_t after = find_comment_end(in, at + 2, end);
      unclosed = after == end && !(end - at >= 4 && in[end - 1] == '/' && in[end - 2] == '*');
      if (!unclosed) {
        at = after;
        continue;
      }
    } else if (line_comments && next == '/' && (at == 0 || kBeforeLineComment[in[at - 1]])) {
      const void* newline = std::memchr(in + at, '\n', end - at);
      at = newline == nullptr
               ? end
               : static_cast<std::size_t>(static_cast<const std::uint8_t*>(newline) - in);
      continue;
    }
    writer.keep_unless_blank(in[at++]);
  }
}

void strip_hash(Writer& writer, const std::uint8_t* in, std::size_t end) {
  for (std::size_t at = 0; at < end;) {
    const void* newline = std::memchr(in + at, '\n', end - at);
    const std::size_t line_end =
        newline == nullptr
            ? end
            : static_cast<std::size_t>(static_cast<const std::uint8_t*>(newline) - in);
    std::size_t first = at;
    while (first < line_end && in[first] <= 0x20) ++first;
    if (first < line_end && in[first] != '#') writer.copy_plain(in, first, line_end, kPlain);
    at = line_end + 1;
  }
}

}  // namespace

bool looks_like_text(Bytes bytes) {
  const std::size_t probe = std::min(bytes.size(), kTextProbeBytes);
  return probe == 0 || std::memchr(bytes.data(), 0, probe) == nullptr;
}

Bytes normalise(Bytes bytes, CommentStyle style, std::vector<std::byte>& out, InstructionSet with) {
  if (!looks_like_text(bytes)) return bytes;
  const auto* in = reinterpret_cast<const std::uint8_t*>(bytes.data());
  std::size_t end = bytes.size();
  if (end >= 3 && in[0] == 0xEF && in[1] == 0xBB && in[2] == 0xBF) {
    in += 3;
    end -= 3;
  }
  if (out.size() < end + 64) out.resize(end + 64);
  auto* const to = reinterpret_cast<std::uint8_t*>(out.data());
#if STOWAWAY_HAS_AVX
  if (with == InstructionSet::avx512) return Bytes(out.data(), strip_avx512(in, end, style, to));
  if (with == InstructionSet::avx2) return Bytes(out.data(), strip_avx2(in, end, style, to));
#endif
  static_cast<void>(with);
  Writer writer{to};
  switch (style) {
    case CommentStyle::none: writer.copy_plain(in, 0, end, kPlain); break;
    case CommentStyle::c: strip_c(writer, in, end, true); break;
    case CommentStyle::css: strip_c(writer, in, end, false); break;
    case CommentStyle::hash: strip_hash(writer, in, end); break;
  }
  return Bytes(out.data(), writer.size);
}

Bytes normalise(Bytes bytes, CommentStyle style, std::vector<std::byte>& out) {
  return normalise(bytes, style, out, best_instruction_set());
}

NormalisedId normalised_id(Bytes normalised) {
  return XXH3_64bits(normalised.data(), normalised.size());
}

}  // namespace stowaway::fingerprint

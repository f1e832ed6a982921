#include "source/debian/dsc.h"

#include <algorithm>
#include <charconv>
#include <optional>

namespace stowaway::source {
namespace {

constexpr std::size_t kMaxTextBytes = std::size_t{1}
                                      << 20;  // the largest .dsc of Debian 12 has 60 KiB

constexpr std::size_t kMaxIndexParagraphs = 10'000;

constexpr std::string_view kSigned = "-----BEGIN PGP SIGNED MESSAGE-----";
constexpr std::string_view kSignature = "-----BEGIN PGP SIGNATURE-----";

// Takes the first line off `text`, without its end.
std::string_view take_line(std::string_view& text) {
  const std::size_t end = text.find('\n');
  std::string_view line = text.substr(0, end);
  text = end == std::string_view::npos ? std::string_view{} : text.substr(end + 1);
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

std::string_view trim(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool same_name(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return lower(x) == lower(y); });
}

const std::string* find_field(const std::vector<Deb822Field>& fields, std::string_view name) {
  for (const Deb822Field& field : fields) {
    if (same_name(field.name, name)) return &field.value;
  }
  return nullptr;
}

std::string_view take_word(std::string_view& line) {
  line = trim(line);
  const std::size_t end = line.find_first_of(" \t");
  const std::string_view word = line.substr(0, end);
  line = end == std::string_view::npos ? std::string_view{} : trim(line.substr(end));
  return word;
}

std::optional<std::string> read_hex(std::string_view word, std::size_t digits) {
  if (word.size() != digits) return std::nullopt;
  std::string hex;
  for (const char c : word) {
    const char folded = lower(c);
    if (!(folded >= '0' && folded <= '9') && !(folded >= 'a' && folded <= 'f')) return std::nullopt;
    hex += folded;
  }
  return hex;
}

bool is_plain_name(std::string_view name) {
  return !name.empty() && name != "." && name != ".." && name.find('/') == std::string_view::npos &&
         name.find('\0') == std::string_view::npos;
}

DscFile& file_of(std::vector<DscFile>& files, std::string_view name, std::uint64_t size_bytes) {
  const auto found =
      std::find_if(files.begin(), files.end(), [&](const DscFile& f) { return f.name == name; });
  if (found != files.end()) return *found;
  files.push_back(DscFile{std::string(name), size_bytes, "", ""});
  return files.back();
}

// Lines of "HASH SIZE NAME"; `hash` says which member of DscFile they fill.
Result<> add_checksums(const std::string* value, std::size_t digits, std::string DscFile::*hash,
                       std::vector<DscFile>& files) {
  if (value == nullptr) return {};
  std::string_view rest = *value;
  while (!rest.empty()) {
    std::string_view line = trim(take_line(rest));
    if (line.empty()) continue;
    const std::optional<std::string> hex = read_hex(take_word(line), digits);
    const std::string_view size_word = take_word(line);
    std::uint64_t size = 0;
    const auto [end, error] =
        std::from_chars(size_word.data(), size_word.data() + size_word.size(), size);
    const bool size_ok = error == std::errc{} && end == size_word.data() + size_word.size();
    if (!hex || !size_ok) return fail(ErrorCode::corrupt, "a line that is not \"hash size name\"");
    if (!is_plain_name(line)) return fail(ErrorCode::corrupt, "a file name that leads elsewhere");
    DscFile& file = file_of(files, line, size);
    if (file.size_bytes != size) return fail(ErrorCode::corrupt, "two sizes for {}", file.name);
    if (!(file.*hash).empty()) return fail(ErrorCode::corrupt, "{} is listed twice", file.name);
    file.*hash = *hex;
  }
  return {};
}

}  // namespace

Result<ClearText> clear_text_of(std::string_view text) {
  std::string_view rest = text;
  bool armoured = false;
  while (!rest.empty() && !armoured) armoured = trim(take_line(rest)) == kSigned;
  if (!armoured) return ClearText{std::string(text), false};
  // Armour headers ("Hash: SHA256") end with an empty line.
  while (!rest.empty() && !trim(take_line(rest)).empty()) {
  }
  ClearText result{.text = {}, .is_signed = true};
  while (!rest.empty()) {
    std::string_view line = take_line(rest);
    if (trim(line) == kSignature) return result;
    if (line.starts_with("- ")) line.remove_prefix(2);
    result.text += line;
    result.text += '\n';
  }
  return fail(ErrorCode::corrupt, "the signed text has no signature at its end");
}

Result<std::vector<Deb822Field>> parse_deb822_paragraph(std::string_view text) {
  std::vector<Deb822Field> fields;
  while (!text.empty()) {
    const std::string_view line = take_line(text);
    if (line.starts_with('#')) continue;
    if (trim(line).empty()) {
      if (fields.empty()) continue;
      break;
    }
    if (line.front() == ' ' || line.front() == '\t') {
      if (fields.empty()) return fail(ErrorCode::corrupt, "a continuation before the first field");
      fields.back().value += '\n';
      fields.back().value += line.substr(1);
      continue;
    }
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos || colon == 0) {
      return fail(ErrorCode::corrupt, "a line that is no field");
    }
    const std::string_view name = trim(line.substr(0, colon));
    if (find_field(fields, name) != nullptr) {
      return fail(ErrorCode::corrupt, "the field {} is there twice", name);
    }
    fields.push_back({std::string(name), std::string(trim(line.substr(colon + 1)))});
  }
  return fields;
}

namespace {

// `name_field` is what the package's name is called: "Source" in a .dsc, "Package" in an index.
Result<Dsc> read_fields(const std::vector<Deb822Field>& fields, std::string_view name_field) {
  const std::string* const source = find_field(fields, name_field);
  const std::string* const version = find_field(fields, "Version");
  const std::string* const format = find_field(fields, "Format");
  if (source == nullptr || source->empty())
    return fail(ErrorCode::corrupt, "no field {}", name_field);
  if (version == nullptr || version->empty()) return fail(ErrorCode::corrupt, "no field Version");
  Dsc dsc{.source = *source,
          .version = *version,
          .format = format == nullptr ? "1.0" : *format,
          .files = {},
          .is_signed = false};
  STOWAWAY_TRY_VOID(
      add_checksums(find_field(fields, "Checksums-Sha256"), 64, &DscFile::sha256_hex, dsc.files));
  STOWAWAY_TRY_VOID(add_checksums(find_field(fields, "Files"), 32, &DscFile::md5_hex, dsc.files));
  if (dsc.files.empty()) return fail(ErrorCode::corrupt, "it lists no files");
  return dsc;
}

}  // namespace

Result<Dsc> parse_dsc(std::string_view text) {
  if (text.size() > kMaxTextBytes) {
    return fail(ErrorCode::limit_exceeded, "a .dsc over {} bytes", kMaxTextBytes);
  }
  STOWAWAY_TRY(const ClearText clear, clear_text_of(text));
  STOWAWAY_TRY(const std::vector<Deb822Field> fields, parse_deb822_paragraph(clear.text));
  STOWAWAY_TRY(Dsc dsc, read_fields(fields, "Source"));
  dsc.is_signed = clear.is_signed;
  return dsc;
}

Result<std::vector<Dsc>> parse_sources_index(std::string_view text) {
  std::vector<Dsc> found;
  while (!text.empty()) {
    std::size_t end = text.find("\n\n");
    end = end == std::string_view::npos ? text.size() : end + 2;
    const std::string_view paragraph = text.substr(0, end);
    text.remove_prefix(end);
    if (paragraph.find_first_not_of(" \t\r\n") == std::string_view::npos) continue;
    if (paragraph.size() > kMaxTextBytes)
      return fail(ErrorCode::limit_exceeded, "a paragraph over {} bytes", kMaxTextBytes);
    if (found.size() == kMaxIndexParagraphs)
      return fail(ErrorCode::limit_exceeded, "more than {} paragraphs", kMaxIndexParagraphs);
    STOWAWAY_TRY(const std::vector<Deb822Field> fields, parse_deb822_paragraph(paragraph));
    STOWAWAY_TRY(Dsc dsc, read_fields(fields, "Package"));
    found.push_back(std::move(dsc));
  }
  return found;
}

}  // namespace stowaway::source

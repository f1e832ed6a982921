#include "match/declare.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstring>
#include <map>
#include <nlohmann/json.hpp>

#include "match/expression.h"

namespace stowaway::match {
namespace {

constexpr std::size_t kMaxStatements = 24, kBannerBytes = 1536;
constexpr std::size_t kMaxMatches = 400;

// A dotted version, with what upstreams append: 1.2.3, 2.0.0-beta.1, 1.0.2k.
#define STOWAWAY_VERSION R"(\d{1,4}(?:\.\d{1,5}){1,3}[a-z]?(?:[-.]?(?:alpha|beta|rc|pre)[-.]?\d*)?)"

struct Expressions {
  Expression text_macro{
      R"re(^[ \t]*#[ \t]*define[ \t]+(\w*VER(?:SION)?\w*|\w*RELEASE\w*)[ \t]+(?:\w+\()?"[^"\n0-9]{0,24}()re" STOWAWAY_VERSION
      ")"};
  Expression number_macro{
      R"re(^[ \t]*#[ \t]*define[ \t]+(\w*?)_?(?:VER(?:SION)?_?)?(MAJOR|MINOR|MICRO|PATCHLEVEL|PATCH|RELEASE|REVISION|SUBMINOR|SUBLEVEL|TEENY|BUGFIX|POINT)(?:_?VER(?:SION)?|_?V|_?NUMBER)?[ \t]+\(?[ \t]*(\d{1,6})\b)re"};
  Expression constant{
      R"re(([vV]er(?:sion)?\w*)(?:\[\])?[ \t]*=[ \t]*(?:"[^"\n0-9]{0,16}()re" STOWAWAY_VERSION
      R"re()|\{[ \t]*(\d{1,5})[ \t]*,[ \t]*(\d{1,5})[ \t]*(?:,[ \t]*(\d{1,5}))?))re"};
  Expression banner{
      R"re((?:(?:[vV]ersion|VERSION|[rR]elease|@version)[ \t:=]+v?|[ \t]-[ \t]v|\b[vV])()re" STOWAWAY_VERSION
      ")\\b"};
  // "jQuery UI Core 1.13.2", "Underscore.js 1.8.3" at the beginning of a comment's line.
  Expression title{
      R"re(^[ \t]*(?:/\*+!?|//+|\*|#|;)[ \t*!]*(?:@license[ \t]+)?([A-Za-z][\w.+-]*(?:[ \t]+[A-Za-z][\w.+-]*){0,3})[ \t]+v?()re" STOWAWAY_VERSION
      ")(?![\\w.])"};
  Expression readme{
      R"re(^[# \t=*]*([A-Za-z][\w.+-]*(?:[ \t]+[A-Za-z][\w.+-]*){0,2})[ \t,:-]+(?:[vV]ersion[ \t]+|v)?()re" STOWAWAY_VERSION
      ")(?![\\w.])"};
  Expression autoconf{
      R"re(AC_INIT[ \t]*\([ \t\n]*\[?([^\],\n]{1,60})\]?[ \t]*,[ \t\n]*\[?()re" STOWAWAY_VERSION
      ")"};
  Expression cmake{
      R"re((?:project|PROJECT)[ \t]*\([ \t\n]*"?([\w.+-]{1,60})"?[^)]{0,200}?VERSION[ \t\n]+"?()re" STOWAWAY_VERSION
      ")"};
  Expression meson{
      R"re(project[ \t]*\([ \t\n]*'([^'\n]{1,60})'[^)]{0,400}?version[ \t]*:[ \t]*'()re" STOWAWAY_VERSION
      ")"};
  Expression key_name{R"re(^[ \t-]*(?:Name|name|Short Name)[ \t]*:[ \t]*"?([^"\n]{1,80}))re"};
  Expression key_version{
      R"re(^[ \t-]*(?:Version|version|release|Release)[ \t]*:[ \t]*"?[^0-9\n"]{0,24}()re" STOWAWAY_VERSION
      ")"};
};

const Expressions& expressions() {
  static const Expressions kExpressions;
  return kExpressions;
}

// What is left of a macro's name when the words that say "version" are taken away: LZ4 of
// LZ4_VERSION_STRING.
std::string stem_of(std::string_view macro) {
  std::size_t cut = macro.size();
  for (const std::string_view word : {"VERSION", "Version", "version", "VER", "RELEASE", "ver"})
    cut = std::min(cut, macro.find(word));
  std::string stem(macro.substr(0, cut));
  while (!stem.empty() && stem.back() == '_') stem.pop_back();
  return stem;
}

// `part` of `text`, extended to where its word begins. (An expression that begins with \w* is tried
// at every letter: half of the time that statements cost.)
std::string_view whole_word(std::string_view text, std::string_view part) {
  auto first = static_cast<std::size_t>(part.data() - text.data());
  const std::size_t end = first + part.size();
  while (first > 0 &&
         (std::isalnum(static_cast<unsigned char>(text[first - 1])) != 0 || text[first - 1] == '_'))
    --first;
  return text.substr(first, end - first);
}

// Whether a match is the last argument of a call: AppDirs("name", version="1.0") states nothing.
bool is_argument(std::string_view text, std::string_view match) {
  const auto end = static_cast<std::size_t>(match.data() - text.data()) + match.size();
  const std::size_t next = text.find_first_not_of("\"' \t", end);
  return next != std::string_view::npos && text[next] == ')';
}

// string_view::find stops at each first letter; this is several times as fast.
std::size_t position_of(std::string_view text, std::string_view word, std::size_t from = 0) {
  if (from >= text.size()) return std::string_view::npos;
  const void* const found =
      ::memmem(text.data() + from, text.size() - from, word.data(), word.size());
  return found == nullptr ? std::string_view::npos
                          : static_cast<std::size_t>(static_cast<const char*>(found) - text.data());
}

bool mentions_version(std::string_view text) {
  static constexpr std::array<std::string_view, 5> kWords{"ersion", "ERSION", "_MAJOR", "VER_",
                                                          " v"};
  return std::ranges::any_of(kWords, [&](std::string_view word) {
    return position_of(text, word) != std::string_view::npos;
  });
}

// The lines that define a macro with a digit, one after the other, so that expressions need not
// look at all the others.
std::string macro_lines(std::string_view text) {
  constexpr std::string_view kDefine = "define", kBlank = " \t";
  std::string lines;
  for (std::size_t at = position_of(text, kDefine); at != std::string_view::npos;) {
    const std::size_t before = text.find_last_of('\n', at);
    const std::size_t first = before == std::string_view::npos ? 0 : before + 1;
    const std::size_t end = std::min(text.find('\n', at), text.size());
    const std::string_view line = text.substr(first, end - first);
    const std::size_t sign = line.find_first_not_of(kBlank);
    if (line[sign] == '#' && line.find_first_not_of(kBlank, sign + 1) == at - first &&
        line.find_first_of("0123456789") != std::string_view::npos)
      lines.append(line).push_back('\n');
    at = position_of(text, kDefine, end);
  }
  return lines;
}

void add(std::vector<Statement>& out, std::string name, std::string_view version,
         const char* method) {
  if (out.size() < kMaxStatements) out.push_back({std::move(name), std::string(version), method});
}

struct Numbers {
  std::string major, minor, patch;
};

void add_number_macros(std::string_view text, std::vector<Statement>& out) {
  std::map<std::string, Numbers> by_stem;
  expressions().number_macro.for_each(text, kMaxMatches,
                                      [&](std::span<const std::string_view> groups) {
                                        Numbers& numbers = by_stem[std::string(groups[1])];
                                        std::string& field = groups[2] == "MAJOR"   ? numbers.major
                                                             : groups[2] == "MINOR" ? numbers.minor
                                                                                    : numbers.patch;
                                        if (field.empty()) field = groups[3];
                                      });
  for (const auto& [stem, numbers] : by_stem)
    if (!numbers.major.empty() && !numbers.minor.empty())
      add(out, stem,
          numbers.major + "." + numbers.minor + (numbers.patch.empty() ? "" : "." + numbers.patch),
          "macro");
}

std::string_view text_of(fingerprint::Bytes bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), std::min(bytes.size(), kMaxDeclaredBytes)};
}

std::string_view name_of_file(std::string_view path) { return path.substr(path.rfind('/') + 1); }

std::vector<Statement> from_json(fingerprint::Bytes bytes, const char* method) {
  std::vector<Statement> out;
  const std::string_view text = text_of(bytes);
  const auto json = nlohmann::json::parse(text, nullptr, false);
  const auto text_at = [](const nlohmann::json& object, const char* key) {
    const auto found = object.is_object() ? object.find(key) : object.end();
    return object.is_object() && found != object.end() && found->is_string()
               ? found->get<std::string>()
               : std::string();
  };
  const auto add_object = [&](const nlohmann::json& object) {
    std::string name = text_at(object, "name"), version = text_at(object, "version");
    if (name.empty()) name = text_at(object, "Name");
    if (version.empty()) version = text_at(object, "Version");
    if (!version.empty()) add(out, name, version, method);
  };
  if (json.is_array())
    for (const auto& item : json) add_object(item);
  else
    add_object(json);
  return out;
}

std::vector<Statement> from_keys(fingerprint::Bytes bytes, const char* method) {
  std::string name, version;
  const std::string_view text = text_of(bytes);
  expressions().key_name.for_each(text, 1, [&](auto groups) { name = groups[1]; });
  expressions().key_version.for_each(text, 1, [&](auto groups) { version = groups[1]; });
  if (version.empty()) return {};
  return {Statement{name, version, method}};
}

// A README states a version in its title, or nowhere that could be relied on.
std::vector<Statement> from_readme(fingerprint::Bytes bytes) {
  constexpr std::size_t kTitleBytes = 400;
  std::vector<Statement> out;
  expressions().readme.for_each(text_of(bytes).substr(0, kTitleBytes), 1, [&](auto groups) {
    add(out, std::string(groups[1]), groups[2], "readme");
  });
  return out;
}

std::vector<Statement> from_call(const Expression& expression, fingerprint::Bytes bytes,
                                 const char* method) {
  std::vector<Statement> out;
  expression.for_each(text_of(bytes), 1,
                      [&](auto groups) { add(out, std::string(groups[1]), groups[2], method); });
  return out;
}

}  // namespace

std::vector<Statement> titles_in_script(fingerprint::Bytes bytes) {
  std::vector<Statement> out;
  expressions().title.for_each(text_of(bytes).substr(0, kBannerBytes), 1, [&](auto groups) {
    add(out, std::string(groups[1]), groups[2], "banner");
  });
  return out;
}

std::vector<Statement> statements_in_code(fingerprint::Bytes bytes) {
  std::vector<Statement> out;
  const std::string_view text = text_of(bytes);
  if (!mentions_version(text)) return out;
  const std::string macros = macro_lines(text);
  expressions().text_macro.for_each(
      macros, kMaxMatches, [&](auto groups) { add(out, stem_of(groups[1]), groups[2], "macro"); });
  add_number_macros(macros, out);
  expressions().constant.for_each(text, 8, [&](auto groups) {
    if (is_argument(text, groups[0])) return;
    const std::string_view word = whole_word(text, groups[1]);
    if (!groups[2].empty())
      add(out, stem_of(word), groups[2], "constant");
    else if (!groups[3].empty())
      add(out, stem_of(word),
          std::string(groups[3]) + "." + std::string(groups[4]) +
              (groups[5].empty() ? "" : "." + std::string(groups[5])),
          "constant");
  });
  const auto titles = titles_in_script(bytes);
  std::ranges::copy(titles, std::back_inserter(out));
  if (titles.empty())
    expressions().banner.for_each(text.substr(0, kBannerBytes), 1,
                                  [&](auto groups) { add(out, "", groups[1], "banner"); });
  return out;
}

namespace {

bool is_readme(std::string_view path) {
  static constexpr std::array<std::string_view, 8> kReadmes{"README",     "README.md", "README.txt",
                                                            "README.rst", "Readme",    "Readme.md",
                                                            "readme.md",  "readme.txt"};
  return std::ranges::find(kReadmes, name_of_file(path)) != kReadmes.end();
}

bool is_pkg_config(std::string_view path) {
  return path.ends_with(".pc") || path.ends_with(".pc.in");
}

}  // namespace

bool is_manifest(std::string_view path) {
  static constexpr std::array<std::string_view, 12> kNames{
      "package.json",    "bower.json",          "component.json", "configure.ac",
      "configure.in",    "CMakeLists.txt",      "meson.build",    "moz.yaml",
      "README.chromium", "qt_attribution.json", "METADATA",       "PKG-INFO"};
  return std::ranges::find(kNames, name_of_file(path)) != kNames.end() || is_readme(path) ||
         is_pkg_config(path);
}

std::vector<Statement> statements_in_manifest(std::string_view path, fingerprint::Bytes bytes) {
  const std::string_view name = name_of_file(path);
  if (name == "package.json" || name == "bower.json" || name == "component.json")
    return from_json(bytes, "package.json");
  if (name == "qt_attribution.json") return from_json(bytes, "manifest");
  if (name == "configure.ac" || name == "configure.in")
    return from_call(expressions().autoconf, bytes, "autoconf");
  if (name == "CMakeLists.txt") return from_call(expressions().cmake, bytes, "cmake");
  if (name == "meson.build") return from_call(expressions().meson, bytes, "meson");
  if (is_readme(path)) return from_readme(bytes);
  return from_keys(bytes, is_pkg_config(path) ? "pkg-config" : "manifest");
}

}  // namespace stowaway::match

#include "testcase/manifest.h"

#include <fmt/ranges.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <functional>
#include <initializer_list>
#include <set>

#include "base/atomic_file.h"
#include "base/text.h"

namespace stowaway::testcase {
namespace {

constexpr std::size_t kMaxManifestBytes = 256 << 10;
constexpr std::size_t kMaxTextBytes = 64 << 10;  // of one value
constexpr std::size_t kMaxListItems = 256;
constexpr std::size_t kMaxFiles = 64;
constexpr std::uint64_t kMaxCaseBytes = std::uint64_t{4} << 20;

// A path below the case or the copy: no way out, nothing that an option parser could mistake.
bool is_plain_path(std::string_view path) {
  if (path.empty() || path.size() > 255 || path.front() == '-' || path.front() == '/') return false;
  for (const std::string_view part : split(path, '/'))
    if (part.empty() || part == "." || part == "..") return false;
  return std::ranges::all_of(path, [](unsigned char c) {
    return std::isalnum(c) != 0 ||
           std::string_view("._-+/*").find(static_cast<char>(c)) != std::string_view::npos;
  });
}

bool is_identifier(std::string_view name) {
  return !name.empty() && name.size() <= 128 &&
         std::isdigit(static_cast<unsigned char>(name[0])) == 0 &&
         std::ranges::all_of(
             name, [](unsigned char c) { return std::isalnum(c) != 0 || c == '_' || c == ':'; });
}

bool is_word(std::string_view text) {
  return !text.empty() && text.size() <= 128 && std::ranges::all_of(text, [](unsigned char c) {
    return std::isalnum(c) != 0 ||
           std::string_view("._-+").find(static_cast<char>(c)) != std::string_view::npos;
  });
}

bool is_line(std::string_view text) {
  return std::ranges::none_of(text, [](unsigned char c) { return c < 0x20 || c == 0x7f; });
}

// What changes how code is compiled, but neither what is read nor where anything is written nor
// which program does it nor what the sanitizers see.
bool is_allowed_flag(std::string_view flag) {
  if (!is_line(flag) || flag.size() > 255) return false;
  for (const std::string_view exact :
       {"-fcommon", "-fpermissive", "-fwrapv", "-fgnu89-inline", "-fms-extensions", "-fexceptions",
        "-fsigned-char", "-funsigned-char", "-fshort-enums", "-fno-builtin", "-fno-strict-aliasing",
        "-fno-exceptions", "-fno-rtti", "-O0", "-O1", "-O2", "-O3", "-Os"})
    if (flag == exact) return true;
  for (const std::string_view prefix : {"-D", "-U", "-std="})
    if (flag.starts_with(prefix)) return flag.size() > prefix.size();
  return false;
}

// Throws YAML::Exception with the place, as yaml-cpp itself does; parse_manifest catches both.
[[noreturn]] void refuse(const YAML::Node& node, const std::string& why) {
  throw YAML::Exception(node.Mark(), why);
}

void check_keys(const YAML::Node& map, std::initializer_list<std::string_view> known) {
  if (!map.IsMap()) refuse(map, "a map is expected here");
  std::set<std::string> seen;
  for (const auto& item : map) {
    const std::string key = item.first.IsScalar() ? item.first.Scalar() : "";
    if (std::ranges::find(known, key) == known.end())
      refuse(item.first,
             fmt::format("no key \"{}\" is known here; there are {}", key, fmt::join(known, ", ")));
    if (!seen.insert(key).second) refuse(item.first, "the key is there twice: " + key);
  }
}

std::string text_of(const YAML::Node& node) {
  if (!node.IsScalar()) refuse(node, "a text is expected here");
  if (node.Scalar().size() > kMaxTextBytes) refuse(node, "the text is too long");
  if (node.Scalar().find('\0') != std::string::npos) refuse(node, "the text holds a NUL");
  return node.Scalar();
}

using Check = std::function<bool(std::string_view)>;

std::string text_at(const YAML::Node& map, const char* key, const Check& check,
                    bool required = false) {
  const YAML::Node node = map[key];
  if (!node) {
    if (required) refuse(map, fmt::format("\"{}\" is missing", key));
    return {};
  }
  std::string text = text_of(node);
  if (!check(text)) refuse(node, fmt::format("\"{}\" cannot be {}", key, text));
  return text;
}

// A list of texts; a single text is a list of one.
std::vector<std::string> list_at(const YAML::Node& map, const char* key, const Check& check) {
  std::vector<std::string> all;
  const YAML::Node node = map[key];
  if (!node) return all;
  if (node.IsScalar()) {
    all.push_back(text_of(node));
  } else {
    if (!node.IsSequence()) refuse(node, fmt::format("\"{}\" must be a list", key));
    if (node.size() > kMaxListItems) refuse(node, fmt::format("\"{}\" has too many items", key));
    for (const auto& item : node) all.push_back(text_of(item));
  }
  for (const std::string& text : all)
    if (!check(text)) refuse(node, fmt::format("\"{}\" cannot hold {}", key, text));
  return all;
}

bool flag_at(const YAML::Node& map, const char* key) {
  const YAML::Node node = map[key];
  if (!node) return false;
  const std::string text = text_of(node);
  if (text != "true" && text != "false") refuse(node, fmt::format("\"{}\" is true or false", key));
  return text == "true";
}

unsigned number_at(const YAML::Node& map, const char* key, unsigned fallback, unsigned most) {
  const YAML::Node node = map[key];
  if (!node) return fallback;
  const std::string text = text_of(node);
  const bool digits =
      !text.empty() && text.size() <= 6 &&
      std::ranges::all_of(text, [](unsigned char c) { return std::isdigit(c) != 0; });
  const unsigned long value = digits ? std::stoul(text) : 0;
  if (value < 1 || value > most)
    refuse(node, fmt::format("\"{}\" is a number from 1 to {}", key, most));
  return static_cast<unsigned>(value);
}

std::vector<VersionRange> ranges_at(const YAML::Node& map, const char* key) {
  std::vector<VersionRange> ranges;
  const YAML::Node list = map[key];
  if (!list) return ranges;
  if (!list.IsSequence() || list.size() > kMaxListItems)
    refuse(list, fmt::format("\"{}\" must be a list of ranges", key));
  for (const auto& item : list) {
    check_keys(item, {"introduced", "fixed", "last_affected"});
    VersionRange range{text_at(item, "introduced", is_word), text_at(item, "fixed", is_word),
                       text_at(item, "last_affected", is_word)};
    if (!range.fixed.empty() && !range.last_affected.empty())
      refuse(item, "a range ends with fixed or with last_affected, not both");
    ranges.push_back(std::move(range));
  }
  return ranges;
}

std::vector<GeneratedFile> generated_at(const YAML::Node& map) {
  std::vector<GeneratedFile> files;
  const YAML::Node list = map["generated"];
  if (!list) return files;
  if (!list.IsSequence() || list.size() > 16)
    refuse(list, "\"generated\" must be a list of at most 16 files");
  for (const auto& item : list) {
    check_keys(item, {"path", "text", "from"});
    GeneratedFile file;
    file.path = text_at(item, "path", is_plain_path, true);
    file.text = text_at(item, "text", [](std::string_view) { return true; });
    file.from = list_at(item, "from", is_plain_path);
    files.push_back(std::move(file));
  }
  return files;
}

// What `map` says; what it does not mention stays as in `build`.
Build build_of(const YAML::Node& map, Build build) {
  check_keys(
      map, {"sources", "required", "without", "headers", "entries", "flags", "links", "generated"});
  const auto replace = [&](const char* key, std::vector<std::string>& list, const Check& check) {
    if (map[key]) list = list_at(map, key, check);
  };
  replace("sources", build.sources, is_plain_path);
  replace("required", build.required, is_plain_path);
  replace("without", build.without, is_plain_path);
  replace("headers", build.headers, is_plain_path);
  replace("entries", build.entries, is_identifier);
  replace("flags", build.flags, is_allowed_flag);
  replace("links", build.links, is_word);
  if (map["generated"]) build.generated = generated_at(map);
  return build;
}

std::vector<Need> needs_of(const YAML::Node& list) {
  std::vector<Need> needs;
  if (!list) return needs;
  if (!list.IsSequence() || list.size() > 4)
    refuse(list, "\"needs\" must be a list of at most 4 libraries");
  for (const auto& item : list) {
    check_keys(item, {"component", "build", "system_links"});
    Need need;
    need.component = text_at(item, "component", is_word, true);
    if (item["build"]) need.build = build_of(item["build"], {});
    need.system_links = list_at(item, "system_links", is_word);
    needs.push_back(std::move(need));
  }
  return needs;
}

std::vector<Variant> variants_of(const YAML::Node& manifest, const Build& build) {
  const YAML::Node list = manifest["variants"];
  if (!list || !list.IsSequence() || list.size() < 1 || list.size() > 16)
    refuse(list ? list : manifest, "\"variants\" must be a list of 1 to 16 variants");
  std::vector<Variant> variants;
  for (const auto& item : list) {
    check_keys(item, {"name", "program", "versions", "build"});
    Variant variant;
    variant.name = text_at(item, "name", is_word, true);
    variant.program = text_at(item, "program", is_word, true);
    variant.versions = ranges_at(item, "versions");
    variant.build = item["build"] ? build_of(item["build"], build) : build;
    variants.push_back(std::move(variant));
  }
  return variants;
}

Expectation expectation_of(const YAML::Node& map) {
  check_keys(map, {"reports", "files", "wrong_result", "assertion", "hang"});
  Expectation expect{list_at(map, "reports", is_word), list_at(map, "files", is_plain_path),
                     flag_at(map, "wrong_result"), flag_at(map, "assertion"), flag_at(map, "hang")};
  if (expect.reports.empty() && !expect.wrong_result && !expect.assertion && !expect.hang)
    refuse(map, "nothing is expected, so nothing could be seen");
  return expect;
}

Language language_of(const YAML::Node& manifest) {
  const std::string text = text_at(manifest, "language", is_line, true);
  for (const Language one : {Language::c, Language::cpp, Language::javascript})
    if (text == name_of(one)) return one;
  refuse(manifest["language"], "\"language\" is c, c++ or javascript");
}

Case case_of(const YAML::Node& manifest) {
  check_keys(manifest, {"format", "advisory", "aliases", "component", "title", "about", "language",
                        "upstreams", "affected", "control", "build", "needs", "expect", "limits",
                        "variants"});
  if (text_at(manifest, "format", is_word, true) != "1")
    refuse(manifest["format"], "only format 1 is known");
  const Check any = [](std::string_view) { return true; };
  Case test;
  test.advisory = text_at(manifest, "advisory", is_word, true);
  test.aliases = list_at(manifest, "aliases", is_word);
  test.component = text_at(manifest, "component", is_word, true);
  test.title = text_at(manifest, "title", is_line, true);
  test.about = text_at(manifest, "about", any);
  test.language = language_of(manifest);
  test.upstreams = list_at(manifest, "upstreams", is_line);
  test.affected = ranges_at(manifest, "affected");
  if (test.affected.empty())
    refuse(manifest, "\"affected\" says which releases the advisory claims");
  const YAML::Node control = manifest["control"];
  if (!control) refuse(manifest, "\"control\" names a vulnerable and a fixed release");
  check_keys(control, {"vulnerable", "fixed"});
  test.vulnerable = text_at(control, "vulnerable", is_word, true);
  test.fixed = text_at(control, "fixed", is_word, true);
  if (!manifest["build"]) refuse(manifest, "\"build\" is missing");
  test.needs = needs_of(manifest["needs"]);
  if (!manifest["expect"]) refuse(manifest, "\"expect\" is missing");
  test.expect = expectation_of(manifest["expect"]);
  if (const YAML::Node limits = manifest["limits"]; limits) {
    check_keys(limits, {"cpu_seconds", "memory_mb"});
    test.limits.cpu_seconds = number_at(limits, "cpu_seconds", test.limits.cpu_seconds, 120);
    test.limits.memory_mb = number_at(limits, "memory_mb", test.limits.memory_mb, 4096);
  }
  test.variants = variants_of(manifest, build_of(manifest["build"], {}));
  return test;
}

std::string bytes_to_text(const std::vector<std::byte>& bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

// Records of what was measured lie beside a case but are not part of it.
bool is_record(std::string_view name) { return name.ends_with(".json"); }

Result<std::map<std::string, std::string>> read_files(const std::string& directory) {
  std::map<std::string, std::string> files;
  std::uint64_t total = 0;
  std::error_code failed;
  for (std::filesystem::directory_iterator item(directory, failed), end; !failed && item != end;
       item.increment(failed)) {
    const std::string name = item->path().filename();
    if (is_record(name)) continue;
    if (!item->is_regular_file(failed) || item->is_symlink(failed) || !is_word(name))
      return fail(ErrorCode::corrupt, "{}/{} is no plain file", directory,
                  escape_for_terminal(name));
    STOWAWAY_TRY(const auto bytes, read_whole_file(item->path(), kMaxCaseBytes));
    total += bytes.size();
    if (files.size() >= kMaxFiles || total > kMaxCaseBytes)
      return fail(ErrorCode::limit_exceeded, "{} holds more than {} files or {} bytes", directory,
                  kMaxFiles, kMaxCaseBytes);
    files.emplace(name, bytes_to_text(bytes));
  }
  if (failed == std::errc::no_such_file_or_directory)
    return fail(ErrorCode::not_found, "there is no test case {}", directory);
  if (failed) return fail(ErrorCode::io, "cannot list {}: {}", directory, failed.message());
  return files;
}

}  // namespace

std::string_view name_of(Language language) {
  switch (language) {
    case Language::c: return "c";
    case Language::cpp: return "c++";
    case Language::javascript: return "javascript";
  }
  return "";
}

Result<Case> parse_manifest(std::string_view text) {
  if (text.size() > kMaxManifestBytes)
    return fail(ErrorCode::limit_exceeded, "a manifest of more than {} bytes", kMaxManifestBytes);
  try {
    return case_of(YAML::Load(std::string(text)));
  } catch (const YAML::Exception& error) {
    if (error.mark.is_null()) return fail(ErrorCode::corrupt, "{}", error.msg);
    return fail(ErrorCode::corrupt, "line {}: {}", error.mark.line + 1, error.msg);
  } catch (const std::exception& error) {
    return fail(ErrorCode::corrupt, "{}", error.what());
  }
}

Result<Case> read_case(const std::string& directory) {
  const std::string manifest = directory + "/" + kManifestName;
  STOWAWAY_TRY(auto files, read_files(directory));
  if (!files.contains(kManifestName)) return fail(ErrorCode::not_found, "{} is missing", manifest);
  auto test = parse_manifest(files.at(kManifestName));
  if (!test) return tl::unexpected<Error>(test.error().within(manifest));
  for (const Variant& variant : test->variants)
    if (!files.contains(variant.program))
      return fail(ErrorCode::corrupt, "{}: there is no program {}", manifest, variant.program);
  std::filesystem::path path(directory);
  if (!path.has_filename()) path = path.parent_path();
  test->name = path.filename();
  test->files = std::move(files);
  return test;
}

Result<CaseList> read_cases(const std::string& directory) {
  std::vector<std::string> names;
  std::error_code failed;
  for (std::filesystem::directory_iterator item(directory, failed), end; !failed && item != end;
       item.increment(failed))
    if (std::error_code none; std::filesystem::exists(item->path() / kManifestName, none))
      names.push_back(item->path());
  if (failed)
    return fail(ErrorCode::not_found, "cannot list the test cases in {}: {}", directory,
                failed.message());
  std::ranges::sort(names);
  CaseList list;
  for (const std::string& name : names) {
    auto test = read_case(name);
    if (test)
      list.cases.push_back(*std::move(test));
    else
      list.errors.push_back(test.error());
  }
  return list;
}

bool names_advisory(const Case& test, std::string_view id) {
  const std::string wanted = to_lower(id);
  return to_lower(test.advisory) == wanted ||
         std::ranges::any_of(test.aliases,
                             [&](const auto& alias) { return to_lower(alias) == wanted; });
}

}  // namespace stowaway::testcase

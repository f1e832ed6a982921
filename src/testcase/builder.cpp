#include "testcase/builder.h"

#include <tbb/parallel_for.h>
#include <tbb/task_arena.h>

#include <algorithm>
#include <filesystem>
#include <mutex>

#include "base/atomic_file.h"
#include "base/text.h"
#include "testcase/names.h"
#include "testcase/support.h"

namespace stowaway::testcase {
namespace {

constexpr unsigned kMaxRounds = 32;  // headers that are looked for, one after the other
constexpr std::size_t kMaxAbsent =
    1000;  // symbols that may be left out; they have addresses for 2048
constexpr const char* kBridge = "stowaway_copy.h";

void append(std::vector<std::string>& all, const std::vector<std::string>& more) {
  all.insert(all.end(), more.begin(), more.end());
}

BuildOutcome failed(std::string why, const std::vector<std::string>& all) {
  std::vector<std::string> errors;  // several files often fail for one reason
  for (const std::string& line : all)
    if (std::ranges::find(errors, line) == errors.end()) errors.push_back(line);
  return {BuildEnd::failed, std::move(why), std::move(errors), {}, {}};
}

BuildOutcome unread(const Layout& layout) {
  return {BuildEnd::unread, layout.unread.front() + " could not be read", {}, {}, {}};
}

// Names that the code's own `#define` lines give.
void add_defined(std::string_view code, Identifiers& all) {
  for (const std::string_view line : split(code, '\n')) {
    std::string_view rest = trimmed(line);
    if (!rest.starts_with('#')) continue;
    rest = trimmed(rest.substr(1));
    if (!rest.starts_with("define ") && !rest.starts_with("define\t")) continue;
    rest = trimmed(rest.substr(7));
    all.emplace(rest.substr(0, rest.find_first_of(" \t(")));
  }
}

// A template for autoconf or CMake as a header: what they would decide stays undefined.
std::string from_template(std::string_view text) {
  std::string lines;
  for (const std::string_view line : split(text, '\n')) {
    if (trimmed(line).starts_with("#cmakedefine")) continue;
    lines += line;
    lines += '\n';
  }
  return lines;
}

bool holds_entry(const Identifiers& identifiers, std::string_view entry) {
  const std::size_t colons = entry.rfind(':');
  const std::string_view name = colons == std::string_view::npos ? entry : entry.substr(colons + 1);
  return std::ranges::any_of(identifiers,
                             [&](const std::string& one) { return one.ends_with(name); });
}

}  // namespace

Builder::Builder(const Sandbox& sandbox, const Toolchain& tools, const WorkDirectory& work,
                 ShownTree& copy, std::map<std::string, ShownTree>& needs, unsigned jobs,
                 std::stop_token stop)
    : work_(work),
      compiler_(sandbox, tools, work, std::move(stop)),
      copy_(copy),
      needs_(needs),
      jobs_(jobs) {}

Result<void> Builder::write(const std::string& name, std::string_view text) const {
  const std::string file = work_.path() + "/in/made/" + name;
  std::error_code failed_to;
  std::filesystem::create_directories(std::filesystem::path(file).parent_path(), failed_to);
  return write_file_atomically(file, std::as_bytes(std::span(text.data(), text.size())));
}

Result<BuildOutcome> Builder::build(const Case& test, const Variant& variant) {
  std::error_code ignored;
  std::filesystem::remove_all(work_.path() + "/in/made", ignored);
  for (std::filesystem::directory_iterator item(work_.path() + "/out", ignored), end; item != end;
       item.increment(ignored))
    std::filesystem::remove_all(item->path(), ignored);
  if (copy_.tree.files().empty() && copy_.tree.unread().empty())
    return BuildOutcome{BuildEnd::no_entry, "there is no code", {}, {}, {}};
  STOWAWAY_TRY_VOID(write("stowaway_case.h", support_header()));
  STOWAWAY_TRY_VOID(write("stowaway_case.js", support_module()));
  if (test.language == Language::javascript) {
    const Layout layout = lay_out(variant.build, copy_.tree);
    if (layout.sources.empty() && !layout.unread.empty()) return unread(layout);
    if (layout.sources.empty())
      return failed("the copy has no file that the case knows: " + variant.build.sources.front(),
                    {});
    return BuildOutcome{BuildEnd::built, {}, {}, layout.sources, {}};
  }
  shared_includes_.clear();
  std::vector<Library> needs;
  for (const Need& need : test.needs) {
    const auto found = needs_.find(need.component);
    if (found == needs_.end()) continue;
    STOWAWAY_TRY(Library library, compile_library(found->second, need.build, need.component));
    if (library.failed > 0)
      return failed("the copy's " + need.component + " does not compile", library.errors);
    append(shared_includes_, include_paths(library));
    needs.push_back(std::move(library));
  }
  STOWAWAY_TRY(Library copy, compile_library(copy_, variant.build, "copy"));
  return build_program(test, variant, copy, needs);
}

std::vector<std::string> Builder::include_paths(const Library& library) const {
  std::vector<std::string> paths;
  for (const std::string& directory : library.layout.includes)
    paths.push_back(library.shown->inside + (directory.empty() ? "" : "/" + directory));
  paths.emplace_back("/in/made");
  if (library.shown == &copy_) append(paths, shared_includes_);
  return paths;
}

Result<Builder::Library> Builder::compile_library(ShownTree& shown, const Build& build,
                                                  const std::string& name) {
  Library library{&shown, &build, lay_out(build, shown.tree), {}, {}, 0};
  if (!library.layout.missing.empty()) return library;  // no entry: nothing worth compiling
  STOWAWAY_TRY_VOID(compile_sources(library, name));
  return library;
}

// Compiles all; then, as long as headers that are missing can be found somewhere, what failed
// again.
Result<void> Builder::compile_sources(Library& library, const std::string& name) {
  const std::vector<std::string>& sources = library.layout.sources;
  std::vector<CompileResult> results(sources.size());
  const auto object_of = [&](std::size_t i) { return "/out/" + name + std::to_string(i) + ".o"; };
  for (unsigned round = 0; round < kMaxRounds; ++round) {
    const std::vector<std::string> includes = include_paths(library);
    std::mutex guard;
    Result<void> trouble;
    tbb::task_arena arena(static_cast<int>(jobs_));
    arena.execute([&] {
      tbb::parallel_for(
          std::size_t{0}, sources.size(),
          [&](std::size_t i) {
            if (results[i].done) return;
            auto done = compiler_.compile({library.shown->inside + "/" + sources[i], object_of(i),
                                           is_cpp_source(sources[i]), false, library.build->flags,
                                           includes});
            const std::lock_guard lock(guard);
            if (done)
              results[i] = *std::move(done);
            else
              trouble = tl::unexpected<Error>(done.error());
          },
          tbb::simple_partitioner());
    });
    STOWAWAY_TRY_VOID(std::move(trouble));
    bool found_one = false;
    for (const CompileResult& result : results) {
      if (result.done || result.missing_header.empty()) continue;
      STOWAWAY_TRY(const bool found, find_header(library, result.missing_header));
      found_one = found_one || found;
    }
    if (!found_one) break;
  }
  for (std::size_t i = 0; i < sources.size(); ++i) {
    if (results[i].done) {
      library.objects.push_back(object_of(i));
      continue;
    }
    ++library.failed;
    append(library.errors, results[i].errors);
  }
  return {};
}

// The case's own version of a header that the copy's build would have made.
Result<bool> Builder::generate(Library& library, const std::string& name) {
  for (const GeneratedFile& file : library.build->generated) {
    if (!ends_with_name(name, file.path)) continue;
    for (const std::string& pattern : file.from) {
      const std::string found = library.shown->tree.find(pattern, library.layout.home);
      if (found.empty()) continue;
      STOWAWAY_TRY(const std::string text, library.shown->tree.read(found));
      STOWAWAY_TRY_VOID(write(name, from_template(text)));
      return true;
    }
    if (file.text.empty()) continue;
    STOWAWAY_TRY_VOID(write(name, file.text));
    return true;
  }
  return false;
}

// True if something was done that may help: the copy's own header, then the case's, then one from
// elsewhere in the subject, or its template there.
Result<bool> Builder::find_header(Library& library, const std::string& name) {
  const auto add_directory = [&](const std::string& path) {
    const std::string directory = path.substr(0, path.size() - name.size());
    const std::string plain = directory.empty() ? "" : directory.substr(0, directory.size() - 1);
    std::vector<std::string>& includes = library.layout.includes;
    if (std::ranges::find(includes, plain) != includes.end()) return false;
    includes.push_back(plain);
    return true;
  };
  if (name.empty() || name.front() == '/' || name.find("..") != std::string::npos) return false;
  const std::string own = library.shown->tree.find(name, library.layout.home);
  if (!own.empty() && add_directory(own)) return true;
  if (std::error_code none; std::filesystem::exists(work_.path() + "/in/made/" + name, none))
    return false;
  STOWAWAY_TRY(const bool generated, generate(library, name));
  if (generated) return true;
  STOWAWAY_TRY(const std::string fetched,
               library.shown->tree.fetch_header(name, library.layout.home));
  if (fetched.empty()) return make_from_template(library, name);
  add_directory(fetched);  // it may be there already: the header is new in any case
  return true;
}

// The rest of the project may have a template of it.
Result<bool> Builder::make_from_template(Library& library, const std::string& name) {
  for (const char* suffix : {".in", ".cmake", ".cmakein"}) {
    STOWAWAY_TRY(std::string found,
                 library.shown->tree.fetch_header(name + suffix, library.layout.home));
    if (found.empty()) found = library.shown->tree.find_fetched(name + suffix);
    if (found.empty()) continue;
    STOWAWAY_TRY(const std::string text, library.shown->tree.read(found));
    STOWAWAY_TRY_VOID(write(name, from_template(text)));
    return true;
  }
  return false;
}

// A file that the entries would lie in is not there. It may have another name: then some file of
// the copy knows all entries, and a variant could name it.
Result<BuildOutcome> Builder::without_required(const Library& copy) const {
  const std::string why = "the copy has no " + copy.layout.missing.front();
  for (const std::string& path : copy.shown->tree.files()) {
    if (!path.ends_with(".c") && !is_cpp_source(path)) continue;
    STOWAWAY_TRY(const std::string code, copy.shown->tree.read(path));
    Identifiers known;
    add_identifiers(code, known);
    const auto knows = [&](const std::string& entry) { return holds_entry(known, entry); };
    if (!copy.build->entries.empty() && std::ranges::all_of(copy.build->entries, knows))
      return failed(why + ", but " + path + " knows " + copy.build->entries.front(), {});
  }
  return BuildOutcome{BuildEnd::no_entry, why, {}, {}, {}};
}

// no_entry, or built if all is there; `symbols` is filled.
Result<BuildOutcome> Builder::check_entries(Library& copy, std::vector<std::string>& symbols) {
  const Build& build = *copy.build;
  if (!copy.layout.unread.empty()) return unread(copy.layout);
  if (!copy.layout.missing.empty()) return without_required(copy);
  STOWAWAY_TRY(symbols, compiler_.symbols(copy.objects));
  Identifiers in_headers;
  if (build.sources.empty())
    for (const std::string& header : copy.layout.headers) {
      STOWAWAY_TRY(const std::string text, copy.shown->tree.read(header));
      add_identifiers(text, in_headers);
    }
  for (const std::string& entry : build.entries) {
    const bool there =
        build.sources.empty() ? holds_entry(in_headers, entry) : find_entry(entry, symbols).found;
    if (there) continue;
    if (copy.failed > 0) return failed("files of the copy do not compile", copy.errors);
    if (copy.layout.sources.empty() && copy.layout.headers.empty())
      return failed("the copy has no file that the case knows", {});
    return BuildOutcome{BuildEnd::no_entry, "the copy defines no " + entry, {}, {}, {}};
  }
  return BuildOutcome{BuildEnd::built, {}, {}, {}, {}};
}

Result<std::string> Builder::bridge(const Case& test, const Variant& variant, const Library& copy,
                                    const std::vector<std::string>& symbols) {
  Identifiers known, defined, program;
  std::string text = "/* The copy's headers, and its names where they are others. */\n";
  for (const std::string& header : copy.layout.headers) {
    STOWAWAY_TRY(const std::string code, copy.shown->tree.read(header));
    add_identifiers(code, known);
    add_defined(code, defined);
  }
  // Renaming macros often stand in a header of their own that the others include.
  for (const std::string& path : copy.shown->tree.files()) {
    const bool beside =
        std::ranges::find(copy.layout.includes, directory_of(path)) != copy.layout.includes.end();
    if (!beside || !path.ends_with(".h")) continue;
    STOWAWAY_TRY(const std::string code, copy.shown->tree.read(path));
    add_defined(code, defined);
  }
  add_identifiers(test.files.at(variant.program), program);
  for (const std::string& name : variant.build.headers) text += "#include \"" + name + "\"\n";
  return text + renaming_lines(variant.build.entries, symbols, program, known, defined);
}

// Compiles the program, finding the headers that it needs; its errors, or an empty list.
Result<std::vector<std::string>> Builder::compile_program(const Variant& variant, Library& copy,
                                                          bool cpp) {
  CompileTask task{
      "/in/case/" + variant.program, "/out/program.o", cpp, true, variant.build.flags, {}};
  CompileResult done;
  for (unsigned round = 0; round < kMaxRounds; ++round) {
    task.includes = include_paths(copy);
    STOWAWAY_TRY(done, compiler_.compile(task));
    if (done.done) return std::vector<std::string>();
    STOWAWAY_TRY(const bool found, find_header(copy, done.missing_header));
    if (!found) break;
  }
  return done.errors;
}

// What the copy calls elsewhere in its project is left out: the run shows whether it is needed.
// What the program itself calls must be there.
Result<BuildOutcome> Builder::link_program(const Case& test, const Variant& variant,
                                           const Library& copy, const std::vector<Library>& needs,
                                           bool cpp) {
  std::vector<std::string> objects{"/out/program.o"}, libraries = variant.build.links;
  append(objects, copy.objects);
  for (const Library& need : needs) append(objects, need.objects);
  for (const Need& need : test.needs)
    if (!needs_.contains(need.component)) append(libraries, need.system_links);
  Identifiers program;
  add_identifiers(test.files.at(variant.program), program);
  BuildOutcome outcome{BuildEnd::built, {}, {}, copy.layout.sources, {}};
  STOWAWAY_TRY(CompileResult linked, compiler_.link(objects, "/out/program", libraries, cpp));
  const std::vector<std::string> errors = linked.errors;
  const bool only_others =
      !linked.missing_symbols.empty() && linked.missing_symbols.size() <= kMaxAbsent &&
      std::ranges::none_of(linked.missing_symbols,
                           [&](const auto& symbol) { return program.contains(symbol); });
  if (!linked.done && only_others) {
    outcome.absent = linked.missing_symbols;
    STOWAWAY_TRY(linked, compiler_.link(objects, "/out/program", libraries, cpp, outcome.absent));
  }
  if (linked.done) return outcome;
  std::vector<std::string> all = copy.errors;
  append(all, errors);
  return failed("the program and the copy do not link", std::move(all));
}

Result<BuildOutcome> Builder::build_program(const Case& test, const Variant& variant, Library& copy,
                                            std::vector<Library>& needs) {
  std::vector<std::string> symbols;
  STOWAWAY_TRY(BuildOutcome outcome, check_entries(copy, symbols));
  if (outcome.end != BuildEnd::built) return outcome;
  STOWAWAY_TRY(const std::string header, bridge(test, variant, copy, symbols));
  STOWAWAY_TRY_VOID(write(kBridge, header));
  const auto any_cpp = [](const Library& library) {
    return std::ranges::any_of(library.layout.sources,
                               [](const auto& path) { return is_cpp_source(path); });
  };
  const bool cpp =
      test.language == Language::cpp || is_cpp_source(variant.program) || any_cpp(copy);
  STOWAWAY_TRY(std::vector<std::string> errors, compile_program(variant, copy, cpp));
  if (!errors.empty())
    return failed(variant.program + " does not compile against the copy", std::move(errors));
  return link_program(test, variant, copy, needs, cpp || std::ranges::any_of(needs, any_cpp));
}

}  // namespace stowaway::testcase

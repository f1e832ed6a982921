// `stowaway control`: what a package says of itself, and whether it is true.
#include <fmt/format.h>

#include "base/atomic_file.h"
#include "cli/commands.h"
#include "cli/console.h"
#include "cli/exit_code.h"
#include "cli/find_kb.h"
#include "cli/scan_options.h"
#include "match/scan.h"
#include "report/embeds_check.h"
#include "report/writer.h"

namespace stowaway::cli {
namespace {

constexpr std::uint64_t kMaxControlBytes = std::uint64_t{8} << 20;

struct Arguments {
  std::string subject = ".", format = "deb822", prefix, check, output;
  bool paths = false;
  ScanLimits limits;
};

Result<match::ScanResult> scan(const Arguments& arguments, const kb::Kb& kb, const Common& common) {
  ProgressLine progress(common.quiet);
  match::ScanOptions options;
  options.source = arguments.limits.apply(common, &progress);
  options.declarations = !arguments.limits.no_declared;
  options.resemblances = !arguments.limits.no_similar;
  STOWAWAY_TRY(const auto source, source::open_subject(arguments.subject));
  return match::scan(*source, kb, options);
}

Result<report::DeclaredEmbeds> declared_in(const std::string& file) {
  const auto bytes = read_whole_file(file, kMaxControlBytes);
  if (!bytes) return tl::unexpected<Error>(bytes.error());
  auto declared =
      report::read_declared({reinterpret_cast<const char*>(bytes->data()), bytes->size()});
  if (!declared) return tl::unexpected<Error>(declared.error().within(file));
  return declared;
}

// One line for each difference; nothing where all agrees.
int check(const Arguments& arguments, const report::DeclaredEmbeds& declared,
          const match::ScanResult& result, const Common& common) {
  if (declared.filled_by_build) {
    if (!common.quiet)
      print_note(fmt::format("{}: ${{stowaway:Embeds}} is filled when the package is built",
                             arguments.check));
    return result.partial ? kPartial : kDone;
  }
  const auto found = report::embeds_of(result, true);
  std::string text;
  for (const auto& difference : report::compare_embeds(declared.entries, found))
    text += report::text_of(difference) + "\n";
  if (!write_result(text, arguments.output)) return kOtherFailure;
  if (text.empty()) return result.partial ? kPartial : kDone;
  const std::string field =
      report::embeds_field("XS-Embeds", report::embeds_of(result, arguments.paths));
  if (!common.quiet)
    print_note(field.empty() ? fmt::format("{}: nothing is embedded", arguments.check)
                             : fmt::format("What was found:\n{}", field));
  return kFailOnMatched;
}

std::string text_of(const Arguments& arguments, const match::ScanResult& result) {
  if (arguments.format == "substvar")
    return "stowaway:Embeds=" + report::embeds_value(report::embeds_of(result, arguments.paths)) +
           "\n";
  report::Options options;
  options.with_paths = arguments.paths;
  if (!arguments.prefix.empty()) options.field = arguments.prefix + "-Embeds";
  return report::write(arguments.format, result, options).value_or("");  // these two cannot fail
}

int control(const Arguments& arguments, const Common& common) {
  stop_on_signals();
  report::DeclaredEmbeds declared;
  if (!arguments.check.empty()) {
    auto read = declared_in(arguments.check);
    if (!read) {
      print_error(read.error());
      return exit_code_of(read.error());
    }
    declared = *std::move(read);
  }
  const auto kb = open_kb(common.kb_file);
  if (!kb) {
    print_error(kb.error());
    return kNoKb;
  }
  const auto result = scan(arguments, *kb, common);
  if (!result) {
    print_error(result.error().within(arguments.subject));
    return exit_code_of(result.error());
  }
  if (!arguments.check.empty()) return check(arguments, declared, *result, common);
  if (!write_result(text_of(arguments, *result), arguments.output)) return kOtherFailure;
  return result->partial ? kPartial : kDone;
}

}  // namespace

void add_control(CLI::App& app, Common& common, Run& run) {
  static Arguments arguments;
  auto* command =
      app.add_subcommand("control", "Print, or check, the field that declares what is embedded");
  command->add_option("SUBJECT", arguments.subject, "The package's source: as for scan")
      ->capture_default_str();
  command
      ->add_option("--check", arguments.check,
                   "Compare with what this control file declares; exit with 1 on a difference")
      ->type_name("FILE");
  command
      ->add_option("-f,--format", arguments.format,
                   "Debian's field, lines for an RPM spec file, or a line for dpkg's substvars")
      ->type_name("NAME")
      ->check(CLI::IsMember({"deb822", "rpm", "substvar"}))
      ->capture_default_str();
  command
      ->add_option("--prefix", arguments.prefix,
                   "Of the field: XS for the source paragraph, XB for a binary one")
      ->type_name("PREFIX")
      ->check(CLI::IsMember({"XS", "XB", "XSB"}));
  command->add_flag("--paths", arguments.paths, "Say where each copy lies");
  command->add_option("-o", arguments.output, "Write to this file instead of standard output")
      ->type_name("FILE");
  arguments.limits.add_to(*command);
  command->footer(
      "Examples:\n"
      "  stowaway control --prefix XS .\n"
      "  stowaway control --check debian/control\n"
      "  stowaway control --format rpm hello-2.0.tar.gz");
  command->callback([&] { run = [&] { return control(arguments, common); }; });
}

}  // namespace stowaway::cli

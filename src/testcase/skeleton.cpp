#include "testcase/skeleton.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace stowaway::testcase {

std::string variant_skeleton(const Case& test, std::span<const std::string> versions,
                             std::span<const std::string> errors) {
  const Variant& model = test.variants.back();
  const Build& build = model.build;
  const std::string suffix = model.program.substr(model.program.rfind('.') + 1);
  std::string text = fmt::format(
      "# {}/case.yaml: one more entry of `variants:`. What the compiler said:\n", test.name);
  for (const std::string& line : errors) text += "#   " + line + "\n";
  text += "  - name: my-variant\n";
  text += fmt::format("    program: my-variant.{}   # start from {}\n", suffix, model.program);
  if (!versions.empty())
    text += fmt::format("    versions: [{{introduced: \"{}\", last_affected: \"{}\"}}]\n",
                        versions.front(), versions.back());
  text += "    build:   # only what differs from the case's own\n";
  text += fmt::format("      sources: [{}]\n", fmt::join(build.sources, ", "));
  text += fmt::format("      headers: [{}]\n", fmt::join(build.headers, ", "));
  text += fmt::format("      entries: [{}]\n", fmt::join(build.entries, ", "));
  text += fmt::format("      flags: [{}]\n", fmt::join(build.flags, ", "));
  return text;
}

}  // namespace stowaway::testcase

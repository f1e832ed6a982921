// Bytes as a test case's manifest: what is accepted keeps its promises.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "testcase/manifest.h"

namespace {

using stowaway::testcase::Build;

void check_paths(const std::vector<std::string>& paths) {
  for (const std::string& path : paths) {
    STOWAWAY_CHECK(!path.empty() && path.front() != '/' && path.front() != '-', "path shape");
    STOWAWAY_CHECK(("/" + path + "/").find("/../") == std::string::npos, "a way up");
  }
}

void check_build(const Build& build) {
  check_paths(build.sources);
  check_paths(build.required);
  check_paths(build.headers);
  for (const std::string& flag : build.flags)
    STOWAWAY_CHECK(flag.size() > 1 && flag[0] == '-' && flag.find('\n') == std::string::npos,
                   "flag");
  for (const auto& file : build.generated) check_paths({file.path});
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto test = stowaway::testcase::parse_manifest({reinterpret_cast<const char*>(data), size});
  if (!test) {
    STOWAWAY_CHECK(!test.error().message.empty(), "an error without a word");
    return 0;
  }
  STOWAWAY_CHECK(!test->variants.empty() && !test->affected.empty(), "half a case");
  for (const auto& variant : test->variants) {
    STOWAWAY_CHECK(variant.program.find('/') == std::string::npos, "a program elsewhere");
    check_build(variant.build);
  }
  for (const auto& need : test->needs) check_build(need.build);
  return 0;
}

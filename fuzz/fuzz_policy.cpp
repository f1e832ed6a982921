// Bytes as a policy file. What is accepted judges a few copies, twice alike.
#include <cstddef>
#include <cstdint>

#include "report/licence.h"
#include "report/policy.h"

namespace {

stowaway::match::ScanResult some_copies() {
  stowaway::match::ScanResult result;
  for (const char* component : {"zlib", "expat", ""}) {
    stowaway::match::Copy copy;
    copy.component = component;
    copy.path = std::string("third_party/") + component;
    copy.licence = "MIT AND (Zlib OR GPL-2.0-only WITH x)";
    if (*component != 0) copy.versions = {"1.2.8", "1.2.11"};
    result.copies.push_back(copy);
  }
  return result;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace stowaway::report;
  static const auto result = some_copies();
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  static_cast<void>(can_be_had_without(text, [](std::string_view id) { return id == "MIT"; }));
  const auto policy = parse_policy(text, "stowaway.toml");
  if (!policy) return 0;
  const Judgement one = judge(*policy, result, "2026-11-23");
  const Judgement two = judge(*policy, result, "2026-11-23");
  STOWAWAY_CHECK(one.violations.size() == two.violations.size(), "judged differently");
  for (const AcceptedCopy& accepted : one.accepted)
    STOWAWAY_CHECK(accepted.acceptance < policy->accept.size(), "accepted by nothing");
  return 0;
}

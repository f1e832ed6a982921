// usage: stowaway-fill-ledger LEDGER SUBJECTS COPIES [COMPONENTS]
//
// A made-up ledger of the size of a distribution: subjects with copies of components whose
// frequency falls as 1/rank (Zipf), as it does in real ones, each at one of its 40 versions. The
// same arguments give the same ledger. A yardstick's input, not a test.
#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <vector>

#include "ledger/ledger.h"

namespace {

using namespace stowaway;

constexpr std::size_t kVersions = 40;

class Zipf {
 public:
  explicit Zipf(std::size_t count) : sums_(count) {
    double sum = 0;
    for (std::size_t i = 0; i < count; ++i) sums_[i] = sum += 1.0 / static_cast<double>(i + 1);
  }
  std::size_t operator()(std::mt19937_64& random) const {
    const double at = std::uniform_real_distribution<double>(0, sums_.back())(random);
    return static_cast<std::size_t>(std::ranges::lower_bound(sums_, at) - sums_.begin());
  }

 private:
  std::vector<double> sums_;
};

match::Copy copy_of(std::size_t component, std::size_t number, std::mt19937_64& random) {
  match::Copy copy;
  copy.component = component == 0 ? "libmemcached" : fmt::format("component-{}", component);
  copy.purl = "pkg:generic/" + copy.component;
  copy.licence = "MIT";
  copy.path = fmt::format("third_party/deps/{}-{}", copy.component, number);
  const std::size_t version = random() % kVersions;
  // Two in three have one version, the others a range.
  for (std::size_t v = version; v <= version + (random() % 3 == 0 ? 3 : 0); ++v)
    copy.versions.push_back(fmt::format("0.{}", 20 + v));
  copy.verdict = random() % 2 == 0 ? match::Verdict::modified : match::Verdict::subset;
  copy.confidence = 0.99;
  copy.coverage_ratio = 0.5;
  copy.unchanged_ratio = 0.9;
  copy.declared = {{"0.31", copy.path + "/config.h", "macro", true}};
  return copy;
}

int fill(const std::string& where, std::size_t subjects, std::size_t copies,
         std::size_t components) {
  auto ledger = ledger::Ledger::open(where, ledger::sql::Access::read_write);
  if (!ledger) {
    std::fprintf(stderr, "%s\n", ledger.error().message.c_str());
    return 1;
  }
  // Nothing is lost if this machine fails: it is made again.
  if (ledger->database().dialect() == ledger::sql::Dialect::sqlite)
    static_cast<void>(ledger->database().run("PRAGMA synchronous=OFF"));
  std::mt19937_64 random(1);
  const Zipf zipf(components);
  std::size_t made = 0;
  for (std::size_t s = 0; s < subjects; ++s) {
    match::ScanResult result;
    result.subject_kind = "debian-source";
    result.kb = {"demo.kb", "00", components, components * kVersions, 1, 1};
    result.summary.files = 100;
    const std::size_t until = copies * (s + 1) / subjects;
    for (; made < until; ++made) result.copies.push_back(copy_of(zipf(random), made, random));
    ledger::NewSnapshot snapshot;
    snapshot.subject = fmt::format("debian:package-{}", s);
    snapshot.version = fmt::format("1.{}-1", s % 10);
    snapshot.at = "2026-11-23T08:00:00Z";
    const auto put = ledger->put(snapshot, result, "");
    if (put) continue;
    std::fprintf(stderr, "%s\n", put.error().message.c_str());
    return 1;
  }
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 4 || argc > 5) {
    std::fputs("usage: stowaway-fill-ledger LEDGER SUBJECTS COPIES [COMPONENTS]\n", stderr);
    return 2;
  }
  return fill(argv[1], std::strtoul(argv[2], nullptr, 10), std::strtoul(argv[3], nullptr, 10),
              argc == 5 ? std::strtoul(argv[4], nullptr, 10) : 400);
}

// What the tests of the ledger share: results made up, a database to fill.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "ledger/ledger.h"
#include "match/result.h"
#include "report/writer.h"

namespace stowaway::ledger::testing {

// A database that every test gets empty.
class Place {
 public:
  virtual ~Place() = default;
  virtual std::string fresh() = 0;  // what Ledger::open takes
  virtual bool is_file() const = 0;
};
Place& place();  // of this run

inline Ledger open(const std::string& where) {
  auto ledger = Ledger::open(where, sql::Access::read_write);
  if (!ledger) throw std::runtime_error(ledger.error().message);
  return *std::move(ledger);
}

template <class T>
T value(Result<T> result) {
  if (!result) throw std::runtime_error(result.error().message);
  return *std::move(result);
}
inline void done(const Result<void>& result) {
  if (!result) throw std::runtime_error(result.error().message);
}

inline match::Copy copy(std::string path, std::string component,
                        std::vector<std::string> versions) {
  match::Copy copy;
  copy.path = std::move(path);
  copy.purl = "pkg:generic/" + component;
  copy.component = std::move(component);
  copy.licence = "MIT";
  copy.versions = std::move(versions);
  copy.verdict = match::Verdict::modified;
  copy.confidence = 0.1 + 0.2;  // no short decimal
  copy.coverage_ratio = 2.0 / 3;
  copy.purity_ratio = 1;
  copy.unchanged_ratio = 0.875;
  copy.counts = {1, 2, 3, 4, 5, 6};
  return copy;
}

inline match::ScanResult result_with(std::vector<match::Copy> copies) {
  match::ScanResult result;
  result.subject_kind = "directory";
  result.copies = std::move(copies);
  result.summary.files = 100;
  result.summary.bytes = 5000;
  result.kb = {"/kb/demo.kb", "00ff", 3, 30, 300, 3000};
  return result;
}

// Everything that a result can hold, with bytes that no terminal and no database likes.
inline match::ScanResult hostile_result() {
  match::ScanResult result =
      result_with({copy("", "zlib", {"1.2.11", "1.2.12"}), copy("a\xff\n'b", "zlib", {}),
                   copy("z/\x01", "expat", {"2.4.6"})});
  result.copies[1].nested_in = 2;
  result.copies[1].alternatives = {"zlib-ng", "o'neill"};
  result.copies[1].version_note = "after 1.2.11, before 1.2.12";
  result.copies[2].declared = {{"2.4.6", "z/expat.h\xc3", "macro", true, false},
                               {"2.4.5", "README", "readme", false, true}};
  result.self = {
      {"cmake", "pkg:github/kitware/cmake", {"3.25.1"}, match::Verdict::subset, 0.9, 0.8}};
  result.declared_only = {{"x\xfe", "Foo Bar", "1.0", "x/META\xfe", ""},
                          {"y", "bar", "", "", "b of c"}};
  result.gaps = {{"deep\xff", source::GapReason::too_deep, "over 256"},
                 {"x.zip", source::GapReason::bomb, "ratio"}};
  result.summary = {123, 45, std::uint64_t{1} << 40, 6, 7, 2};
  result.partial = true;
  return result;
}

inline NewSnapshot snapshot(std::string subject, std::string version) {
  NewSnapshot snapshot;
  snapshot.subject = std::move(subject);
  snapshot.version = std::move(version);
  snapshot.origin = "/src/\xff";
  snapshot.at = "2026-11-23T08:00:00Z";
  return snapshot;
}

// A result as one text, for comparing.
inline std::string text_of(const match::ScanResult& result) {
  return value(report::write("json", result, {}));
}

// What a ledger says about a snapshot, but for its times and its name.
inline std::string text_of(const Ledger& ledger, const std::string& subject,
                           const std::string& version) {
  const auto found = value(ledger.find(subject, version));
  if (!found) return "nothing";
  match::ScanResult result = value(ledger.result_of(found->id));
  result.subject.clear();
  return text_of(result);
}

}  // namespace stowaway::ledger::testing

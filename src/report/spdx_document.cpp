#include "report/spdx_document.h"

#include <fmt/core.h>

#include <set>
#include <string_view>
#include <utility>

#include "report/common.h"
#include "report/licence.h"
#include "report/text.h"

namespace stowaway::report {
namespace {

constexpr const char* kDocumentId = "SPDXRef-DOCUMENT";
constexpr const char* kSubjectId = "SPDXRef-Subject";

// to_line(), and no mark of a tag-value text block.
std::string spdx_line(std::string_view bytes) {
  std::string line = to_line(bytes);
  for (const std::string_view mark : {"<text>", "</text>"}) {
    for (std::size_t at = 0; (at = line.find(mark, at)) != std::string::npos;)
      line.replace(at, 1, "\\x3c");
  }
  return line;
}

std::string name_line(std::string_view bytes) {
  std::string line = spdx_line(bytes);
  return line.empty() ? "unnamed" : line;
}

// Letters, digits, "." and "-" only: all that an SPDX id may hold.
std::string id_part(std::string_view name) {
  std::string part;
  for (const char c : name) {
    const bool kept =
        (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.';
    part += kept ? c : '-';
  }
  return part;
}

// A locator holds no white space and nothing outside ASCII.
std::string purl_line(std::string_view purl) { return percent_encode(purl, ":/@?#=&+%,;!$'()*"); }

std::string file_name_of(std::string_view path) { return "./" + spdx_line(path); }

void set_identity(SpdxPackage& package, std::string_view purl,
                  const std::vector<std::string>& versions) {
  const auto version = exact_version(versions);
  if (version) package.version = spdx_line(*version);
  package.purl = purl_line(version ? purl_with_version(purl, *version) : std::string(purl));
}

void set_licence(SpdxPackage& package, std::string_view licence) {
  if (licence.empty()) return;
  if (is_licence_expression(licence)) {
    package.licence_declared = licence;
  } else {
    package.licence_comments = "stated as: " + spdx_line(licence);
  }
}

std::string comment_of(const match::Copy& copy) {
  std::string text = fmt::format(
      "Embedded copy: {}, confidence {}, covers {} of the release's code files; files: {}",
      match::name_of(copy.verdict), percent_text(copy.confidence),
      percent_text(copy.coverage_ratio), counts_text(copy.counts));
  if (!exact_version(copy.versions) && !copy.versions.empty()) {
    text += "; one of these releases:";
    for (const std::string& version : copy.versions) text += " " + version;
  }
  for (const std::string& note : notes_of(copy)) text += "; " + note;
  return spdx_line(text);
}

SpdxPackage package_of(const match::Copy& copy, std::size_t number) {
  SpdxPackage package;
  package.id = fmt::format("SPDXRef-Copy-{}-{}", number, id_part(copy.component));
  package.name = name_line(copy.component);
  package.file_name = file_name_of(copy.path);
  package.purpose = "LIBRARY";
  set_identity(package, copy.purl, copy.versions);
  set_licence(package, copy.licence);
  package.source_info = "found by comparing the files with those of known releases";
  package.comment = comment_of(copy);
  return package;
}

SpdxPackage package_of(const match::DeclaredOnly& declared, std::size_t number) {
  SpdxPackage package;
  package.id = fmt::format("SPDXRef-Declared-{}-{}", number, id_part(declared.name));
  package.name = name_line(declared.name);
  package.version = spdx_line(declared.version);
  package.file_name = file_name_of(declared.path);
  package.purpose = "LIBRARY";
  package.source_info = spdx_line(reason_of(declared));
  package.comment = "Declared only: unknown to the knowledge base, not compared with any release";
  return package;
}

SpdxPackage package_of_subject(const match::ScanResult& result) {
  SpdxPackage package;
  package.id = kSubjectId;
  package.name = name_line(subject_name(result));
  package.source_info = spdx_line(fmt::format("{} ({})", result.subject, result.subject_kind));
  if (!result.self.empty()) {
    const match::SelfIdentity& self = result.self.front();
    package.name = name_line(self.component);
    set_identity(package, self.purl, self.versions);
  }
  return package;
}

std::vector<SpdxLicence> licences_in(const match::ScanResult& result) {
  std::vector<SpdxLicence> licences;
  std::set<std::string> seen;
  for (const match::Copy& copy : result.copies) {
    for (const std::string& reference : licence_references(copy.licence)) {
      if (!seen.insert(reference).second) continue;
      licences.push_back({reference, "See the licence file of " + name_line(copy.component) + "."});
    }
  }
  return licences;
}

void add_packages(SpdxDocument& document, const match::ScanResult& result) {
  document.packages.push_back(package_of_subject(result));
  document.relationships.push_back({kDocumentId, "DESCRIBES", kSubjectId});
  std::vector<std::string> ids;
  for (const match::Copy& copy : result.copies) {
    document.packages.push_back(package_of(copy, ids.size() + 1));
    ids.push_back(document.packages.back().id);
  }
  const Forest forest = forest_of(result);
  for (const std::size_t root : forest.roots)
    document.relationships.push_back({kSubjectId, "CONTAINS", ids[root]});
  for (std::size_t parent = 0; parent < ids.size(); ++parent) {
    for (const std::size_t child : forest.children[parent]) {
      document.relationships.push_back({ids[parent], "CONTAINS", ids[child]});
    }
  }
  for (std::size_t i = 0; i < result.declared_only.size(); ++i) {
    document.packages.push_back(package_of(result.declared_only[i], i + 1));
    document.relationships.push_back({kSubjectId, "CONTAINS", document.packages.back().id});
  }
}

}  // namespace

Result<SpdxDocument> spdx_document(const match::ScanResult& result, const Options& options) {
  if (options.timestamp.empty()) {
    return fail(ErrorCode::invalid_argument,
                "an SPDX document needs the time at which it was made");
  }
  SpdxDocument document;
  document.name = name_line(subject_name(result));
  document.name_space =
      "https://stowaway.invalid/spdx/" +
      percent_encode(options.serial.empty() ? stable_serial(result) : options.serial);
  document.created = spdx_line(options.timestamp);
  document.creator = "Tool: " + std::string(kToolName) + "-" + spdx_line(options.tool_version);
  document.comment = spdx_line(fmt::format(
      "{}; knowledge base {}",
      result.partial
          ? fmt::format("PARTIAL: {} not looked at",
                        count_text(result.summary.gaps, "thing was", "things were"))
          : fmt::format("{} looked at", count_text(result.summary.files, "file was", "files were")),
      result.kb.id.empty() ? "unnamed" : result.kb.id));
  add_packages(document, result);
  document.licences = licences_in(result);
  return document;
}

}  // namespace stowaway::report

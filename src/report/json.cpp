#include "report/json.h"

#include <utility>

#include "report/common.h"
#include "report/policy_report.h"

namespace stowaway::report {
namespace {

Json json_of(const match::FileCounts& counts) {
  return {{"identical", counts.identical},
          {"reformatted", counts.reformatted},
          {"other_release", counts.other_release},
          {"changed", counts.changed},
          {"added", counts.added},
          {"missing", counts.missing}};
}

Json json_of(const match::Declaration& declaration) {
  Json out;
  out["version"] = json_text(declaration.version);
  set_bytes(out, "path", declaration.path);
  out["method"] = json_text(declaration.method);
  out["agrees"] = declaration.agrees;
  return out;
}

Json json_of(const match::FileEvidence& file) {
  Json out;
  set_bytes(out, "path", file.path);
  set_bytes(out, "release_path", file.release_path);
  out["relation"] = match::name_of(file.relation);
  out["similarity_ratio"] = rounded(file.similarity_ratio);
  out["versions"] = json_texts(file.versions);
  return out;
}

Json json_of(const match::RivalRelease& rival) {
  return {{"version", json_text(rival.version)},
          {"files_for", rival.files_for},
          {"files_against", rival.files_against},
          {"files_missing", rival.files_missing}};
}

Json json_of(const match::SelfIdentity& self) {
  Json out;
  out["component"] = json_text(self.component);
  out["purl"] = json_text(self.purl);
  out["versions"] = json_texts(self.versions);
  out["verdict"] = match::name_of(self.verdict);
  out["confidence"] = rounded(self.confidence);
  out["coverage_ratio"] = rounded(self.coverage_ratio);
  return out;
}

Json json_of(const match::DeclaredOnly& declared) {
  Json out;
  set_bytes(out, "path", declared.path);
  out["name"] = json_text(declared.name);
  out["version"] = json_text(declared.version);
  set_bytes(out, "declared_in", declared.declared_in);
  out["known_from"] = json_text(declared.known_from);
  return out;
}

Json json_of(const source::Gap& gap) {
  Json out;
  set_bytes(out, "path", gap.path);
  out["reason"] = source::name_of(gap.reason);
  out["detail"] = json_text(gap.detail);
  return out;
}

Json json_of(const match::KbInfo& kb) {
  Json out;
  set_bytes(out, "path", kb.path);
  out["id"] = json_text(kb.id);
  out["components"] = kb.components;
  out["releases"] = kb.releases;
  out["contents"] = kb.contents;
  out["shingles"] = kb.shingles;
  return out;
}

template <class Items>
Json list_of(const Items& items) {
  Json list = Json::array();
  for (const auto& item : items) list.push_back(json_of(item));
  return list;
}

Json copies_of(const match::ScanResult& result) {
  Json list = Json::array();
  for (const match::Copy& copy : result.copies) list.push_back(copy_json(copy));
  const Forest forest = forest_of(result);
  for (std::size_t parent = 0; parent < forest.children.size(); ++parent) {
    for (const std::size_t child : forest.children[parent]) list[child]["nested_in"] = parent;
  }
  return list;
}

Json summary_of(const match::ScanResult& result) {
  const source::Summary& summary = result.summary;
  return {{"files", summary.files},         {"passed_over", summary.passed_over},
          {"bytes", summary.bytes},         {"links", summary.links},
          {"archives", summary.archives},   {"gaps", summary.gaps},
          {"copies", result.copies.size()}, {"declared_only", result.declared_only.size()}};
}

}  // namespace

Json copy_json(const match::Copy& copy) {
  Json out;
  set_bytes(out, "path", copy.path);
  out["component"] = json_text(copy.component);
  out["purl"] = json_text(copy.purl);
  out["licence"] = json_text(copy.licence);
  out["versions"] = json_texts(copy.versions);
  out["version_note"] = json_text(copy.version_note);
  out["verdict"] = match::name_of(copy.verdict);
  out["confidence"] = rounded(copy.confidence);
  out["coverage_ratio"] = rounded(copy.coverage_ratio);
  out["purity_ratio"] = rounded(copy.purity_ratio);
  out["unchanged_ratio"] = rounded(copy.unchanged_ratio);
  out["counts"] = json_of(copy.counts);
  out["declared"] = list_of(copy.declared);
  out["alternatives"] = json_texts(copy.alternatives);
  out["nested_in"] = nullptr;
  if (!copy.files.empty()) out["files"] = list_of(copy.files);
  if (!copy.rivals.empty()) out["rivals"] = list_of(copy.rivals);
  return out;
}

std::string write_json(const match::ScanResult& result, const Options& options) {
  Json out;
  out["schema"] = "https://stowaway.invalid/schema/scan-1.json";
  out["format_version"] = kJsonFormatVersion;
  out["tool"] = {{"name", kToolName}, {"version", json_text(options.tool_version)}};
  if (!options.timestamp.empty()) out["timestamp"] = json_text(options.timestamp);
  Json subject;
  set_bytes(subject, "name", result.subject);
  subject["kind"] = json_text(result.subject_kind);
  out["subject"] = std::move(subject);
  out["partial"] = result.partial;
  out["self"] = list_of(result.self);
  out["copies"] = copies_of(result);
  out["declared_only"] = list_of(result.declared_only);
  if (options.policy != nullptr) out["policy"] = policy_json(result, *options.policy);
  out["summary"] = summary_of(result);
  out["gaps"] = list_of(result.gaps);
  out["kb"] = json_of(result.kb);
  return to_document(out);
}

}  // namespace stowaway::report

#include "report/cyclonedx.h"

#include <fmt/core.h>

#include <set>
#include <utility>

#include "report/common.h"
#include "report/json_text.h"
#include "report/licence.h"
#include "report/text.h"

namespace stowaway::report {
namespace {

constexpr const char* kSubjectReference = "subject";

void add_property(Json& properties, std::string_view name, std::string_view value) {
  properties.push_back({{"name", fmt::format("stowaway:{}", name)}, {"value", json_text(value)}});
}

std::string ratio_text(double ratio) { return fmt::format("{}", rounded(ratio)); }

// Hands out each bom-ref once. They follow from path and component, so they stay from scan to scan.
class References {
 public:
  std::string make(std::string_view kind, std::string_view path, std::string_view name) {
    const std::string wanted =
        fmt::format("{}:{}#{}", kind, percent_encode(path, "/"), percent_encode(name));
    std::string reference = wanted;
    for (unsigned number = 2; !taken_.insert(reference).second; ++number) {
      reference = fmt::format("{}~{}", wanted, number);
    }
    return reference;
  }

 private:
  std::set<std::string> taken_{kSubjectReference};
};

// An expression where it is one, so that LicenseRef-… and ids newer than the schema's list are
// valid too; else a name.
Json licences_of(std::string_view licence) {
  Json entry;
  if (is_licence_expression(licence)) {
    entry["expression"] = json_text(licence);
    entry["acknowledgement"] = "declared";
  } else {
    entry["license"] = {{"name", json_text(licence)}, {"acknowledgement", "declared"}};
  }
  return Json::array({std::move(entry)});
}

Json method_of(const char* technique, double confidence, std::string_view value) {
  return {
      {"technique", technique}, {"confidence", rounded(confidence)}, {"value", json_text(value)}};
}

// How the component was recognised: by digests of whole files, and by what is left of them where
// they were changed.
Json name_methods(const match::Copy& copy) {
  Json methods = Json::array();
  const match::FileCounts& counts = copy.counts;
  if (counts.identical + counts.other_release > 0) {
    methods.push_back(method_of(
        "hash-comparison", copy.confidence,
        fmt::format(
            "{} byte for byte in a release",
            count_text(std::uint64_t{counts.identical} + counts.other_release, "file", "files"))));
  }
  if (counts.reformatted + counts.changed > 0) {
    methods.push_back(method_of(
        "source-code-analysis", copy.confidence,
        fmt::format(
            "{} reformatted or changed",
            count_text(std::uint64_t{counts.reformatted} + counts.changed, "file", "files"))));
  }
  return methods;
}

Json identity_of(const char* field, std::string_view value, double confidence, Json methods) {
  Json identity;
  identity["field"] = field;
  identity["confidence"] = rounded(confidence);
  identity["concludedValue"] = json_text(value);
  if (!methods.empty()) identity["methods"] = std::move(methods);
  return identity;
}

// Each release that the evidence cannot tell apart gets an equal share of the confidence: none is
// shown as a fact.
Json identities_of(const match::Copy& copy) {
  Json identities = Json::array();
  identities.push_back(identity_of("name", copy.component, copy.confidence, name_methods(copy)));
  const double share =
      copy.versions.empty() ? 0 : copy.confidence / static_cast<double>(copy.versions.size());
  for (const std::string& version : copy.versions) {
    Json methods = Json::array({method_of("hash-comparison", share, counts_text(copy.counts))});
    for (const match::Declaration& declared : copy.declared) {
      if (declared.version != version) continue;
      methods.push_back(method_of("manifest-analysis", share, declaration_text(declared)));
    }
    identities.push_back(identity_of("version", version, share, std::move(methods)));
  }
  return identities;
}

Json occurrences_of(std::string_view path) {
  return Json::array({Json{{"location", path.empty() ? Json(".") : json_text(path)}}});
}

Json properties_of(const match::Copy& copy) {
  Json properties = Json::array();
  add_property(properties, "verdict", match::name_of(copy.verdict));
  add_property(properties, "confidence", ratio_text(copy.confidence));
  add_property(properties, "coverage", ratio_text(copy.coverage_ratio));
  add_property(properties, "purity", ratio_text(copy.purity_ratio));
  add_property(properties, "unchanged", ratio_text(copy.unchanged_ratio));
  if (!exact_version(copy.versions)) {
    for (const std::string& version : copy.versions)
      add_property(properties, "candidate-version", version);
  }
  if (!copy.version_note.empty()) add_property(properties, "version-note", copy.version_note);
  for (const match::Declaration& declared : copy.declared) {
    add_property(properties, declared.agrees ? "declared" : "declared-otherwise",
                 declaration_text(declared));
  }
  for (const std::string& other : copy.alternatives) add_property(properties, "alternative", other);
  if (!is_utf8(copy.path)) add_property(properties, "path-bytes", base64(copy.path));
  return properties;
}

// Where a modified copy comes from. The patches themselves are `stowaway diff`'s to make.
Json pedigree_of(const match::Copy& copy) {
  Json ancestor;
  ancestor["type"] = "library";
  ancestor["name"] = json_text(copy.component);
  const auto version = exact_version(copy.versions);
  if (version) ancestor["version"] = json_text(*version);
  if (version && !copy.purl.empty()) ancestor["purl"] = purl_with_version(copy.purl, *version);
  return {{"ancestors", Json::array({std::move(ancestor)})},
          {"notes",
           json_text(fmt::format("{} of the code that was found is unchanged; files: {}",
                                 percent_text(copy.unchanged_ratio), counts_text(copy.counts)))}};
}

Json component_of(const match::Copy& copy, const std::string& reference) {
  Json component;
  component["type"] = "library";
  component["bom-ref"] = reference;
  component["name"] = json_text(copy.component);
  const auto version = exact_version(copy.versions);
  if (version) component["version"] = json_text(*version);
  if (version && !copy.purl.empty()) component["purl"] = purl_with_version(copy.purl, *version);
  if (!version && !copy.purl.empty()) component["purl"] = json_text(copy.purl);
  if (!copy.licence.empty()) component["licenses"] = licences_of(copy.licence);
  if (copy.verdict == match::Verdict::modified) component["pedigree"] = pedigree_of(copy);
  component["evidence"] = {{"identity", identities_of(copy)},
                           {"occurrences", occurrences_of(copy.path)}};
  component["properties"] = properties_of(copy);
  return component;
}

Json component_of(const match::DeclaredOnly& declared, const std::string& reference) {
  Json component;
  component["type"] = "library";
  component["bom-ref"] = reference;
  component["name"] = json_text(declared.name);
  if (!declared.version.empty()) component["version"] = json_text(declared.version);
  Json methods = Json::array({method_of("manifest-analysis", 0, reason_of(declared))});
  component["evidence"] = {
      {"identity", Json::array({identity_of("name", declared.name, 0, std::move(methods))})},
      {"occurrences", occurrences_of(declared.path)}};
  Json properties = Json::array();
  add_property(properties, "verdict", "declared-only");
  component["properties"] = std::move(properties);
  return component;
}

Json subject_of(const match::ScanResult& result) {
  Json subject;
  subject["type"] = "application";
  subject["bom-ref"] = kSubjectReference;
  if (result.self.empty()) {
    subject["name"] = json_text(subject_name(result));
    return subject;
  }
  const match::SelfIdentity& self = result.self.front();
  subject["name"] = json_text(self.component);
  const auto version = exact_version(self.versions);
  if (version) subject["version"] = json_text(*version);
  if (!self.purl.empty()) {
    subject["purl"] = version ? Json(purl_with_version(self.purl, *version)) : json_text(self.purl);
  }
  return subject;
}

Json metadata_of(const match::ScanResult& result, const Options& options) {
  Json metadata;
  if (!options.timestamp.empty()) metadata["timestamp"] = json_text(options.timestamp);
  Json tool = {{"type", "application"}, {"name", kToolName}};
  if (!options.tool_version.empty()) tool["version"] = json_text(options.tool_version);
  metadata["tools"] = {{"components", Json::array({std::move(tool)})}};
  metadata["component"] = subject_of(result);
  Json properties = Json::array();
  add_property(properties, "subject", result.subject);
  add_property(properties, "subject-kind", result.subject_kind);
  add_property(properties, "partial", result.partial ? "true" : "false");
  add_property(properties, "files", std::to_string(result.summary.files));
  add_property(properties, "gaps", std::to_string(result.summary.gaps));
  add_property(properties, "kb", result.kb.id);
  metadata["properties"] = std::move(properties);
  return metadata;
}

// The tree of components and the list of who holds whom, built in one walk from the leaves up.
class Bill {
 public:
  explicit Bill(const match::ScanResult& result) : result_(result), forest_(forest_of(result)) {
    for (const match::Copy& copy : result.copies) {
      references_.push_back(names_.make("copy", copy.path, copy.component));
    }
  }

  Json components() {
    std::vector<Json> built(result_.copies.size());
    const std::vector<TreeRow> rows = in_tree_order(result_);
    for (auto row = rows.rbegin(); row != rows.rend();
         ++row) {  // a copy comes before those that lie in it
      built[row->copy] = component_of(result_.copies[row->copy], references_[row->copy]);
      for (const std::size_t child : forest_.children[row->copy]) {
        built[row->copy]["components"].push_back(std::move(built[child]));
      }
    }
    Json components = Json::array();
    for (const std::size_t root : forest_.roots) components.push_back(std::move(built[root]));
    for (const match::DeclaredOnly& declared : result_.declared_only) {
      declared_.push_back(names_.make("declared", declared.path, declared.name));
      components.push_back(component_of(declared, declared_.back()));
    }
    return components;
  }

  // After components().
  Json dependencies() const {
    Json list = Json::array();
    list.push_back(dependency(kSubjectReference, forest_.roots));
    for (const std::string& reference : declared_) list[0]["dependsOn"].push_back(reference);
    for (std::size_t i = 0; i < references_.size(); ++i) {
      list.push_back(dependency(references_[i], forest_.children[i]));
    }
    for (const std::string& reference : declared_) list.push_back(Json{{"ref", reference}});
    return list;
  }

 private:
  Json dependency(const std::string& reference, const std::vector<std::size_t>& holds) const {
    Json entry = {{"ref", reference}};
    for (const std::size_t copy : holds) entry["dependsOn"].push_back(references_[copy]);
    return entry;
  }

  const match::ScanResult& result_;
  Forest forest_;
  References names_;
  std::vector<std::string> references_;  // by copy
  std::vector<std::string> declared_;
};

}  // namespace

std::string write_cyclonedx(const match::ScanResult& result, const Options& options) {
  Json out;
  out["$schema"] = "http://cyclonedx.org/schema/bom-1.6.schema.json";
  out["bomFormat"] = "CycloneDX";
  out["specVersion"] = "1.6";
  out["serialNumber"] =
      "urn:uuid:" + (options.serial.empty() ? stable_serial(result) : options.serial);
  out["version"] = 1;
  out["metadata"] = metadata_of(result, options);
  Bill bill(result);
  out["components"] = bill.components();
  out["dependencies"] = bill.dependencies();
  // No scan can know of all that is embedded; one that left something out surely does not.
  out["compositions"] = Json::array({Json{{"aggregate", result.partial ? "incomplete" : "unknown"},
                                          {"assemblies", Json::array({kSubjectReference})}}});
  return to_document(out);
}

}  // namespace stowaway::report

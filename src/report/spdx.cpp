#include "report/spdx.h"

#include <utility>

#include "report/json_text.h"
#include "report/spdx_document.h"

namespace stowaway::report {
namespace {

void set(Json& object, const char* key, const std::string& text) {
  if (!text.empty()) object[key] = text;
}

Json json_of(const SpdxPackage& package) {
  Json out;
  out["name"] = package.name;
  out["SPDXID"] = package.id;
  set(out, "versionInfo", package.version);
  set(out, "packageFileName", package.file_name);
  out["downloadLocation"] = "NOASSERTION";
  out["filesAnalyzed"] = false;
  set(out, "sourceInfo", package.source_info);
  out["licenseConcluded"] = "NOASSERTION";
  out["licenseDeclared"] = package.licence_declared;
  set(out, "licenseComments", package.licence_comments);
  out["copyrightText"] = "NOASSERTION";
  set(out, "comment", package.comment);
  if (!package.purl.empty()) {
    out["externalRefs"] = Json::array({Json{{"referenceCategory", "PACKAGE-MANAGER"},
                                            {"referenceType", "purl"},
                                            {"referenceLocator", package.purl}}});
  }
  set(out, "primaryPackagePurpose", package.purpose);
  return out;
}

class TagWriter {
 public:
  void tag(const char* name, const std::string& value) {
    if (!value.empty()) text_ += std::string(name) + ": " + value + "\n";
  }
  void gap() { text_ += "\n"; }
  std::string take() { return std::move(text_); }

 private:
  std::string text_;
};

void write_package(TagWriter& out, const SpdxPackage& package) {
  out.gap();
  out.tag("PackageName", package.name);
  out.tag("SPDXID", package.id);
  out.tag("PackageVersion", package.version);
  out.tag("PackageFileName", package.file_name);
  out.tag("PackageDownloadLocation", "NOASSERTION");
  out.tag("FilesAnalyzed", "false");
  out.tag("PackageSourceInfo", package.source_info);
  out.tag("PackageLicenseConcluded", "NOASSERTION");
  out.tag("PackageLicenseDeclared", package.licence_declared);
  out.tag("PackageLicenseComments", package.licence_comments);
  out.tag("PackageCopyrightText", "NOASSERTION");
  out.tag("PackageComment", package.comment);
  if (!package.purl.empty()) out.tag("ExternalRef", "PACKAGE-MANAGER purl " + package.purl);
  out.tag("PrimaryPackagePurpose", package.purpose);
}

}  // namespace

Result<std::string> write_spdx_json(const match::ScanResult& result, const Options& options) {
  STOWAWAY_TRY(const SpdxDocument document, spdx_document(result, options));
  Json out;
  out["spdxVersion"] = "SPDX-2.3";
  out["dataLicense"] = "CC0-1.0";
  out["SPDXID"] = "SPDXRef-DOCUMENT";
  out["name"] = document.name;
  out["documentNamespace"] = document.name_space;
  out["creationInfo"] = {{"created", document.created},
                         {"creators", Json::array({document.creator})}};
  out["comment"] = document.comment;
  out["packages"] = Json::array();
  for (const SpdxPackage& package : document.packages) out["packages"].push_back(json_of(package));
  for (const SpdxLicence& licence : document.licences) {
    out["hasExtractedLicensingInfos"].push_back(
        {{"licenseId", licence.id}, {"extractedText", licence.text}});
  }
  out["relationships"] = Json::array();
  for (const SpdxRelationship& relationship : document.relationships) {
    out["relationships"].push_back({{"spdxElementId", relationship.from},
                                    {"relationshipType", relationship.type},
                                    {"relatedSpdxElement", relationship.to}});
  }
  return to_document(out);
}

Result<std::string> write_spdx_tag_value(const match::ScanResult& result, const Options& options) {
  STOWAWAY_TRY(const SpdxDocument document, spdx_document(result, options));
  TagWriter out;
  out.tag("SPDXVersion", "SPDX-2.3");
  out.tag("DataLicense", "CC0-1.0");
  out.tag("SPDXID", "SPDXRef-DOCUMENT");
  out.tag("DocumentName", document.name);
  out.tag("DocumentNamespace", document.name_space);
  out.tag("DocumentComment", document.comment);
  out.tag("Creator", document.creator);
  out.tag("Created", document.created);
  for (const SpdxPackage& package : document.packages) write_package(out, package);
  for (const SpdxLicence& licence : document.licences) {
    out.gap();
    out.tag("LicenseID", licence.id);
    out.tag("ExtractedText", "<text>" + licence.text + "</text>");
  }
  out.gap();
  for (const SpdxRelationship& relationship : document.relationships) {
    out.tag("Relationship", relationship.from + " " + relationship.type + " " + relationship.to);
  }
  return out.take();
}

}  // namespace stowaway::report

// What an SPDX 2.3 document says about a scan, for both of its forms. Private to `report`.
//
// Every text here is one line of printable UTF-8 (to_line() of the subject's bytes), and none holds
// "<text>", so that either form can print it as it is and both say the same.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "match/result.h"
#include "report/writer.h"

namespace stowaway::report {

struct SpdxPackage {
  std::string id;         // "SPDXRef-Copy-1-zlib"
  std::string name;       // never empty
  std::string version;    // empty: not a single one
  std::string purl;       // empty: none
  std::string file_name;  // "./3rdparty/zlib"; empty: the subject
  std::string licence_declared = "NOASSERTION";
  std::string licence_comments;  // what the knowledge base says where it is no SPDX expression
  std::string purpose;           // "LIBRARY"
  std::string source_info, comment;
};

struct SpdxRelationship {
  std::string from, type, to;
};

struct SpdxLicence {
  std::string id, text;
};

struct SpdxDocument {
  std::string name, name_space, created, creator, comment;
  std::vector<SpdxPackage> packages;  // the subject first
  std::vector<SpdxRelationship> relationships;
  std::vector<SpdxLicence> licences;  // one for each LicenseRef-…
};

// Fails with invalid_argument without a timestamp, which SPDX cannot do without.
Result<SpdxDocument> spdx_document(const match::ScanResult& result, const Options& options);

}  // namespace stowaway::report

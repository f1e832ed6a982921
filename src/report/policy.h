// What may be embedded: a policy file (docs/guide/policy.md), and what of a scan's copies breaks
// its rules. Pure; safe from any thread.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "match/result.h"

namespace stowaway::report {

// "zlib >= 1.2.11 < 1.3": a component, and what its version has to be.
struct Requirement {
  struct Bound {
    std::string comparison;  // "=", "!=", "<", "<=", ">", ">="
    std::string version;
  };
  std::string component;      // "*" stands for any characters
  std::vector<Bound> bounds;  // all must hold; none: any version
  std::string text;           // as the file says it
  unsigned line = 0;          // of the file
};

struct DeniedLicence {
  std::string id;  // "*" stands for any characters; "unknown": copies without a known licence
  unsigned line = 0;
};

struct PathAcceptance {
  std::string path;       // a copy there or below; "*" stands for any characters, "/" too
  std::string component;  // as in Requirement; empty: any
  std::string until;      // "2027-01-31", the last day; empty: for ever
  std::string because;
  unsigned line = 0;
};

struct Policy {
  std::string file;        // its name, for messages
  bool has_allow = false;  // nothing else may be embedded
  std::vector<Requirement> allow, deny, require;
  std::vector<DeniedLicence> deny_licences;
  std::vector<PathAcceptance> accept;
};

// Fails with corrupt, naming the line: no TOML, a key that means nothing, a value of another kind;
// with limit_exceeded above 1 MiB.
Result<Policy> parse_policy(std::string_view toml, std::string file);

struct Violation {
  std::size_t copy;     // index in ScanResult::copies
  std::string rule;     // the key: "allow", "deny", "require", "deny-licences"
  std::string text;     // what the file says: "zlib >= 1.2.13"; empty for what no `allow` names
  unsigned line;        // of the file
  std::string message;  // "zlib 1.2.8 has to be >= 1.2.13"; holds bytes of the subject
};

struct AcceptedCopy {
  std::size_t copy;
  std::size_t acceptance;  // index in Policy::accept
};

struct Judgement {
  Policy policy;
  std::vector<Violation> violations;   // in the order of the copies, then of the file
  std::vector<AcceptedCopy> accepted;  // that would break a rule elsewhere
};

// A copy whose version is not certain breaks a rule when one of the versions that it may have does;
// so does one of unknown version, unless any version is right. `today` is "2026-11-23": an
// acceptance whose last day is past does not count.
Judgement judge(const Policy& policy, const match::ScanResult& result, std::string_view today);

}  // namespace stowaway::report

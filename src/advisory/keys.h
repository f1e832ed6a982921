// Under which keys an advisory and a component meet: package URLs, repositories, names and aliases.
// A name alone only counts within one world: an npm package "zlib" is not the C library. Pure.
#pragma once

#include <string>
#include <vector>

#include "advisory/record.h"

namespace stowaway::advisory {

struct KnownRelease {
  std::string version, revision;  // revision: commit id in hex; may be empty
};

// A component as an audit knows it; one of which nothing is known but the name is looked for in
// every world; see component_of() in components.h.
struct Component {
  std::string name, purl, language;
  std::vector<std::string> aliases;
  std::vector<KnownRelease> releases;  // that the knowledge base knows, oldest first; may be empty
};

// Sorted, each once: "purl:pkg:github/madler/zlib", "git:github.com/madler/zlib", "name:zlib",
// "deb:zlib".
//   purl  the package URL in lower case without version and qualifiers; also made from the name
//         where the ecosystem (npm, PyPI, …) says how
//   git   the repository; not of a component that is only a part of one (its purl has a subpath)
//   name  of records without a packaging world (ecosystem "Upstream", "OSS-Fuzz", "ConanCenter")
//   deb   Debian's source package; "libpng1.6" is also "libpng"
std::vector<std::string> keys_of(const Component& component);
std::vector<std::string> keys_of(const Affected& affected);

// Whether the two have a key in common.
bool concerns(const Affected& affected, const std::vector<std::string>& component_keys);

// "Debian", "Debian:12", "Ubuntu:22.04:LTS": versions are those of dpkg.
bool is_debian(std::string_view ecosystem);

}  // namespace stowaway::advisory

// The npm registry that npm is configured with, through the npm program: its settings, its
// credentials and its cache count. Nothing of a package is run. Private to `kb/miner`.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "kb/miner/mine_options.h"

namespace stowaway::kb {

struct NpmRelease {
  std::string version;
  std::string date;       // "2022-03-27"; empty: not said
  std::string shasum;     // SHA-1 of the tarball in hex
  std::string integrity;  // "sha512-…" in base64, several with blanks between; empty: not said
};

// "jquery", "@scope/name": what may stand in a command line.
bool is_npm_name(std::string_view name);

// --- What npm prints, as values. Pure; fail with corrupt, or limit_exceeded. ---

struct NpmVersions {
  std::vector<std::string> versions;
  std::map<std::string, std::string> dates;  // version → date
};
Result<NpmVersions> parse_npm_versions(std::string_view json);  // `npm view NAME versions time`
// `npm view NAME@RANGE version dist.shasum dist.integrity`; without dates.
Result<std::vector<NpmRelease>> parse_npm_releases(std::string_view json);

// --- What asks it. Fail with not_found (no npm, no such package or version), unavailable (the
// registry did not answer), corrupt or cancelled. ---

// The releases in `range`; all final ones (and prereleases, if options say so) where it is empty.
Result<std::vector<NpmRelease>> npm_releases(const std::string& name, const std::string& range,
                                             const MineOptions& options);
// Puts the tarballs of these versions into `directory` and returns their files, in order.
Result<std::vector<std::string>> npm_fetch(const std::string& name,
                                           const std::vector<std::string>& versions,
                                           const std::string& directory,
                                           const MineOptions& options);
// Fails with corrupt if the file is not what the registry promised.
Result<void> npm_verify(const std::string& file, const NpmRelease& release,
                        const std::stop_token& stop);

}  // namespace stowaway::kb

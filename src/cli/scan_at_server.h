// `stowaway scan --kb https://…`: fingerprints here, asks there.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "cli/commands.h"
#include "cli/scan_options.h"

namespace stowaway::cli {

struct ServerScan {
  std::string url;                                           // of the server
  std::vector<std::string> subjects;                         // "": what dpkg has installed
  std::vector<std::pair<std::string, std::string>> outputs;  // format, file; "": standard output
  std::string dpkg_root, fail_on, ca_file, certificate_file, key_file;
  std::string submit_as, submit_version;  // record the one subject under this name; "": do not
  ScanLimits limits;
};

// The server that --kb or STOWAWAY_KB names; "" where it is a file.
std::string server_named(const std::string& option);

// Prints reports and errors; the exit code, as of `stowaway scan`. STOWAWAY_TOKEN holds the token.
int scan_at_server(const ServerScan& wish, const Common& common);

}  // namespace stowaway::cli

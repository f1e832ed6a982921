#include "cli/track_scan.h"

#include <tuple>

#include "cli/find_ledger.h"
#include "cli/track_options.h"

namespace stowaway::cli {

void TrackScan::add_to(CLI::App& command) {
  command.add_option("--track", name_and_version,
                     "NAME=VERSION: keep the result in the ledger under this name");
  command.add_option("--ledger", ledger, "The ledger; your own by default")->needs("--track");
}

Result<void> TrackScan::check(std::size_t subjects) const {
  if (!is_wanted()) return {};
  const auto [name, version] = cli::name_and_version(name_and_version);
  if (name.empty() || version.empty())
    return fail(ErrorCode::invalid_argument, "--track takes NAME=VERSION");
  if (subjects != 1)
    return fail(ErrorCode::invalid_argument,
                "--track takes one subject; `stowaway track --from LIST` takes many");
  return {};
}

Result<void> TrackScan::keep(const match::ScanResult& result,
                             const match::Fingerprints& fingerprints) const {
  if (!is_wanted() || result.summary.files == 0) return {};
  ledger::NewSnapshot snapshot;
  std::tie(snapshot.subject, snapshot.version) = cli::name_and_version(name_and_version);
  snapshot.origin = result.subject;
  snapshot.at = now_text();
  STOWAWAY_TRY(ledger::Ledger opened, open_ledger(ledger));
  const std::string bytes = match::encode_fingerprints(fingerprints);
  const auto put = opened.put(snapshot, result, bytes);
  if (!put) return tl::unexpected<Error>(put.error());
  return {};
}

}  // namespace stowaway::cli

#include "report/ledger_export.h"

#include "fingerprint/identity.h"
#include "report/json.h"
#include "report/ledger_json.h"

namespace stowaway::report {
namespace {

std::string line_of(const Json& json) {
  return json.dump(-1, ' ', /*ensure_ascii=*/true, Json::error_handler_t::replace) + "\n";
}

}  // namespace

Result<std::string> export_ledger(const ledger::Ledger& ledger) {
  std::string text;
  STOWAWAY_TRY(const auto snapshots, ledger.snapshots(""));
  for (const ledger::Snapshot& snapshot : snapshots) {
    STOWAWAY_TRY(const auto result, ledger.result_of(snapshot.id));
    STOWAWAY_TRY(const std::string bytes, ledger.fingerprints_of(snapshot.id));
    Json line;
    line["snapshot"] = json_of(snapshot);
    line["fingerprints"] =
        bytes.empty() ? ""
                      : fingerprint::to_hex(fingerprint::sha256_of(fingerprint::as_bytes(bytes)));
    line["result"] = Json::parse(write_json(result, {}));
    text += line_of(line);
  }
  STOWAWAY_TRY(const auto failures, ledger.failures());
  for (const ledger::Failure& failure : failures) text += line_of({{"failure", json_of(failure)}});
  return text;
}

}  // namespace stowaway::report

#include "cli/find_ledger.h"

#include <cstdlib>
#include <ctime>

namespace stowaway::cli {
namespace {

std::string environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

Result<ledger::Ledger> open_with(const std::string& option, ledger::sql::Access access) {
  const std::string where = ledger_file(option);
  if (where.empty())
    return fail(ErrorCode::unavailable,
                "neither XDG_DATA_HOME nor HOME says where the ledger lies; name it with --ledger");
  return ledger::Ledger::open(where, access);
}

}  // namespace

std::string ledger_file(const std::string& option) {
  if (!option.empty()) return option;
  if (std::string file = environment("STOWAWAY_LEDGER"); !file.empty()) return file;
  std::string data = environment("XDG_DATA_HOME");
  if (data.empty() && !environment("HOME").empty()) data = environment("HOME") + "/.local/share";
  return data.empty() ? "" : data + "/stowaway/ledger.db";
}

Result<ledger::Ledger> open_ledger(const std::string& option) {
  return open_with(option, ledger::sql::Access::read_write);
}

Result<ledger::Ledger> open_ledger_to_read(const std::string& option) {
  return open_with(option, ledger::sql::Access::read_only);
}

ledger::Seconds now_seconds() {
  const std::string fixed = environment("SOURCE_DATE_EPOCH");
  return fixed.empty() ? static_cast<ledger::Seconds>(std::time(nullptr))
                       : std::strtoll(fixed.c_str(), nullptr, 10);
}

}  // namespace stowaway::cli

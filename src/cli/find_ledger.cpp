#include "cli/find_ledger.h"

#include <cstdlib>
#include <ctime>
#include <filesystem>

#include "ledger/notice_tables.h"

namespace stowaway::cli {
namespace {

std::string environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

}  // namespace

std::string ledger_file(const std::string& option) {
  if (!option.empty()) return option;
  if (std::string file = environment("STOWAWAY_LEDGER"); !file.empty()) return file;
  std::string data = environment("XDG_DATA_HOME");
  if (data.empty() && !environment("HOME").empty()) data = environment("HOME") + "/.local/share";
  return data.empty() ? "" : data + "/stowaway/ledger.db";
}

Result<sqlite::Database> open_ledger(const std::string& option) {
  const std::string file = ledger_file(option);
  if (file.empty())
    return fail(ErrorCode::unavailable,
                "neither XDG_DATA_HOME nor HOME says where the ledger lies; name it with --ledger");
  std::error_code status;
  const auto folder = std::filesystem::path(file).parent_path();
  if (!folder.empty()) std::filesystem::create_directories(folder, status);
  STOWAWAY_TRY(sqlite::Database database, sqlite::Database::open(file, sqlite::Access::read_write));
  STOWAWAY_TRY_VOID(database.run("PRAGMA journal_mode=WAL"));
  STOWAWAY_TRY_VOID(ledger::make_notice_tables(database));
  return database;
}

ledger::Seconds now_seconds() {
  const std::string fixed = environment("SOURCE_DATE_EPOCH");
  return fixed.empty() ? static_cast<ledger::Seconds>(std::time(nullptr))
                       : std::strtoll(fixed.c_str(), nullptr, 10);
}

}  // namespace stowaway::cli

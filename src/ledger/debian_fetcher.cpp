#include "ledger/debian_fetcher.h"

#include <algorithm>
#include <filesystem>

namespace stowaway::ledger {

DebianFetcher::DebianFetcher(const TrackOptions& options) {
  options_.cache_directory = options.archive.cache_directory;
  options_.debian.suites = options.archive.suites;
  options_.debian.apt_sources = options.archive.apt_sources;
  options_.stop = options.stop;
}

Result<kb::AptArchive*> DebianFetcher::archive() {
  if (!archive_) archive_.emplace(kb::AptArchive::open(options_));
  if (!*archive_) return tl::unexpected<Error>(archive_->error());
  return &**archive_;
}

Result<source::Dsc> DebianFetcher::find(const Wish& wish) {
  STOWAWAY_TRY(kb::AptArchive* const from, archive());
  STOWAWAY_TRY(auto offered, from->versions(wish.package));
  if (wish.version.empty()) return std::move(offered.back());
  const auto found = std::ranges::find(offered, wish.version, &source::Dsc::version);
  if (found != offered.end()) return std::move(*found);
  return fail(ErrorCode::not_found, "{} is not offered at {}; the newest is {}", wish.package,
              wish.version, offered.back().version);
}

Result<std::string> DebianFetcher::fetch(const source::Dsc& package) {
  STOWAWAY_TRY(kb::AptArchive* const from, archive());
  return from->fetch(package);
}

void DebianFetcher::remove(const std::string& dsc_file, const source::Dsc& package) {
  std::error_code ignored;
  const auto folder = std::filesystem::path(dsc_file).parent_path();
  for (const source::DscFile& file : package.files)
    std::filesystem::remove(folder / file.name, ignored);
  std::filesystem::remove(folder, ignored);  // only when it is empty
}

}  // namespace stowaway::ledger

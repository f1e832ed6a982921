#include "ledger/bring.h"

#include <filesystem>
#include <utility>

#include "ledger/debian_fetcher.h"

namespace stowaway::ledger {
namespace {

constexpr std::string_view kDebian = "debian:", kSubmitted = "submitted by ";

}  // namespace

Result<Brought> Brought::open(const Snapshot& snapshot, const TrackOptions& options) {
  const std::string& origin = snapshot.origin;
  if (origin.starts_with(kSubmitted))
    return fail(ErrorCode::unsupported,
                "{} {} was {}: its source never was here; name a directory that holds it",
                snapshot.subject, snapshot.version, origin);
  std::error_code status;
  if (!origin.starts_with(kDebian)) {
    // A git revision, "REPO@REV", is at its repository.
    if (std::filesystem::exists(origin, status) ||
        std::filesystem::exists(origin.substr(0, origin.rfind('@')), status))
      return Brought(origin);
    return fail(ErrorCode::not_found,
                "{} {} was read from {}, which is not there any more; name a directory that holds "
                "it, or track it again from where it lies now",
                snapshot.subject, snapshot.version, origin);
  }
  STOWAWAY_TRY(const Wish wish, debian_wish(origin));
  DebianFetcher fetcher(options);
  STOWAWAY_TRY(source::Dsc package, fetcher.find(wish));
  STOWAWAY_TRY(std::string file, fetcher.fetch(package));
  Brought brought(std::move(file));
  brought.package_ = std::move(package);
  brought.is_download_ = !options.archive.keep_downloads;
  return brought;
}

Brought::Brought(Brought&& other) noexcept
    : location_(std::move(other.location_)),
      package_(std::move(other.package_)),
      is_download_(std::exchange(other.is_download_, false)) {}

Brought::~Brought() {
  if (is_download_) DebianFetcher::remove(location_, package_);
}

}  // namespace stowaway::ledger

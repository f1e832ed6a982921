#include "ledger/bring.h"

#include <algorithm>
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
                "{} {} was read from {}, which is not there any more{}; name a directory that "
                "holds it, or track it again from where it lies now",
                snapshot.subject, snapshot.version, origin,
                std::filesystem::path(origin).is_absolute()
                    ? ""
                    : " (seen from here: try it where it was tracked)");
  }
  STOWAWAY_TRY(const Wish wish, debian_wish(origin));
  DebianFetcher fetcher(options);
  auto package = fetcher.find(wish);
  if (!package && package.error().code == ErrorCode::not_found)
    return fail(ErrorCode::not_found,
                "{}; name a directory or .dsc that holds {}, or an archive that has it with "
                "--apt-source",
                package.error().message, wish.version);
  if (!package) return tl::unexpected<Error>(package.error());
  STOWAWAY_TRY(std::string file, fetcher.fetch(*package));
  Brought brought(std::move(file));
  brought.package_ = *std::move(package);
  brought.is_download_ = !options.archive.keep_downloads;
  return brought;
}

bool Brought::may_have_patches() const {
  return std::ranges::any_of(package_.files, [](const source::DscFile& file) {
    return file.name.ends_with(".diff.gz") || file.name.find(".debian.tar.") != std::string::npos;
  });
}

Brought::Brought(Brought&& other) noexcept
    : location_(std::move(other.location_)),
      package_(std::move(other.package_)),
      is_download_(std::exchange(other.is_download_, false)) {}

Brought::~Brought() {
  if (is_download_) DebianFetcher::remove(location_, package_);
}

}  // namespace stowaway::ledger

// What a snapshot was read from, here again: for what needs the files themselves.
#pragma once

#include <string>

#include "base/result.h"
#include "ledger/ledger.h"
#include "ledger/tracker.h"
#include "source/dsc.h"

namespace stowaway::ledger {

// A place to read from. What was fetched for it is removed with it.
class Brought {
 public:
  // A directory or file stays where it is; a Debian source package of that version is fetched again
  // (options.archive and options.stop count). Fails with not_found when it lies there no more or is
  // offered no more, unsupported when the snapshot was submitted over a network, or as fetching
  // does; messages say what to do.
  static Result<Brought> open(const Snapshot& snapshot, const TrackOptions& options);
  Brought(Brought&& other) noexcept;
  Brought& operator=(Brought&&) = delete;
  ~Brought();

  const std::string& location() const { return location_; }  // for source::open_subject
  // A Debian source package that is more than upstream's archive: what it builds may differ from
  // what is read here, where no patch is applied.
  bool may_have_patches() const;

 private:
  explicit Brought(std::string location) : location_(std::move(location)) {}
  std::string location_;
  source::Dsc package_;  // of a download
  bool is_download_ = false;
};

}  // namespace stowaway::ledger

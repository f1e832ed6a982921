// A Debian source package as a subject: the tree that dpkg-source would unpack, before patches.
// Private to `source`.
#pragma once

#include <string>

#include "source/source.h"

namespace stowaway::source {

class DebianSource final : public Source {
 public:
  // `path` names a .dsc; the files that it lists lie beside it.
  explicit DebianSource(std::string path) : path_(std::move(path)) {}
  std::string_view kind() const override { return "debian-source"; }
  // A listed file that is missing or has other bytes than listed is a gap and is not opened. Fails
  // with corrupt or io if the .dsc cannot be read, with not_found if none of the listed files is
  // there.
  Result<Summary> deliver(Sink& sink, const Options& options) override;

 private:
  std::string path_;
};

}  // namespace stowaway::source

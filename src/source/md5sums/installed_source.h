// What dpkg has installed, by the md5sums that it keeps. Private to `source`.
#pragma once

#include <string>

#include "source/source.h"

namespace stowaway::source {

class InstalledSource final : public Source {
 public:
  // `info` is dpkg's info directory.
  explicit InstalledSource(std::string info) : info_(std::move(info)) {}
  std::string_view kind() const override { return "dpkg-installed"; }
  // Packages are named as dpkg names their files: "zlib1g:amd64" where a package may be there in
  // several architectures, so that their paths stay apart.
  Result<Summary> deliver(Sink& sink, const Options& options) override;

 private:
  std::string info_;
};

}  // namespace stowaway::source

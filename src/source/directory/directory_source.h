// A directory as a subject. Private to `source`.
#pragma once

#include <string>

#include "source/source.h"

namespace stowaway::source {

class DirectorySource final : public Source {
 public:
  explicit DirectorySource(std::string path) : path_(std::move(path)) {}
  std::string_view kind() const override { return "directory"; }
  Result<Summary> deliver(Sink& sink, const Options& options) override;

 private:
  std::string path_;
};

}  // namespace stowaway::source

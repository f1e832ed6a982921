// A list of "md5  path" lines as a subject. Private to `source`.
#pragma once

#include <string>

#include "source/source.h"

namespace stowaway::source {

class Md5ListSource final : public Source {
 public:
  // "-" is standard input.
  explicit Md5ListSource(std::string path) : path_(std::move(path)) {}
  std::string_view kind() const override { return "md5-list"; }
  Result<Summary> deliver(Sink& sink, const Options& options) override;

 private:
  std::string path_;
};

// The same from memory, for tests and fuzzing.
Result<Summary> deliver_md5_list(std::string_view list, Sink& sink, const Options& options);

}  // namespace stowaway::source

// A list of "md5  path" lines as a subject. Private to `source`.
#pragma once

#include <string>

#include "source/source.h"

namespace stowaway::source {

// For tests and fuzzing, too.
Result<Summary> deliver_md5_list(std::string_view list, Sink& sink, const Options& options);

class Md5ListSource final : public Source {
 public:
  // "-" is standard input.
  explicit Md5ListSource(std::string path) : path_(std::move(path)) {}
  std::string_view kind() const override { return "md5-list"; }
  Result<Summary> deliver(Sink& sink, const Options& options) override;

 private:
  std::string path_;
};

// The same from memory.
class Md5TextSource final : public Source {
 public:
  explicit Md5TextSource(std::string list) : list_(std::move(list)) {}
  std::string_view kind() const override { return "md5-list"; }
  Result<Summary> deliver(Sink& sink, const Options& options) override {
    return deliver_md5_list(list_, sink, options);
  }

 private:
  std::string list_;
};

}  // namespace stowaway::source

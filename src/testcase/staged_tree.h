// A copy, taken out of its subject and laid into a directory as it lies there: what boxes are
// shown.
#pragma once

#include <map>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace stowaway::testcase {

// Where a copy is to be had. `subject` is as source::open_subject takes it.
struct CopyPlace {
  std::string subject;
  std::string
      root;  // subject path of the copy: a directory or a single file; "" the subject itself
};

// Not for several threads at a time.
class StagedTree {
 public:
  // Writes the code files below place.root into `directory`, under their subject paths; there may
  // be none. Links are never followed. Fails with limit_exceeded for more than 20,000 files or 256
  // MiB; with io; or as source::open_subject and deliver do.
  static Result<StagedTree> make(const CopyPlace& place, const std::string& directory,
                                 std::stop_token stop);

  const std::string& root() const { return place_.root; }
  bool is_single_file() const { return single_file_; }
  const std::vector<std::string>& files() const { return files_; }  // staged subject paths, sorted
  // Below the root, but could not be read or is too large; sorted.
  const std::vector<std::string>& unread() const { return unread_; }

  // The staged path that ends with `name` and lies nearest to `near` (a subject directory): the
  // longest common beginning, then the shortest path, then the first by name. "" when none does.
  std::string find(std::string_view name, std::string_view near) const;
  // The same among the headers of the subject that were not staged; stages what is found with the
  // other headers of its directory. "" when there is none.
  Result<std::string> fetch_header(std::string_view name, std::string_view near);

  // Among those that were fetched.
  std::string find_fetched(std::string_view name) const;

  Result<std::string> read(const std::string& path) const;  // a staged file's bytes

 private:
  Result<void> take(const std::vector<std::string>& paths);

  CopyPlace place_;
  std::string directory_;
  std::stop_token stop_;
  bool single_file_ = false;
  std::vector<std::string> files_, elsewhere_, fetched_, unread_;
};

// True if `path` is `pattern` or ends with "/" and it; "*" matches within one name.
bool ends_with_name(std::string_view path, std::string_view pattern);
std::string directory_of(std::string_view path);  // "" for a name alone
std::string_view file_name_of(std::string_view path);

}  // namespace stowaway::testcase

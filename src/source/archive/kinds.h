// Which names announce an archive. Pure. Private to `source`.
#pragma once

#include <string_view>

namespace stowaway::source {

enum class ArchiveKind {
  none,
  container,        // holds members: tar, zip, 7z, …
  compressed_file,  // one file under a compression: jquery.min.js.gz
  deb,              // ar that holds control.tar.* and data.tar.*
  gem,              // tar that holds data.tar.gz
};

// By suffix, in either case. `name` may be a path.
ArchiveKind kind_by_name(std::string_view name);

// A zip by format but a document by purpose: delivered as the file that it is, never opened.
bool is_document(std::string_view name);

// "jquery.min.js" for "dir/jquery.min.js.gz": what a compressed_file holds.
std::string_view name_inside(std::string_view name);

}  // namespace stowaway::source

// The web pages: files that the program carries. Private to `server`.
#pragma once

#include "server/http_server.h"

namespace stowaway::server {

// The file of that name; for any other path that a page may have, the one page that draws them all.
// With what browsers need to refuse everything that is not ours.
Answer page_at(const Request& request);

}  // namespace stowaway::server

// What the two VEX formats say in the same way. Pure. Private to `report`.
#pragma once

#include <string>

#include "advisory/audit.h"

namespace stowaway::report {

// With its version where that is exactly known.
std::string purl_of(const advisory::AuditedCopy& copy);

// What should be done: "update to 1.2.13", the acceptance, or that nothing is known.
std::string action_of(const advisory::Finding& finding);

// The sentence that proves it, with the patch form, the test case and the copy's alternatives.
std::string proof_of(const advisory::Finding& finding);

// "accepted by WHO until DATE: reason", or how it has expired.
std::string acceptance_text(const advisory::Acceptance& acceptance);

// "not_affected by WHO in FILE: detail".
std::string statement_text(const advisory::Statement& statement);

// "urn:uuid:…" from the bytes of a document: equal content, equal name.
std::string uuid_of(const std::string& content);

// Where people read about an advisory: osv.dev, or the CVE list; empty where there is no such page.
std::string link_of(const std::string& id);

}  // namespace stowaway::report

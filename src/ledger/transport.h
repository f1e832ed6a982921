// How messages leave: mail, webhooks, feed files. Doors, so that tests can have their own.
#pragma once

#include <memory>
#include <string>

#include "base/result.h"
#include "ledger/message.h"

namespace stowaway::ledger {

class Transport {
 public:
  virtual ~Transport() = default;
  // True success: the other side has said that it has the message. Everything else is an error, and
  // the message will be tried again.
  virtual Result<void> send(const Message& message, const Subscription& subscription) = 0;
};

struct MailOptions {
  std::string server;          // "smtp://host:587" (STARTTLS), "smtps://host:465"
  std::string from;            // our address
  std::string user, password;  // both empty: no authentication
  bool plain_allowed = false;  // no STARTTLS needed: for a server on this machine alone
  std::string ca_file;         // certificates to trust; empty: the system's
  long timeout_seconds = 60;   // for the whole conversation
};

struct WebhookOptions {
  std::string ca_file;
  long timeout_seconds = 30;
};

// By libcurl. The server's certificate is checked; without STARTTLS nothing is sent, no password
// first of all, unless `plain_allowed`.
std::unique_ptr<Transport> mail_transport(MailOptions options);

// POSTs Message::json, with X-Stowaway-Delivery (the message's id) and, where the subscription has
// a key, X-Hub-Signature-256. A final status of 200 to 299 is success, whatever follows it;
// redirects are not followed. What the answer holds is not read beyond 64 KiB.
std::unique_ptr<Transport> webhook_transport(WebhookOptions options);

}  // namespace stowaway::ledger

// What operators and programs ask of the server itself.
#include "server/answers.h"
#include "server/routes.h"
#include "server/texts.h"

namespace stowaway::server {
namespace {

Result<Answer> healthy(Context&, const Request&, const Caller&) {
  return answer_with({{"status", "ok"}});
}

// Whether it can answer now: its stores are there.
Result<Answer> ready(Context& context, const Request&, const Caller&) {
  const auto knowledge = context.knowledge->now();
  if (const auto whole = knowledge->store().check(); !whole)
    return refuse(503, whole.error().message);
  if (context.ledger) {
    const auto reached = context.ledger->with(
        [](ledger::Ledger& ledger) -> Result<void> { return ledger.database().run("SELECT 1"); });
    if (!reached) return refuse(503, reached.error().message);
  }
  return answer_with({{"status", "ready"}, {"kb", knowledge->id()}});
}

Result<Answer> metrics(Context& context, const Request&, const Caller&) {
  return answer_with_text(context.metrics.text(), "text/plain; version=0.0.4");
}

Result<Answer> description(Context&, const Request&, const Caller&) {
  return answer_with_text(std::string(openapi_text()));
}

Result<Answer> schema(Context&, const Request& request, const Caller&) {
  const std::string name = request.path.substr(request.path.rfind('/') + 1);
  const auto text = schema_text(name);
  return text ? answer_with_text(std::string(*text)) : refuse(404, "no schema " + name);
}

constexpr Route kRoutes[] = {
    {"GET", "/healthz", Need::nothing, &healthy},
    {"GET", "/readyz", Need::nothing, &ready},
    {"GET", "/metrics", Need::nothing, &metrics},
    {"GET", "/openapi.json", Need::nothing, &description},
    {"GET", "/schema/scan-1.schema.json", Need::nothing, &schema},
    {"GET", "/schema/audit-1.schema.json", Need::nothing, &schema},
    {"GET", "/schema/ledger-1.schema.json", Need::nothing, &schema},
};

}  // namespace

std::span<const Route> service_routes() { return kRoutes; }

}  // namespace stowaway::server

// Advisories, audits from the ledger, acceptances, events.
#include <algorithm>

#include "advisory/audit.h"
#include "ledger/acceptance.h"
#include "ledger/hits.h"
#include "ledger/message.h"
#include "ledger/observation.h"
#include "ledger/overview.h"
#include "report/audit.h"
#include "server/answers.h"
#include "server/events.h"
#include "server/parameters.h"
#include "server/routes.h"

namespace stowaway::server {
namespace {

constexpr std::size_t kFeedEvents = 100;

Result<Answer> audit(Context& context, const Request& request, const Caller&) {
  STOWAWAY_TRY(const std::string name, needed(request, "name"));
  const std::string version = parameter(request, "version"), wanted = parameter(request, "format");
  const auto knowledge = context.knowledge->now();
  return context.ledger->with([&](ledger::Ledger& ledger) -> Result<Answer> {
    STOWAWAY_TRY(const auto subject, ledger.resolve(name));
    STOWAWAY_TRY(const auto snapshot, ledger.find(subject, version));
    if (!snapshot) return fail(ErrorCode::not_found, "{} has no version {}", subject, version);
    STOWAWAY_TRY(const auto result, ledger.result_of(snapshot->id));
    STOWAWAY_TRY(const auto acceptances,
                 ledger::acceptances_in(ledger.database(), subject, context.clock()));
    advisory::AuditOptions options;
    Components components(*knowledge);
    options.component = [&](const std::string& known) { return components.find(known); };
    options.acceptances = acceptances;
    STOWAWAY_TRY(const auto observations, ledger::observations_of(ledger, snapshot->id));
    options.observations = observations;
    advisory::AuditSubject audited = advisory::subject_of(result);
    audited.name = subject;
    const std::lock_guard lock(context.advisories_guard);
    STOWAWAY_TRY(const auto found,
                 advisory::audit(std::move(audited), context.advisories, options));
    STOWAWAY_TRY_VOID(components.result());
    report::AuditOptions how;
    how.common = context.report_options();
    how.common.timestamp = snapshot->matched_at;
    how.with_not_affected = true;
    STOWAWAY_TRY(auto text, report::write_audit(wanted.empty() ? "json" : wanted, found, how));
    return answer_with_text(std::move(text));
  });
}

Json brief(const advisory::Advisory& advisory) {
  return {{"id", text_of(advisory.id)},
          {"summary", text_of(advisory.summary)},
          {"severity", advisory::name_of(advisory.rating.level)},
          {"modified", text_of(advisory.modified)},
          {"withdrawn", advisory.withdrawn}};
}

Result<Answer> advisories(Context& context, const Request& request, const Caller&) {
  STOWAWAY_TRY(const std::string name, needed(request, "component"));
  STOWAWAY_TRY(const Page page, page_of(request));
  advisory::Component component;
  component.name = name;
  const auto knowledge = context.knowledge->now();
  Components components(*knowledge);
  if (auto known = components.find(name)) component = *std::move(known);
  STOWAWAY_TRY_VOID(components.result());
  std::vector<advisory::Advisory> about;
  {
    const std::lock_guard lock(context.advisories_guard);
    STOWAWAY_TRY(about, context.advisories.about(component));
  }
  const std::size_t total = about.size();
  cut(about, page);
  Json list = Json::array();
  for (const auto& one : about) list.push_back(brief(one));
  Answer answer = answer_with({{"component", text_of(name)}, {"advisories", std::move(list)}});
  tell_page(request, page, total, answer);
  return answer;
}

Json hit_json(const ledger::Hit& hit) {
  const ledger::Embedder& at = hit.embedder;
  Json versions = Json::array();
  for (const auto& version : at.versions) versions.push_back(text_of(version));
  Json out{{"subject", text_of(at.subject)},
           {"version", text_of(at.version)},
           {"path", text_of(at.path)},
           {"component", text_of(at.component)},
           {"versions", std::move(versions)},
           {"status", advisory::name_of(hit.status)},
           {"because", text_of(hit.because)},
           {"fixed_version", text_of(hit.fixed)},
           {"acceptance", nullptr}};
  if (hit.acceptance)
    out["acceptance"] = {{"reason", text_of(hit.acceptance->reason)},
                         {"by", text_of(hit.acceptance->by)},
                         {"since", text_of(hit.acceptance->since)},
                         {"until", text_of(hit.acceptance->until)},
                         {"expired", hit.acceptance->expired}};
  return out;
}

// The advisory, and who is hit.
Result<Answer> advisory_hits(Context& context, const Request& request, const Caller&) {
  STOWAWAY_TRY(const std::string name, needed(request, "id"));
  STOWAWAY_TRY(const Page page, page_of(request));
  const auto knowledge = context.knowledge->now();
  return context.ledger->with([&](ledger::Ledger& ledger) -> Result<Answer> {
    const std::lock_guard lock(context.advisories_guard);
    STOWAWAY_TRY(const auto advisory, context.advisories.named(name));
    if (!advisory) return fail(ErrorCode::not_found, "no advisory {}", name);
    Components known_components(*knowledge);
    STOWAWAY_TRY(auto found,
                 ledger::hits_of(
                     ledger, context.advisories, name,
                     [&](const std::string& known) { return known_components.find(known); },
                     context.clock()));
    STOWAWAY_TRY_VOID(known_components.result());
    const std::size_t total = found.hits.size();
    cut(found.hits, page);
    Json aliases = Json::array(), hits = Json::array(), components = Json::array();
    for (const auto& alias : advisory->aliases) aliases.push_back(text_of(alias));
    for (const auto& one : found.hits) hits.push_back(hit_json(one));
    for (const auto& one : found.components) components.push_back(text_of(one));
    Json document = brief(*advisory);
    document["aliases"] = std::move(aliases);
    document["components"] = std::move(components);
    document["hits"] = std::move(hits);
    Answer answer = answer_with(document);
    tell_page(request, page, total, answer);
    return answer;
  });
}

Json decision_json(const ledger::AcceptanceEntry& entry) {
  return {{"number", entry.number},
          {"time", entry.time},
          {"decision", ledger::name_of(entry.decision)},
          {"by", text_of(entry.author)},
          {"subject", text_of(entry.subject)},
          {"path", text_of(entry.path)},
          {"component", text_of(entry.component)},
          {"advisory", text_of(entry.advisory)},
          {"reason", text_of(entry.reason)},
          {"until", text_of(entry.until)}};
}

Result<Answer> acceptances(Context& context, const Request& request, const Caller&) {
  STOWAWAY_TRY(const Page page, page_of(request));
  STOWAWAY_TRY(auto all, context.ledger->with([&](ledger::Ledger& ledger) {
    return ledger::decisions(ledger.database(), parameter(request, "name"));
  }));
  const std::size_t total = all.size();
  cut(all, page);
  Json list = Json::array();
  for (const auto& entry : all) list.push_back(decision_json(entry));
  Answer answer = answer_with({{"decisions", std::move(list)}});
  tell_page(request, page, total, answer);
  return answer;
}

// {"decision": "accept", "subject": …, "advisory": …, "reason": …, "until": …}; by the token's
// holder.
Result<Answer> decide(Context& context, const Request& request, const Caller& caller) {
  const Json body = Json::parse(request.body, nullptr, false);
  if (!body.is_object()) return fail(ErrorCode::invalid_argument, "the body is no JSON object");
  const auto field = [&](const char* name) {
    const auto at = body.find(name);
    return at != body.end() && at->is_string() ? at->get<std::string>() : std::string();
  };
  ledger::AcceptanceEntry entry;
  const std::string decision = field("decision");
  if (decision != "accept" && decision != "revoke")
    return fail(ErrorCode::invalid_argument, "\"decision\" is \"accept\" or \"revoke\"");
  entry.decision = decision == "accept" ? ledger::Decision::accept : ledger::Decision::revoke;
  entry.author = caller.token->holder;
  entry.path = field("path");
  entry.component = field("component");
  entry.advisory = field("advisory");
  entry.reason = field("reason");
  entry.until = field("until");
  const std::string subject = field("subject");
  STOWAWAY_TRY(const auto kept,
               context.ledger->with([&](ledger::Ledger& ledger) -> Result<ledger::AcceptanceEntry> {
                 STOWAWAY_TRY(entry.subject, ledger.resolve(subject));
                 return ledger::record_decision(ledger.database(), entry, context.clock());
               }));
  return answer_with(decision_json(kept), 201);
}

Result<Answer> events(Context& context, const Request& request, const Caller&) {
  STOWAWAY_TRY(const std::size_t count, number(request, "count", 100, kMaxPage));
  STOWAWAY_TRY(const auto found, context.ledger->with([&](ledger::Ledger& ledger) {
    return ledger::latest_events(ledger, parameter(request, "name"), count);
  }));
  return answer_with({{"events", events_json(found)}});
}

Result<Answer> feed(Context& context, const Request& request, const Caller&) {
  const std::string subject = parameter(request, "name");
  STOWAWAY_TRY(const auto found, context.ledger->with([&](ledger::Ledger& ledger) {
    return ledger::latest_events(ledger, subject, kFeedEvents);
  }));
  ledger::Subscription subscription;
  subscription.id = "all";
  subscription.channel = ledger::Channel::feed;
  subscription.subject = subject;
  return answer_with_text(ledger::feed_of(subscription, found), "application/atom+xml");
}

constexpr Route kRoutes[] = {
    {"GET", "/v1/audit", Need::read, &audit},
    {"GET", "/v1/advisories", Need::read, &advisories},
    {"GET", "/v1/advisory", Need::read, &advisory_hits},
    {"GET", "/v1/acceptances", Need::read, &acceptances},
    {"POST", "/v1/acceptances", Need::accept, &decide},
    {"GET", "/v1/events", Need::read, &events},
    {"GET", "/v1/feed", Need::read, &feed},
};

}  // namespace

Json events_json(std::span<const ledger::Event> events) {
  Json list = Json::array();
  for (const ledger::Event& event : events)
    list.push_back({{"id", event.id},
                    {"time", ledger::utc_text(event.time)},
                    {"kind", ledger::name_of(event.kind)},
                    {"subject", text_of(event.subject)},
                    {"path", text_of(event.path)},
                    {"component", text_of(event.component)},
                    {"versions", text_of(event.versions)},
                    {"advisory", text_of(event.advisory)},
                    {"summary", text_of(event.summary)},
                    {"severity", advisory::name_of(event.level)},
                    {"state", text_of(event.state)},
                    {"because", text_of(event.because)},
                    {"fixed", text_of(event.fixed)}});
  return list;
}

std::span<const Route> risk_routes() { return kRoutes; }

}  // namespace stowaway::server

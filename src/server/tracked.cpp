// What the ledger knows, as its own commands tell it.
#include <algorithm>

#include "kb/kb.h"
#include "ledger/changes.h"
#include "ledger/overview.h"
#include "ledger/who_embeds.h"
#include "report/ledger.h"
#include "server/answers.h"
#include "server/events.h"
#include "server/parameters.h"
#include "server/routes.h"

namespace stowaway::server {
namespace {

constexpr std::size_t kNews = 20, kNames = 20;
constexpr ledger::Seconds kWeek = 7 * 86'400;

// The page of a list, by one of report's writers.
template <class Items, class Write>
Answer page_with(Context& context, const Request& request, const Page& page, Items items,
                 Write write) {
  const std::size_t total = items.size();
  cut(items, page);
  Answer answer = answer_with_text(write(items, context.report_options()));
  tell_page(request, page, total, answer);
  return answer;
}

Result<Answer> subjects(Context& context, const Request& request, const Caller&) {
  STOWAWAY_TRY(const Page page, page_of(request));
  STOWAWAY_TRY(auto list,
               context.ledger->with([&](ledger::Ledger& ledger) { return ledger.snapshots(""); }));
  if (parameter(request, "every_version").empty())
    std::erase_if(list, [](const auto& snapshot) { return !snapshot.is_current; });
  return page_with(context, request, page, std::move(list), [](const auto& some, const auto& how) {
    return report::write_snapshots(some, true, how);
  });
}

Result<Answer> versions(Context& context, const Request& request, const Caller&) {
  STOWAWAY_TRY(const std::string name, needed(request, "name"));
  STOWAWAY_TRY(
      const auto list,
      context.ledger->with([&](ledger::Ledger& ledger) -> Result<std::vector<ledger::Snapshot>> {
        STOWAWAY_TRY(const auto subject, ledger.resolve(name));
        return ledger.snapshots(subject);
      }));
  return answer_with_text(report::write_snapshots(list, true, context.report_options()));
}

Result<Answer> subject(Context& context, const Request& request, const Caller&) {
  STOWAWAY_TRY(const std::string name, needed(request, "name"));
  const std::string version = parameter(request, "version");
  const std::string wanted = parameter(request, "format");
  return context.ledger->with([&](ledger::Ledger& ledger) -> Result<Answer> {
    STOWAWAY_TRY(const auto subject, ledger.resolve(name));
    STOWAWAY_TRY(const auto snapshot, ledger.find(subject, version));
    if (!snapshot) return fail(ErrorCode::not_found, "{} has no version {}", subject, version);
    STOWAWAY_TRY(const auto result, ledger.result_of(snapshot->id));
    report::Options options = context.report_options();
    options.timestamp = snapshot->matched_at;
    const std::string format = wanted.empty() ? "json" : wanted;
    STOWAWAY_TRY(auto text, report::write(format, result, options));
    const auto formats = report::formats();
    const auto at = std::ranges::find(formats, format, &report::Format::name);
    return answer_with_text(std::move(text), std::string(at->media_type));
  });
}

Result<Answer> history(Context& context, const Request& request, const Caller&) {
  STOWAWAY_TRY(const std::string name, needed(request, "name"));
  STOWAWAY_TRY(
      const auto steps,
      context.ledger->with([&](ledger::Ledger& ledger) -> Result<std::vector<report::Step>> {
        STOWAWAY_TRY(const auto subject, ledger.resolve(name));
        STOWAWAY_TRY(const auto snapshots, ledger.snapshots(subject));
        std::vector<report::Step> all;
        for (std::size_t i = 1; i < snapshots.size(); ++i) {
          STOWAWAY_TRY(const auto before, ledger.result_of(snapshots[i - 1].id));
          STOWAWAY_TRY(const auto after, ledger.result_of(snapshots[i].id));
          all.push_back({snapshots[i - 1], snapshots[i], ledger::changes_between(before, after)});
        }
        return all;
      }));
  return answer_with_text(report::write_steps(steps, true, context.report_options()));
}

Result<Answer> who_embeds(Context& context, const Request& request, const Caller&) {
  STOWAWAY_TRY(const std::string text, needed(request, "q"));
  STOWAWAY_TRY(const Page page, page_of(request));
  STOWAWAY_TRY(const ledger::Question question, ledger::parse_question(text));
  const bool every_version = !parameter(request, "every_version").empty();
  const auto knowledge = context.knowledge->now();
  STOWAWAY_TRY(const kb::Kb* const names, knowledge->names());
  STOWAWAY_TRY(
      auto found,
      context.ledger->with([&](ledger::Ledger& ledger) -> Result<std::vector<ledger::Embedder>> {
        STOWAWAY_TRY(const auto components,
                     ledger::components_meant(ledger, names, question.component));
        return ledger::who_embeds(ledger, question, components, every_version);
      }));
  return page_with(context, request, page, std::move(found),
                   [&](const auto& some, const auto& how) {
                     return report::write_embedders(text, some, true, how);
                   });
}

Result<std::vector<ledger::Spread>> spread_of(Context& context, const std::string& name) {
  const auto knowledge = context.knowledge->now();
  STOWAWAY_TRY(const kb::Kb* const names, knowledge->names());
  return context.ledger->with([&](ledger::Ledger& ledger) -> Result<std::vector<ledger::Spread>> {
    STOWAWAY_TRY(const auto components, ledger::components_meant(ledger, names, name));
    return ledger::spread(ledger, components);
  });
}

Result<Answer> spread(Context& context, const Request& request, const Caller&) {
  STOWAWAY_TRY(const std::string name, needed(request, "component"));
  STOWAWAY_TRY(const auto found, spread_of(context, name));
  return answer_with_text(report::write_spread(found, true, context.report_options()));
}

Result<Answer> popular(Context& context, const Request& request, const Caller&) {
  STOWAWAY_TRY(const std::size_t count, number(request, "count", 10, kMaxPage));
  STOWAWAY_TRY(const auto found, context.ledger->with([&](ledger::Ledger& ledger) {
    return ledger::most_embedded(ledger, count);
  }));
  return answer_with_text(report::write_popular(found, true, context.report_options()));
}

Result<Answer> failures(Context& context, const Request& request, const Caller&) {
  STOWAWAY_TRY(const Page page, page_of(request));
  STOWAWAY_TRY(auto found,
               context.ledger->with([](ledger::Ledger& ledger) { return ledger.failures(); }));
  return page_with(context, request, page, std::move(found), [](const auto& some, const auto& how) {
    return report::write_failures(some, true, how);
  });
}

// A component of the knowledge base with its releases and their dates: how far behind a copy is.
Result<Answer> component(Context& context, const Request& request, const Caller&) {
  STOWAWAY_TRY(const std::string name, needed(request, "name"));
  const auto knowledge = context.knowledge->now();
  STOWAWAY_TRY(const kb::Kb* const names, knowledge->names());
  STOWAWAY_TRY(const auto meant, context.ledger->with([&](ledger::Ledger& ledger) {
    return ledger::components_meant(ledger, names, name);
  }));
  STOWAWAY_TRY(const auto kb, knowledge->with_releases_of(meant));
  Json list = Json::array();
  for (std::uint32_t id = 0; id < kb->component_count(); ++id) {
    const kb::ComponentView one = kb->component(id);
    if (std::ranges::find(meant, one.name) == meant.end()) continue;
    Json releases = Json::array();
    for (std::uint32_t at = one.releases.first; at < one.releases.end; ++at) {
      const kb::ReleaseView release = kb->release(at);
      releases.push_back({{"version", text_of(release.version)}, {"date", release.date}});
    }
    list.push_back({{"name", text_of(one.name)},
                    {"purl", text_of(one.purl)},
                    {"licence", text_of(one.licence)},
                    {"language", text_of(one.language)},
                    {"releases", std::move(releases)}});
  }
  return answer_with({{"meant", meant}, {"known", std::move(list)}});
}

Json brief(const ledger::Snapshot& snapshot) {
  return {{"subject", text_of(snapshot.subject)},
          {"version", text_of(snapshot.version)},
          {"tracked_at", snapshot.tracked_at},
          {"copies", snapshot.copies},
          {"partial", snapshot.is_partial}};
}

Result<Answer> overview(Context& context, const Request&, const Caller&) {
  const std::string since = ledger::utc_text(context.clock() - kWeek);
  return context.ledger->with([&](ledger::Ledger& ledger) -> Result<Answer> {
    STOWAWAY_TRY(const auto all, ledger::overview(ledger, since));
    STOWAWAY_TRY(const auto latest, ledger::latest_snapshots(ledger, kNews));
    STOWAWAY_TRY(const auto events, ledger::latest_events(ledger, "", kNews));
    STOWAWAY_TRY(const auto most, ledger::most_embedded(ledger, kNames));
    Json findings = Json::array(), news = Json::array(), popular = Json::array();
    for (const auto& one : all.findings)
      findings.push_back({{"state", text_of(one.state)},
                          {"severity", advisory::name_of(one.level)},
                          {"findings", one.findings},
                          {"subjects", one.subjects}});
    for (const auto& one : latest) news.push_back(brief(one));
    for (const auto& one : most)
      popular.push_back({{"component", text_of(one.component)},
                         {"subjects", one.subjects},
                         {"copies", one.copies}});
    return answer_with({{"subjects", all.subjects},
                        {"snapshots", all.snapshots},
                        {"components", all.components},
                        {"copies", all.copies},
                        {"failures", all.failures},
                        {"tracked_this_week", all.tracked_since},
                        {"findings", std::move(findings)},
                        {"popular", std::move(popular)},
                        {"latest", std::move(news)},
                        {"events", events_json(events)}});
  });
}

Result<Answer> search(Context& context, const Request& request, const Caller&) {
  const std::string text = parameter(request, "q");
  if (text.size() > 200) return fail(ErrorCode::invalid_argument, "?q= is too long");
  STOWAWAY_TRY(const auto named, context.ledger->with([&](ledger::Ledger& ledger) {
    return ledger::search(ledger, text, kNames);
  }));
  Json subjects = Json::array(), components = Json::array();
  for (const auto& name : named.subjects) subjects.push_back(text_of(name));
  for (const auto& name : named.components) components.push_back(text_of(name));
  return answer_with({{"subjects", std::move(subjects)}, {"components", std::move(components)}});
}

constexpr Route kRoutes[] = {
    {"GET", "/v1/overview", Need::read, &overview},
    {"GET", "/v1/search", Need::read, &search},
    {"GET", "/v1/subjects", Need::read, &subjects},
    {"GET", "/v1/subject", Need::read, &subject},
    {"GET", "/v1/versions", Need::read, &versions},
    {"GET", "/v1/history", Need::read, &history},
    {"GET", "/v1/who-embeds", Need::read, &who_embeds},
    {"GET", "/v1/component", Need::read, &component},
    {"GET", "/v1/spread", Need::read, &spread},
    {"GET", "/v1/popular", Need::read, &popular},
    {"GET", "/v1/failures", Need::read, &failures},
};

}  // namespace

std::span<const Route> tracked_routes() { return kRoutes; }

}  // namespace stowaway::server

// The knowledge base, and matching against it: no source ever comes here, only fingerprints.
#include <fmt/format.h>
#include <zstd.h>

#include <algorithm>
#include <bit>
#include <cstring>

#include "advisory/audit.h"
#include "ledger/acceptance.h"
#include "ledger/notice.h"
#include "match/scan_store.h"
#include "server/answers.h"
#include "server/parameters.h"
#include "server/routes.h"

namespace stowaway::server {
namespace {

constexpr std::string_view kFingerprintType = "application/vnd.stowaway.fingerprints";
constexpr std::string_view kIdentityType = "application/vnd.stowaway.identities";
constexpr std::size_t kIdentityBytes = 24;  // u64, little-endian, and the first half of a SHA-256
constexpr std::size_t kMaxColumns = 10'000;
// Of one request; as many may be unpacked at once as there are threads.
constexpr std::size_t kMaxUnpackedBytes = std::size_t{256} << 20;

std::string content_type(const Request& request) {
  const auto at = request.headers.find("content-type");
  return at == request.headers.end() ? "" : at->second.substr(0, at->second.find(';'));
}

// The body without its Content-Encoding. Fails with unsupported, corrupt or limit_exceeded.
Result<std::string> unpacked(const Request& request) {
  const auto at = request.headers.find("content-encoding");
  if (at == request.headers.end() || at->second == "identity") return request.body;
  if (at->second != "zstd")
    return fail(ErrorCode::unsupported, "a body may be encoded with zstd alone");
  const std::unique_ptr<ZSTD_DCtx, decltype(&ZSTD_freeDCtx)> context(ZSTD_createDCtx(),
                                                                     &ZSTD_freeDCtx);
  std::string out, piece(ZSTD_DStreamOutSize(), '\0');
  ZSTD_inBuffer in{request.body.data(), request.body.size(), 0};
  for (std::size_t left = 1; left != 0;) {
    ZSTD_outBuffer to{piece.data(), piece.size(), 0};
    const std::size_t before = in.pos;
    left = ZSTD_decompressStream(context.get(), &to, &in);
    if (ZSTD_isError(left) || (to.pos == 0 && in.pos == before && left != 0))
      return fail(ErrorCode::corrupt, "the body is no whole zstd frame");
    if (out.size() + to.pos > kMaxUnpackedBytes)
      return fail(ErrorCode::limit_exceeded, "the body unpacks to more than {} bytes",
                  kMaxUnpackedBytes);
    out.append(piece, 0, to.pos);
  }
  return out;
}

// Fingerprints as a client made them, or a list of md5sums.
Result<match::Fingerprints> fingerprints_in(const Request& request) {
  const std::string type = content_type(request);
  STOWAWAY_TRY(std::string body, unpacked(request));
  if (type == kFingerprintType) return match::decode_fingerprints(body, kMaxUnpackedBytes);
  if (type != "text/plain")
    return fail(ErrorCode::unsupported, "send {}, or text/plain with lines of md5sum(1)",
                kFingerprintType);
  const auto list = source::open_md5_list(std::move(body));
  return match::fingerprint_subject(*list, {});
}

struct Matched {
  match::Fingerprints fingerprints;
  match::ScanResult result;
};

constexpr const char* kKbHeader = "X-Stowaway-Kb";

// What a client left out because another knowledge base knows it, would be missing here.
bool is_meant_for_another(const Request& request, const Knowledge& knowledge) {
  const auto meant = request.headers.find("x-stowaway-kb");
  return meant != request.headers.end() && meant->second != knowledge.id();
}

Answer refuse_another() {
  return refuse(409, "the knowledge base has changed since you asked what is known: ask again");
}

Result<Matched> match_body(const Knowledge& knowledge, Context& context, const Request& request) {
  Matched matched;
  STOWAWAY_TRY(matched.fingerprints, fingerprints_in(request));
  STOWAWAY_TRY(matched.result, match::rescan(matched.fingerprints, knowledge.store(), {}));
  context.metrics.count_identified(matched.fingerprints.files.size());
  return matched;
}

Result<Answer> kb_info(Context& context, const Request&, const Caller&) {
  const kb::KbSummary kb = context.knowledge->now()->summary();
  return answer_with({{"id", kb.id},
                      {"components", kb.components},
                      {"releases", kb.releases},
                      {"contents", kb.contents},
                      {"shingles", kb.shingles}});
}

// For each identity one byte: '1' where the file's details are not needed.
Result<Answer> known(Context& context, const Request& request, const Caller&) {
  if (content_type(request) != kIdentityType)
    return fail(ErrorCode::unsupported, "send {}", kIdentityType);
  STOWAWAY_TRY(const std::string body, unpacked(request));
  if (body.size() % kIdentityBytes != 0)
    return fail(ErrorCode::corrupt, "identities of {} bytes each are expected", kIdentityBytes);
  static_assert(std::endian::native == std::endian::little);
  std::vector<match::FileIdentity> files(body.size() / kIdentityBytes);
  for (std::size_t i = 0; i < files.size(); ++i) {
    const char* const at = body.data() + i * kIdentityBytes;
    std::memcpy(&files[i].normalised, at, 8);
    std::memcpy(files[i].sha256.data(), at + 8, 16);
  }
  std::string answer(files.size(), '0');
  const auto knowledge = context.knowledge->now();
  if (is_meant_for_another(request, *knowledge)) return refuse_another();
  STOWAWAY_TRY(const auto found, match::known_without_details(files, knowledge->store()));
  for (std::size_t i = 0; i < found.size(); ++i)
    if (found[i]) answer[i] = '1';
  Answer out = answer_with_text(std::move(answer), "application/octet-stream");
  out.headers.emplace_back(kKbHeader, knowledge->id());
  return out;
}

std::string_view media_type_of(const std::string& format) {
  for (const report::Format& one : report::formats())
    if (one.name == format) return one.media_type;
  return "text/plain";
}

// What decides over a scan's exit code, whatever the format.
std::string summary_of(const match::ScanResult& result) {
  const auto modified =
      std::ranges::count(result.copies, match::Verdict::modified, &match::Copy::verdict);
  return fmt::format("copies={} modified={} files={} partial={}", result.copies.size(), modified,
                     result.summary.files, result.partial ? 1 : 0);
}

Result<Answer> identify(Context& context, const Request& request, const Caller&) {
  const auto knowledge = context.knowledge->now();
  if (is_meant_for_another(request, *knowledge)) return refuse_another();
  STOWAWAY_TRY(Matched matched, match_body(*knowledge, context, request));
  matched.result.subject = parameter(request, "name");
  const std::string wanted = parameter(request, "format");
  const std::string format = wanted.empty() ? "json" : wanted;
  report::Options options = context.report_options();
  STOWAWAY_TRY(const std::size_t width, number(request, "width", 0, kMaxColumns));
  options.width_columns = static_cast<unsigned>(width);
  STOWAWAY_TRY(std::string text, report::write(format, matched.result, options));
  Answer answer = answer_with_text(std::move(text), std::string(media_type_of(format)));
  answer.headers.emplace_back(kKbHeader, knowledge->id());
  answer.headers.emplace_back("X-Stowaway-Summary", summary_of(matched.result));
  return answer;
}

// What has changed about the subject's findings goes to the outbox: its owners are told.
Result<void> take_note(Context& context, const Knowledge& knowledge, ledger::Ledger& ledger,
                       const std::string& subject, const match::ScanResult& result) {
  const ledger::Seconds now = context.clock();
  advisory::AuditSubject audited = advisory::subject_of(result);
  audited.name = subject;
  STOWAWAY_TRY(const auto acceptances, ledger::acceptances_in(ledger.database(), subject, now));
  advisory::AuditOptions options;
  Components components(knowledge);
  options.component = [&](const std::string& name) { return components.find(name); };
  options.acceptances = acceptances;
  std::optional<advisory::Audit> audit;
  {
    const std::lock_guard lock(context.advisories_guard);
    if (context.advisories.empty()) return {};
    STOWAWAY_TRY(audit, advisory::audit(std::move(audited), context.advisories, options));
  }
  STOWAWAY_TRY_VOID(components.result());
  STOWAWAY_TRY(const auto events, ledger::take_note(ledger.database(), *audit, now));
  static_cast<void>(events);
  return {};
}

Result<Answer> submit(Context& context, const Request& request, const Caller& caller) {
  STOWAWAY_TRY(const std::string name, needed(request, "name"));
  STOWAWAY_TRY(const std::string version, needed(request, "version"));
  const auto knowledge = context.knowledge->now();
  if (is_meant_for_another(request, *knowledge)) return refuse_another();
  STOWAWAY_TRY(const Matched matched, match_body(*knowledge, context, request));
  if (matched.result.summary.files == 0)
    return fail(ErrorCode::invalid_argument, "nothing to record: no file is named");
  ledger::NewSnapshot snapshot;
  snapshot.subject = name;
  snapshot.version = version;
  snapshot.at = ledger::utc_text(context.clock());
  snapshot.origin = "submitted by " + caller.token->holder;
  const std::string order = parameter(request, "order");
  if (!order.empty()) {
    snapshot.order = ledger::version_order_named(order);
    if (!snapshot.order) return fail(ErrorCode::invalid_argument, "no order \"{}\"", order);
  }
  const std::string kept = match::encode_fingerprints(matched.fingerprints);
  STOWAWAY_TRY(const ledger::Put put, context.ledger->with([&](ledger::Ledger& ledger) {
    return ledger.put(snapshot, matched.result, kept);
  }));
  const auto noted = context.ledger->with([&](ledger::Ledger& ledger) {
    return take_note(context, *knowledge, ledger, name, matched.result);
  });
  Json document{{"subject", text_of(name)},
                {"version", text_of(version)},
                {"outcome", put == ledger::Put::added ? "added" : "replaced"},
                {"copies", matched.result.copies.size()},
                {"files", matched.result.summary.files},
                {"partial", matched.result.partial}};
  // It is recorded; a later audit notes what this one could not.
  if (!noted) document["not_noted"] = text_of(noted.error().message);
  return answer_with(document, put == ledger::Put::added ? 201 : 200);
}

constexpr Route kRoutes[] = {
    {"GET", "/v1/kb", Need::read, &kb_info},
    {"POST", "/v1/known", Need::read, &known},
    {"POST", "/v1/identify", Need::read, &identify},
    {"PUT", "/v1/subject", Need::submit, &submit},
};

}  // namespace

std::span<const Route> identify_routes() { return kRoutes; }

}  // namespace stowaway::server

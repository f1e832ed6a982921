#include "report/ledger_json.h"

#include "report/common.h"

namespace stowaway::report {
namespace {

Json state_of(const ledger::CopyState& state) {
  Json out;
  set_bytes(out, "path", state.path);
  out["versions"] = json_texts(state.versions);
  out["version_note"] = json_text(state.version_note);
  out["verdict"] = json_text(state.verdict);
  return out;
}

Json json_of(const ledger::Change& change) {
  Json out;
  out["kind"] = ledger::name_of(change.kind);
  out["component"] = json_text(change.component);
  out["before"] = change.kind == ledger::ChangeKind::gained ? Json() : state_of(change.before);
  out["after"] = change.kind == ledger::ChangeKind::lost ? Json() : state_of(change.after);
  return out;
}

}  // namespace

Json json_of(const ledger::Embedder& embedder) {
  Json out;
  out["subject"] = json_text(embedder.subject);
  out["version"] = json_text(embedder.version);
  set_bytes(out, "path", embedder.path);
  out["component"] = json_text(embedder.component);
  out["versions"] = json_texts(embedder.versions);
  out["version_note"] = json_text(embedder.version_note);
  out["evidence"] = ledger::name_of(embedder.evidence);
  out["certain"] = embedder.is_certain;
  if (embedder.evidence == ledger::Evidence::declared) return out;
  out["verdict"] = json_text(embedder.verdict);
  out["modified_ratio"] = rounded(1 - embedder.unchanged_ratio);
  out["confidence"] = rounded(embedder.confidence);
  return out;
}

Json json_of(const ledger::Spread& spread) {
  return {{"component", json_text(spread.component)},
          {"versions", json_texts(spread.versions)},
          {"subjects", spread.subjects},
          {"copies", spread.copies}};
}

Json json_of(const ledger::Popular& popular) {
  return {{"component", json_text(popular.component)},
          {"subjects", popular.subjects},
          {"copies", popular.copies}};
}

Json json_of(const ledger::Snapshot& snapshot) {
  Json out;
  out["subject"] = json_text(snapshot.subject);
  out["version"] = json_text(snapshot.version);
  out["current"] = snapshot.is_current;
  set_bytes(out, "origin", snapshot.origin);
  out["subject_kind"] = json_text(snapshot.kind);
  out["tracked_at"] = json_text(snapshot.tracked_at);
  out["matched_at"] = json_text(snapshot.matched_at);
  out["kb"] = json_text(snapshot.kb);
  out["partial"] = snapshot.is_partial;
  out["files"] = snapshot.files;
  out["bytes"] = snapshot.bytes;
  out["gaps"] = snapshot.gaps;
  out["copies"] = snapshot.copies;
  out["fetch_ms"] = snapshot.fetch_ms;
  out["scan_ms"] = snapshot.scan_ms;
  return out;
}

Json json_of(const ledger::Failure& failure) {
  return {{"subject", json_text(failure.subject)},
          {"version", json_text(failure.version)},
          {"stage", json_text(failure.stage)},
          {"reason", json_text(failure.reason)},
          {"at", json_text(failure.at)}};
}

Json json_of(const Step& step) {
  Json out;
  out["before"] = json_of(step.before);
  out["after"] = json_of(step.after);
  Json& changes = out["changes"] = Json::array();
  for (const ledger::Change& change : step.changes) changes.push_back(json_of(change));
  return out;
}

Json json_of(const ledger::Comparison& comparison) {
  Json out;
  out["component"] = json_text(comparison.claim.component);
  out["subject"] = json_text(comparison.subject);
  out["status"] = json_text(comparison.claim.status);
  out["fixed"] = json_text(comparison.claim.fixed);
  out["sort"] = json_text(comparison.claim.sort);
  out["line"] = comparison.claim.line;
  out["outcome"] = ledger::name_of(comparison.outcome);
  out["version"] = json_text(comparison.version);
  Json& copies = out["copies"] = Json::array();
  for (const ledger::Embedder& copy : comparison.copies) copies.push_back(json_of(copy));
  return out;
}

}  // namespace stowaway::report

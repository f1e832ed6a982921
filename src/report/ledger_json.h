// The ledger's answers as JSON: schema/ledger-1.schema.json. Private to `report`; use ledger.h.
#pragma once

#include "report/json_text.h"
#include "report/ledger.h"

namespace stowaway::report {

Json json_of(const ledger::Embedder& embedder);
Json json_of(const ledger::Spread& spread);
Json json_of(const ledger::Popular& popular);
Json json_of(const ledger::Snapshot& snapshot);
Json json_of(const ledger::Failure& failure);
Json json_of(const Step& step);
Json json_of(const ledger::Comparison& comparison);

// {"schema": …, "format_version": 1, "kind": kind, …head, kind: [items]}
template <class Items>
std::string ledger_document(const std::string& kind, const Json& head, const Items& items,
                            const Options& options) {
  Json out;
  out["schema"] = "https://stowaway.invalid/schema/ledger-1.json";
  out["format_version"] = 1;
  out["kind"] = kind;
  out["tool"] = {{"name", "stowaway"}, {"version", json_text(options.tool_version)}};
  for (const auto& [key, value] : head.items()) out[key] = value;
  Json& list = out[kind] = Json::array();
  for (const auto& item : items) list.push_back(json_of(item));
  return to_document(out);
}

}  // namespace stowaway::report

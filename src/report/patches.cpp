#include "report/patches.h"

#include <fmt/core.h>

#include <algorithm>

#include "report/json_text.h"
#include "report/text.h"

namespace stowaway::report {
namespace {

using advisory::JudgedItem;
using advisory::PatchVerdict;
using advisory::Share;

Json share_json(const Share& share) { return Json::array({share.found, share.of}); }

Json item_json(const JudgedItem& item) {
  Json out;
  out["kind"] = advisory::name_of(item.kind);
  out["name"] = json_text(item.name);
  set_bytes(out, "path", item.path);
  out["form"] = advisory::name_of(item.form);
  out["by"] = item.by_statements ? "statements" : "form";
  if (item.by_statements) {
    out["removed"] = share_json(item.removed);
    out["added"] = share_json(item.added);
    out["removed_pairs"] = share_json(item.removed_pairs);
    out["added_pairs"] = share_json(item.added_pairs);
  }
  return out;
}

// "2 of 3 old and 0 of 4 new statements"
std::string shares_text(const JudgedItem& item) {
  const Share& removed = item.removed.of > 0 ? item.removed : item.removed_pairs;
  const Share& added = item.added.of > 0 ? item.added : item.added_pairs;
  return fmt::format(" ({} of {} old, {} of {} new statements)", removed.found, removed.of,
                     added.found, added.of);
}

}  // namespace

std::string patches_text(std::span<const PatchVerdict> verdicts, bool items) {
  std::size_t width = 0;
  for (const PatchVerdict& verdict : verdicts) width = std::max(width, verdict.advisory.size());
  std::string out;
  for (const PatchVerdict& verdict : verdicts) {
    const std::string where = verdict.root.empty() ? "" : to_line(verdict.root) + ": ";
    std::string line = fmt::format("{}{:<{}}  {:<15}  {}", where, to_line(verdict.advisory), width,
                                   advisory::name_of(verdict.form), to_line(verdict.detail));
    line.resize(line.find_last_not_of(' ') + 1);
    out += line + "\n";
    if (!items) continue;
    for (const JudgedItem& item : verdict.items)
      out += fmt::format("    {:<15}  {} {} in {}{}\n", advisory::name_of(item.form),
                         advisory::name_of(item.kind), to_line(item.name), to_line(item.path),
                         item.by_statements ? shares_text(item) : "");
  }
  return out;
}

std::string patches_json(std::span<const PatchVerdict> verdicts, const std::string& component) {
  Json out;
  out["format"] = "stowaway-patches-1";
  out["copies"] = Json::array();
  for (const PatchVerdict& verdict : verdicts) {
    Json one;
    set_bytes(one, "path", verdict.root);
    one["component"] = json_text(component);
    one["advisory"] = json_text(verdict.advisory);
    one["form"] = advisory::name_of(verdict.form);
    one["detail"] = json_text(verdict.detail);
    one["items"] = Json::array();
    for (const JudgedItem& item : verdict.items) one["items"].push_back(item_json(item));
    out["copies"].push_back(std::move(one));
  }
  return to_document(out);
}

}  // namespace stowaway::report

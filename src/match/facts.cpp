#include "match/facts.h"

#include <cstring>

#include "match/versions.h"

namespace stowaway::match {
namespace {

// Narrows the contents to the one with the same SHA-256, if there is one.
void confirm(Facts& facts, const kb::Kb& kb, ScannedFile& scanned) {
  const ShaPrefix sha256 = facts.sha256();
  for (kb::ContentId id = scanned.contents.first; id < scanned.contents.end; ++id) {
    const auto known = kb.content(id).sha256;
    static_assert(sizeof(known) <= sizeof(ShaPrefix));
    if (std::memcmp(known.data(), sha256.data(), known.size()) != 0) continue;
    scanned.contents = {id, id + 1};
    scanned.exact = true;
    return;
  }
}

bool only_carried(const ScannedFile& scanned, const kb::Kb& kb) {
  for (kb::ContentId id = scanned.contents.first; id < scanned.contents.end; ++id)
    for (std::size_t i = 0; i < kb.posting_count(id); ++i)
      if (!kb.posting(id, i).carried) return false;
  return true;
}

}  // namespace

bool is_script(std::string_view path) { return path.ends_with(".js") || path.ends_with(".css"); }

bool look_up(Facts& facts, const kb::Kb& kb, Resembler* resembler, ScannedFile& scanned) {
  scanned.contents = kb.contents_with(facts.normalised());
  if (scanned.known()) confirm(facts, kb, scanned);
  bool complete = true;
  const auto ask = [&] { return facts.has_details() || (complete = false); };
  // What the KB knows only from those who carry it may still resemble a file of the component
  // that it comes from.
  if (resembler != nullptr && (!scanned.known() || only_carried(scanned, kb)) && facts.is_text() &&
      ask())
    if (auto& shingles = facts.shingles(); !shingles.empty())
      scanned.resembles = resembler->find(shingles);
  if (is_header(scanned.path) ||
      (!scanned.exact && (scanned.known() || !scanned.resembles.empty()))) {
    // Of headers the statements are always kept.
    if (is_header(scanned.path) || ask()) scanned.statements = facts.statements_in_code();
  } else if (is_script(scanned.path) && !scanned.known() && ask()) {
    scanned.statements = facts.titles_in_script();
  }
  return complete;
}

bool may_need_details(const ScannedFile& scanned, const kb::Kb& kb) {
  return !scanned.exact || only_carried(scanned, kb);
}

}  // namespace stowaway::match

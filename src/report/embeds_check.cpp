#include "report/embeds_check.h"

#include <algorithm>

#include "base/text.h"
#include "base/versions.h"
#include "source/debian/dsc.h"

namespace stowaway::report {
namespace {

constexpr std::string_view kSubstitution = "${stowaway:Embeds}";
constexpr std::size_t kMaxControlBytes = std::size_t{8} << 20;

// "Embeds", or with the prefix that makes dpkg carry it: "XS-Embeds", "XBS-Embeds".
bool is_embeds(std::string_view name) {
  const std::string lower = to_lower(name);
  if (lower == "embeds") return true;
  const std::size_t dash = lower.find("-embeds");
  return dash != lower.npos && dash + 7 == lower.size() && lower.front() == 'x' &&
         lower.find_first_not_of("bcs", 1) == dash;
}

// Takes one paragraph off the text: lines up to an empty one.
std::string_view take_paragraph(std::string_view& text) {
  std::size_t end = 0;
  while (end < text.size()) {
    const std::size_t line_end = std::min(text.find('\n', end), text.size() - 1) + 1;
    const bool is_empty = trimmed(text.substr(end, line_end - end)).empty();
    end = line_end;
    if (is_empty) break;
  }
  const std::string_view paragraph = text.substr(0, end);
  text.remove_prefix(end);
  return paragraph;
}

std::string name_of_paragraph(const std::vector<source::Deb822Field>& fields) {
  for (const source::Deb822Field& field : fields)
    if (field.name == "Source" || field.name == "Package")
      return fmt::format("{}: {}", field.name, escape_for_terminal(field.value));
  return "a paragraph without name";
}

Result<> add_field(std::string value, DeclaredEmbeds& declared) {
  declared.has_field = true;
  for (std::size_t at; (at = value.find(kSubstitution)) != value.npos;) {
    value.replace(at, kSubstitution.size(), ",");
    declared.filled_by_build = true;
  }
  STOWAWAY_TRY(auto entries, parse_embeds(value));
  for (EmbedsEntry& entry : entries) declared.entries.push_back(std::move(entry));
  return {};
}

std::vector<std::string> known_marks(const EmbedsEntry& entry) {
  std::vector<std::string> marks;
  for (const std::string& mark : entry.marks)
    if (mark == "modified" || mark == "fragment") marks.push_back(mark);
  return marks;
}

bool same_component(const EmbedsEntry& a, const EmbedsEntry& b) {
  const auto names = [](const EmbedsEntry& entry, const std::string& name) {
    return entry.component == name ||
           std::ranges::find(entry.alternatives, name) != entry.alternatives.end();
  };
  return names(a, b.component) || names(b, a.component);
}

bool says_as_closely(const EmbedsEntry& declared, const EmbedsEntry& found) {
  if (found.first.empty()) return true;
  return !declared.first.empty() && !declared.last.empty() &&
         compare_versions(declared.first, found.first) >= 0 &&
         compare_versions(declared.last, found.last) <= 0;
}

bool agrees(const EmbedsEntry& declared, const EmbedsEntry& found) {
  return same_component(declared, found) && known_marks(declared) == known_marks(found) &&
         (!declared.path || declared.path == found.path) && says_as_closely(declared, found);
}

}  // namespace

Result<DeclaredEmbeds> read_declared(std::string_view control_file) {
  if (control_file.size() > kMaxControlBytes)
    return fail(ErrorCode::limit_exceeded, "a control file of more than {} bytes",
                kMaxControlBytes);
  STOWAWAY_TRY(const source::ClearText clear, source::clear_text_of(control_file));
  DeclaredEmbeds declared;
  std::string_view rest = clear.text;
  while (!rest.empty()) {
    STOWAWAY_TRY(const auto fields, source::parse_deb822_paragraph(take_paragraph(rest)));
    for (const source::Deb822Field& field : fields) {
      if (!is_embeds(field.name)) continue;
      if (const auto added = add_field(field.value, declared); !added)
        return tl::unexpected<Error>(added.error().within(
            fmt::format("{} of \"{}\"", field.name, name_of_paragraph(fields))));
    }
  }
  return declared;
}

std::vector<EmbedsDifference> compare_embeds(const std::vector<EmbedsEntry>& declared,
                                             const std::vector<EmbedsEntry>& found) {
  std::vector<EmbedsDifference> differences;
  for (const EmbedsEntry& copy : found)
    if (std::ranges::none_of(declared, [&](const auto& one) { return agrees(one, copy); }))
      differences.push_back({std::nullopt, copy});
  for (const EmbedsEntry& one : declared) {
    if (std::ranges::any_of(found, [&](const auto& copy) { return agrees(one, copy); })) continue;
    const auto other = std::ranges::find_if(differences, [&](const EmbedsDifference& difference) {
      return !difference.declared && same_component(one, *difference.found);
    });
    if (other == differences.end())
      differences.push_back({one, std::nullopt});
    else
      other->declared = one;
  }
  return differences;
}

std::string text_of(const EmbedsDifference& difference) {
  if (!difference.declared) return text_of(*difference.found) + ": found, not declared";
  if (!difference.found) return text_of(*difference.declared) + ": declared, not found";
  return fmt::format("{}: found, but declared as {}", text_of(*difference.found),
                     text_of(*difference.declared));
}

}  // namespace stowaway::report

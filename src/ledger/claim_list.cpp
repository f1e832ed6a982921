#include <algorithm>
#include <array>
#include <optional>

#include "base/text.h"
#include "ledger/claims.h"

namespace stowaway::ledger {
namespace {

constexpr std::size_t kMaxUnread = 1000, kMaxLineBytes = 4096;
constexpr std::array<std::string_view, 5> kSorts{"embed", "static", "modified-embed", "fork",
                                                 "old-version"};
constexpr std::array<std::string_view, 6> kStates{"unfixed",      "removed", "itp",
                                                  "not-affected", "unknown", "unfixable"};

template <class Names>
bool is_one_of(std::string_view text, const Names& names) {
  return std::ranges::find(names, text) != names.end();
}

std::string_view next_word(std::string_view& rest) {
  rest = trimmed(rest);
  const std::size_t end = std::min(rest.find_first_of(" \t"), rest.size());
  const std::string_view word = rest.substr(0, end);
  rest = trimmed(rest.substr(end));
  return word;
}

// "poppler (its comment)": a new component.
void read_component(std::string_view line, Claim& head) {
  head = {};
  const std::size_t open = line.find('(');
  head.component = trimmed(line.substr(0, open));
  if (open == std::string_view::npos) return;
  std::string_view comment = trimmed(line.substr(open + 1));
  if (comment.ends_with(')')) comment.remove_suffix(1);
  head.comment = comment;
}

// "(embed; bug #1; more) [files]".
void read_details(std::string_view rest, Claim& claim) {
  if (!rest.starts_with('(')) {
    claim.details = rest;
    return;
  }
  const std::size_t close = std::min(rest.find(')'), rest.size());
  std::string_view inside = rest.substr(1, close - 1);
  const std::string_view behind = trimmed(rest.substr(std::min(close + 1, rest.size())));
  const std::size_t end = std::min(inside.find_first_of("; ,"), inside.size());
  if (is_one_of(inside.substr(0, end), kSorts)) {
    claim.sort = inside.substr(0, end);
    inside = inside.substr(end);
    while (!inside.empty() &&
           std::string_view("; ,").find(inside.front()) != std::string_view::npos)
      inside.remove_prefix(1);
  }
  claim.details = trimmed(inside);
  if (!behind.empty()) claim.details += (claim.details.empty() ? "" : " ") + std::string(behind);
}

// "[etch] - holder <unfixed> (embed; bug #1)".
std::optional<Claim> read_claim(std::string_view line, const Claim& head) {
  Claim claim = head;
  std::string_view rest = trimmed(line);
  if (rest.starts_with('[')) {
    const std::size_t close = rest.find(']');
    if (close == std::string_view::npos) return std::nullopt;
    claim.release = trimmed(rest.substr(1, close - 1));
    rest = trimmed(rest.substr(close + 1));
  }
  if (next_word(rest) != "-") return std::nullopt;
  claim.holder = next_word(rest);
  std::string_view status = rest;
  if (!rest.starts_with('(')) status = next_word(rest);
  if (claim.holder.empty() || status.empty()) return std::nullopt;
  if (status.starts_with('<')) {
    status = status.substr(1, status.size() - 1 - (status.ends_with('>') ? 1 : 0));
    if (!is_one_of(status, kStates)) return std::nullopt;
    claim.status = status;
  } else if (status.starts_with('(')) {
    return std::nullopt;
  } else {
    claim.status = "fixed";
    claim.fixed = status;
  }
  read_details(rest, claim);
  return claim;
}

std::string line_of(const Claim& claim) {
  std::string line = "\t";
  if (!claim.release.empty()) line += "[" + claim.release + "] ";
  line += "- " + claim.holder + " ";
  line += claim.status == "fixed" ? claim.fixed : "<" + claim.status + ">";
  // What stood in brackets behind the parentheses goes back there.
  const std::size_t files =
      claim.details.ends_with(']') ? claim.details.find('[') : std::string::npos;
  const std::string inside(trimmed(std::string_view(claim.details).substr(0, files)));
  if (!claim.sort.empty() || !inside.empty())
    line += " (" + claim.sort + (claim.sort.empty() || inside.empty() ? "" : "; ") + inside + ")";
  if (files != std::string::npos) line += " " + claim.details.substr(files);
  return line + "\n";
}

}  // namespace

Result<ClaimList> read_claims(std::string_view list) {
  if (list.size() > kMaxClaimBytes)
    return fail(ErrorCode::limit_exceeded, "a list of {} bytes; the limit is {}", list.size(),
                kMaxClaimBytes);
  ClaimList read;
  Claim head;
  std::uint64_t number = 0;
  bool passing = list.starts_with("---BEGIN") || list.find("\n---BEGIN") != std::string_view::npos;
  for (const std::string_view line : split(list, '\n')) {
    ++number;
    if (passing) {
      passing = !line.starts_with("---BEGIN");
      continue;
    }
    const std::string_view text = trimmed(line);
    if (text.empty()) continue;
    if (line.front() != '\t' && line.front() != ' ') {
      read_component(text.substr(0, kMaxLineBytes), head);
      continue;
    }
    if (text.starts_with("NOTE:") || text.starts_with("TODO:")) {
      if (!read.claims.empty() && read.claims.back().component == head.component)
        read.claims.back().notes.emplace_back(text.substr(0, kMaxLineBytes));
      continue;
    }
    auto claim = head.component.empty() || text.size() > kMaxLineBytes ? std::nullopt
                                                                       : read_claim(text, head);
    if (claim) {
      claim->line = number;
      read.claims.push_back(*std::move(claim));
    } else if (read.unread.size() < kMaxUnread) {
      read.unread.push_back({number, std::string(text.substr(0, 200))});
    }
  }
  if (read.claims.empty()) return fail(ErrorCode::corrupt, "no line is a claim");
  return read;
}

std::string write_claims(const std::vector<Claim>& claims) {
  std::string text = "---BEGIN\n", component;
  for (const Claim& claim : claims) {
    if (claim.component != component || component.empty()) {
      text += (component.empty() ? "" : "\n") + claim.component +
              (claim.comment.empty() ? "" : " (" + claim.comment + ")") + "\n";
      component = claim.component;
    }
    text += line_of(claim);
    for (const std::string& note : claim.notes) text += "\t" + note + "\n";
  }
  return text;
}

}  // namespace stowaway::ledger

#include "advisory/audit.h"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include "advisory/assess.h"

namespace stowaway::advisory {
namespace {

bool has_name(const Advisory& advisory, const std::string& name) {
  return advisory.id == name || std::ranges::binary_search(advisory.aliases, name);
}

std::string exact_version(const AuditedCopy& copy) {
  return copy.versions.size() == 1 ? copy.versions.front() : "";
}

// The subject as a product: by its identifier, its name, or its package URL at any version that the
// statement allows.
bool is_subject(const std::string& product, const AuditSubject& subject) {
  if (product.empty() || product == subject.product || product == subject.name) return true;
  const std::size_t at = subject.product.rfind('@');
  const std::string version = at == std::string::npos ? "" : subject.product.substr(at + 1);
  return is_same_package(product, subject.product.substr(0, at), version);
}

bool applies(const Statement& statement, const AuditSubject& subject, const AuditedCopy& copy) {
  const std::string version = exact_version(copy);
  if (statement.part.empty())
    return is_subject(statement.product, subject) ||
           is_same_package(statement.product, copy.purl, version);
  const bool is_part = statement.part == copy_reference(copy.path, copy.component) ||
                       is_same_package(statement.part, copy.purl, version);
  return is_part && is_subject(statement.product, subject);
}

bool applies(const Acceptance& acceptance, const AuditedCopy& copy) {
  return (acceptance.path.empty() || acceptance.path == copy.path) &&
         (acceptance.component.empty() || acceptance.component == copy.component);
}

// Everything about one run, so that the passes below stay short.
class Auditor {
 public:
  Auditor(AuditSubject subject, const Advisories& advisories, const AuditOptions& options)
      : advisories_(advisories), options_(options) {
    audit_.subject = std::move(subject);
  }

  Result<Audit> run() {
    STOWAWAY_TRY(audit_.stores, advisories_.stores());
    for (std::size_t i = 0; i < audit_.subject.copies.size(); ++i) STOWAWAY_TRY_VOID(audit_copy(i));
    sort_advisories();
    sort_findings();
    for (std::size_t i = 0; i < options_.statements.size(); ++i)
      if (!used_.contains(i)) audit_.unused.push_back(options_.statements[i]);
    return std::move(audit_);
  }

 private:
  // Advisories of one component are looked up once, however many copies there are.
  struct Known {
    Component component;
    std::vector<std::string> keys;
    std::vector<Advisory> advisories;
  };

  Result<const Known*> known(const AuditedCopy& copy) {
    const auto found = known_.find(copy.component);
    if (found != known_.end()) return &found->second;
    Known known;
    if (options_.component)
      if (auto component = options_.component(copy.component))
        known.component = *std::move(component);
    known.component.name = copy.component;
    if (known.component.purl.empty()) known.component.purl = copy.purl;
    known.keys = keys_of(known.component);
    STOWAWAY_TRY(known.advisories, advisories_.about(known.component));
    audit_.withdrawn += std::erase_if(known.advisories, std::mem_fn(&Advisory::withdrawn));
    return &known_.emplace(copy.component, std::move(known)).first->second;
  }

  std::size_t number_of(const Advisory& advisory) {
    const auto [found, is_new] = numbers_.emplace(advisory.id, audit_.advisories.size());
    if (is_new) audit_.advisories.push_back(advisory);
    return found->second;
  }

  Result<void> audit_copy(std::size_t number) {
    const AuditedCopy& copy = audit_.subject.copies[number];
    STOWAWAY_TRY(const Known* const known, this->known(copy));
    for (const Advisory& advisory : known->advisories) {
      Finding finding;
      finding.copy = number;
      finding.advisory = number_of(advisory);
      for (const std::string& version : copy.versions)
        finding.versions.push_back(
            standing_in_advisory(version, advisory, known->component, known->keys));
      conclude_by_version(finding);
      add_fixes(advisory, known->keys, finding);
      add_observations(copy, advisory, finding);
      conclude_by_evidence(finding);
      add_statements(copy, advisory, finding);
      add_acceptance(copy, advisory, finding);
      audit_.findings.push_back(std::move(finding));
    }
    return {};
  }

  static void add_fixes(const Advisory& advisory, const std::vector<std::string>& keys,
                        Finding& finding) {
    std::set<std::string> commits;
    for (const Record& record : advisory.records)
      if (std::ranges::any_of(record.affected,
                              [&](const Affected& affected) { return concerns(affected, keys); }))
        commits.insert(record.fix_commits.begin(), record.fix_commits.end());
    finding.fix_commits.assign(commits.begin(), commits.end());
  }

  void add_observations(const AuditedCopy& copy, const Advisory& advisory, Finding& finding) {
    for (const Observation& seen : options_.observations) {
      if (seen.path != copy.path || seen.component != copy.component ||
          !has_name(advisory, seen.advisory))
        continue;
      if (seen.patch_form) {
        finding.patch_form = seen.patch_form;
        finding.patch_detail = seen.patch_detail;
      }
      if (seen.testcase_verdict) {
        finding.testcase_verdict = seen.testcase_verdict;
        finding.testcase_detail = seen.testcase_detail;
      }
    }
  }

  void add_statements(const AuditedCopy& copy, const Advisory& advisory, Finding& finding) {
    for (std::size_t i = 0; i < options_.statements.size(); ++i) {
      const Statement& statement = options_.statements[i];
      const bool about =
          std::ranges::any_of(statement.vulnerabilities,
                              [&](const std::string& name) { return has_name(advisory, name); });
      if (!about || !applies(statement, audit_.subject, copy)) continue;
      finding.statements.push_back(statement);
      used_.insert(i);
    }
    std::ranges::stable_sort(finding.statements, {}, &Statement::timestamp);
  }

  void add_acceptance(const AuditedCopy& copy, const Advisory& advisory, Finding& finding) {
    for (const Acceptance& acceptance : options_.acceptances) {
      if (!has_name(advisory, acceptance.advisory) || !applies(acceptance, copy)) continue;
      // One that holds is told rather than one that has expired.
      if (!finding.acceptance || finding.acceptance->expired) finding.acceptance = acceptance;
    }
  }

  void sort_advisories() {
    std::vector<std::size_t> order(audit_.advisories.size()), place(order.size());
    for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
    std::ranges::sort(order, {}, [&](std::size_t i) { return audit_.advisories[i].id; });
    std::vector<Advisory> sorted;
    for (std::size_t i = 0; i < order.size(); ++i) {
      place[order[i]] = i;
      sorted.push_back(std::move(audit_.advisories[order[i]]));
    }
    audit_.advisories = std::move(sorted);
    for (Finding& finding : audit_.findings) finding.advisory = place[finding.advisory];
  }

  void sort_findings() {
    const auto key = [&](const Finding& finding) {
      const Advisory& advisory = audit_.advisories[finding.advisory];
      const int status = finding.status == Status::affected  ? 0
                         : finding.status == Status::unknown ? 1
                                                             : 2;
      return std::tuple(finding.copy, status, -static_cast<int>(advisory.rating.level),
                        -advisory.rating.score);
    };
    std::ranges::stable_sort(audit_.findings, [&](const Finding& a, const Finding& b) {
      const auto left = key(a), right = key(b);
      if (left != right) return left < right;
      return audit_.advisories[a.advisory].id > audit_.advisories[b.advisory].id;
    });
  }

  const Advisories& advisories_;
  const AuditOptions& options_;
  Audit audit_;
  std::map<std::string, Known> known_;
  std::map<std::string, std::size_t> numbers_;
  std::set<std::size_t> used_;
};

}  // namespace

bool Finding::is_open() const {
  if (status == Status::not_affected) return false;
  if (acceptance && !acceptance->expired) return false;
  if (statements.empty()) return true;
  const StatementStatus stated = statements.back().status;
  return stated != StatementStatus::not_affected && stated != StatementStatus::fixed;
}

AuditSubject subject_of(const match::ScanResult& result) {
  AuditSubject subject;
  subject.name = result.subject;
  subject.kind = result.subject_kind;
  subject.product = product_of(result);
  subject.partial = result.partial;
  subject.declared_only = result.declared_only.size();
  for (const match::SelfIdentity& self : result.self)
    subject.copies.push_back({"",
                              self.component,
                              self.purl,
                              self.versions,
                              "",
                              std::string(match::name_of(self.verdict)),
                              {}});
  for (const match::Copy& copy : result.copies)
    subject.copies.push_back({copy.path, copy.component, copy.purl, copy.versions,
                              copy.version_note, std::string(match::name_of(copy.verdict)),
                              copy.alternatives});
  return subject;
}

std::string product_of(const match::ScanResult& result) {
  if (!result.self.empty() && !result.self.front().purl.empty()) {
    const match::SelfIdentity& self = result.self.front();
    const std::size_t tail = std::min(self.purl.find_first_of("?#"), self.purl.size());
    if (self.versions.size() != 1) return self.purl;
    return self.purl.substr(0, tail) + "@" + self.versions.front() + self.purl.substr(tail);
  }
  std::string_view name = result.subject;
  while (name.ends_with('/')) name.remove_suffix(1);
  if (const std::size_t slash = name.rfind('/'); slash != std::string_view::npos)
    name.remove_prefix(slash + 1);
  const std::string reference = copy_reference(name, "");
  return "subject:" + reference.substr(5, reference.size() - 6);
}

Result<Audit> audit(AuditSubject subject, const Advisories& advisories,
                    const AuditOptions& options) {
  return Auditor(std::move(subject), advisories, options).run();
}

}  // namespace stowaway::advisory

#include "match/self_check.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <set>
#include <unordered_map>

#include "fingerprint/file_class.h"
#include "match/scan.h"

namespace stowaway::match {
namespace {

constexpr std::uint32_t kEnoughFiles = 3;
constexpr std::uint32_t kPlentyOfFiles = 200;  // of one copy: enough to know it by
constexpr std::uint64_t kStrangers = 10'000;

// A release that is to be found again.
struct Chosen {
  kb::ComponentId component = 0;
  std::uint32_t release = 0;  // within the component
  std::vector<FileFingerprint> files;
  std::vector<std::uint32_t> file_versions;  // one for each file
};

// The newest release of a component with enough code files.
bool choose(const kb::Kb& kb, kb::ComponentId id, Chosen& chosen) {
  const kb::Range releases = kb.component(id).releases;
  for (std::uint32_t i = releases.size(); i-- > 0;) {
    if (kb.release(releases.first + i).code_files < kEnoughFiles) continue;
    chosen.component = id;
    chosen.release = i;
    return true;
  }
  return false;
}

bool holds(const kb::Kb& kb, std::uint32_t file_version, std::uint32_t release) {
  return std::ranges::any_of(kb.releases_of(file_version), [&](const auto& span) {
    return span.first <= release && release <= span.last;
  });
}

std::string root_of(const kb::Kb& kb, const Chosen& chosen) {
  return fmt::format("copies/{}", kb.component(chosen.component).name);
}

FileFingerprint file_of(const kb::Kb& kb, kb::ContentId id, std::string path) {
  const kb::Content content = kb.content(id);
  FileFingerprint file;
  file.path = std::move(path);
  file.size_bytes = content.size_bytes;
  file.normalised_bytes = content.size_bytes;
  file.normalised = kb.normalised_of(id);
  std::copy(content.sha256.begin(), content.sha256.end(), file.sha256.begin());
  return file;
}

// Tests and examples alone are no copy.
bool is_telling(std::string_view path) {
  const fingerprint::FileClass type = fingerprint::classify(path);
  return type.is_code && type.role == fingerprint::FileRole::library;
}

// Adds to each chosen release its files; one walk over all contents.
void collect_files(const kb::Kb& kb, std::vector<Chosen>& all) {
  std::unordered_map<kb::ComponentId, Chosen*> by_component;
  for (Chosen& chosen : all) by_component[chosen.component] = &chosen;
  for (kb::ContentId id = 0; id < kb.content_count(); ++id)
    for (std::size_t i = 0; i < kb.posting_count(id); ++i) {
      const kb::Posting posting = kb.posting(id, i);
      if (posting.carried) continue;
      const kb::PathView path = kb.path(kb.file_version(posting.file_version).path);
      const auto found = by_component.find(path.component);
      if (found == by_component.end() || found->second->files.size() >= kPlentyOfFiles ||
          !is_telling(path.name) || !holds(kb, posting.file_version, found->second->release))
        continue;
      found->second->file_versions.push_back(posting.file_version);
      found->second->files.push_back(
          file_of(kb, id, fmt::format("{}/{}", root_of(kb, *found->second), path.name)));
    }
}

// Whether the release of that name holds all of them, too: 2.8 and 2.8.0 may be one.
bool has_same_files(const kb::Kb& kb, const Chosen& chosen, std::string_view version) {
  const kb::Range releases = kb.component(chosen.component).releases;
  for (std::uint32_t i = 0; i < releases.size(); ++i)
    if (kb.release(releases.first + i).version == version)
      return std::ranges::all_of(chosen.file_versions,
                                 [&](std::uint32_t one) { return holds(kb, one, i); });
  return false;
}

// What is wrong with the answer about one of them; "" when nothing is.
std::string judge(const kb::Kb& kb, const Chosen& chosen, const ScanResult& result) {
  const kb::ComponentView component = kb.component(chosen.component);
  const std::string root = root_of(kb, chosen);
  std::string found;
  for (const Copy& copy : result.copies) {
    if (copy.path != root && !copy.path.starts_with(root + "/")) continue;
    if (copy.component != component.name) {
      found += (found.empty() ? "" : ", ") + copy.component;
      continue;
    }
    if (std::ranges::any_of(copy.versions, [&](const std::string& found_version) {
          return has_same_files(kb, chosen, found_version);
        }))
      return "";
    return fmt::format("found as {}", fmt::join(copy.versions, ", "));
  }
  return found.empty() ? "not found" : "found as " + found;
}

// Identities that are nobody's must not be found.
std::uint64_t found_strangers(const kb::Kb& kb) {
  std::uint64_t found = 0, key = 0x9e3779b97f4a7c15U;
  for (std::uint64_t i = 0; i < kStrangers; ++i) {
    key = key * 6364136223846793005U + 1442695040888963407U;
    found += kb.contents_with(key).empty() ? 0 : 1;
  }
  return found;
}

}  // namespace

Result<SelfTest> self_test(const kb::Kb& kb, std::uint32_t components) {
  std::vector<Chosen> all;
  const std::uint32_t step = std::max(1U, kb.component_count() / std::max(1U, components));
  for (kb::ComponentId id = 0; id < kb.component_count(); id += step)
    if (Chosen chosen; choose(kb, id, chosen)) all.push_back(std::move(chosen));
  collect_files(kb, all);
  std::erase_if(all, [](const Chosen& chosen) { return chosen.files.size() < kEnoughFiles; });
  Fingerprints subject;
  subject.kind = "directory";
  SelfTest test;
  for (const Chosen& chosen : all)
    subject.files.insert(subject.files.end(), chosen.files.begin(), chosen.files.end());
  std::ranges::sort(subject.files, {}, &FileFingerprint::path);
  subject.summary.files = test.files = subject.files.size();
  test.copies = all.size();
  test.strangers = kStrangers;
  STOWAWAY_TRY(const ScanResult result, rescan(subject, kb, {}));
  for (const Chosen& chosen : all)
    if (const std::string what = judge(kb, chosen, result); !what.empty()) {
      const kb::ComponentView component = kb.component(chosen.component);
      test.failures.push_back(
          {std::string(component.name),
           std::string(kb.release(component.releases.first + chosen.release).version), what});
    }
  if (const std::uint64_t found = found_strangers(kb); found > 0)
    test.failures.push_back({"", "", fmt::format("{} made-up identities were found", found)});
  return test;
}

}  // namespace stowaway::match

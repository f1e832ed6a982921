#include "kb/index/tables.h"

#include <xxhash.h>

#include <algorithm>

#include "fingerprint/file_class.h"
#include "kb/index/index_file.h"

namespace stowaway::kb::index {
namespace {

constexpr std::size_t kRememberedStrings = std::size_t{1} << 20;
constexpr std::size_t kSpools = 8;

std::string joined(const std::vector<std::string>& parts) {
  std::string out;
  for (const std::string& part : parts) out += (out.empty() ? "" : ",") + part;
  return out;
}

std::uint64_t hash_of_name(std::string_view path) {
  const std::string_view name = file_name(path);
  return XXH3_64bits(name.data(), name.size());
}

}  // namespace

std::uint32_t Strings::add(const std::string& text) {
  const auto position = static_cast<std::uint32_t>(out_->size());
  if (positions_.size() < kRememberedStrings) {
    const auto [place, is_new] = positions_.emplace(text, position);
    if (!is_new) return place->second;
  } else if (const auto place = positions_.find(text); place != positions_.end()) {
    return place->second;
  }
  out_->append(std::as_bytes(std::span(text.c_str(), text.size() + 1)));
  return position;
}

Result<std::unique_ptr<Tables>> Tables::create(const std::string& directory,
                                               std::uint64_t memory_bytes) {
  std::vector<Spool> spools;
  for (std::size_t i = 0; i < kSpools; ++i) {
    STOWAWAY_TRY(auto spool, Spool::create(directory));
    spools.push_back(std::move(spool));
  }
  return std::unique_ptr<Tables>(new Tables(std::move(spools), directory, memory_bytes));
}

Tables::Tables(std::vector<Spool> spools, const std::string& directory, std::uint64_t memory_bytes)
    : string_bytes(std::move(spools[0])),
      components(std::move(spools[1])),
      releases(std::move(spools[2])),
      paths(std::move(spools[3])),
      path_mark_bytes(std::move(spools[4])),
      spans(std::move(spools[5])),
      span_mark_bytes(std::move(spools[6])),
      shingle_counts(std::move(spools[7])),
      strings(string_bytes),
      path_marks(path_mark_bytes),
      span_marks(span_mark_bytes),
      // While contents are drained the shingles wait, and write_contents() fills two more buffers
      // of an eighth each.
      contents(directory, memory_bytes / 8 * 3),
      shingles(directory, memory_bytes / 4),
      file_names_(directory, memory_bytes / 8) {}

Result<void> Tables::add(const Pack& pack, const ComponentNames& names) {
  components.put(Component{
      strings.add(pack.component), strings.add(pack.purl), strings.add(pack.licence),
      strings.add(pack.language), strings.add(joined(pack.aliases)), pack.rank,
      static_cast<std::uint32_t>(count.releases), static_cast<std::uint32_t>(count.paths)});
  for (const PackRelease& release : pack.releases)
    releases.put(Release{strings.add(release.version), strings.add(release.revision),
                         number_of_date(release.date), release.code_files});
  count.releases += pack.releases.size();
  contents_of_component.push_back(static_cast<std::uint32_t>(pack.contents.size()));
  for (const PackPath& path : pack.paths) STOWAWAY_TRY_VOID(add_path(pack, path, names));
  ++count.components;
  return {};
}

Result<void> Tables::add_path(const Pack& pack, const PackPath& path, const ComponentNames& names) {
  const auto component = static_cast<std::uint32_t>(count.components);
  const auto number = static_cast<std::uint32_t>(count.paths);
  paths.put(Path{strings.add(path.path), component, static_cast<std::uint32_t>(count.file_versions),
                 path.density_exponent,
                 static_cast<std::uint8_t>(fingerprint::classify(path.path).role), 0});
  foreign.push_back(!fingerprint::foreign_project(path.path).empty());
  const std::uint64_t name = hash_of_name(path.path);
  STOWAWAY_TRY_VOID(file_names_.add({component, name, 0}));
  if (!foreign.back())
    for (const std::uint32_t other : names.namesakes(component, path.path))
      STOWAWAY_TRY_VOID(file_names_.add({other, name, number + 1}));
  STOWAWAY_TRY_VOID(add_file_versions(pack, path));
  STOWAWAY_TRY_VOID(add_shingles(path));
  ++count.paths;
  return {};
}

Result<void> Tables::add_file_versions(const Pack& pack, const PackPath& path) {
  std::vector<std::uint32_t> shingles_of(path.versions.size());
  for (const PackShingle& shingle : path.shingles)
    for (const Span32 span : shingle.versions)
      for (std::uint32_t v = span.first; v <= span.last; ++v) ++shingles_of[v];
  for (std::size_t v = 0; v < path.versions.size(); ++v) {
    const PackFileVersion& version = path.versions[v];
    const PackContent& content = pack.contents[version.content];
    std::uint64_t md5 = 0;
    for (const std::uint8_t byte : content.md5) md5 = md5 << 8 | byte;
    STOWAWAY_TRY_VOID(contents.add(
        {content.normalised, content.sha256, md5,
         static_cast<std::uint32_t>(std::min<std::uint64_t>(content.size_bytes, UINT32_MAX)),
         static_cast<std::uint32_t>(count.file_versions)}));
    for (const Span32 span : version.releases) {
      spans.put(ReleaseSpan{static_cast<std::uint16_t>(span.first),
                            static_cast<std::uint16_t>(span.last)});
      span_marks.add(span.first == version.releases.front().first);
    }
    path_marks.add(v == 0);
    shingle_counts.put(shingles_of[v]);
    count.most_shingles = std::max(count.most_shingles, shingles_of[v]);
    ++count.file_versions;
  }
  return {};
}

Result<void> Tables::add_shingles(const PackPath& path) {
  for (const PackShingle& shingle : path.shingles)
    for (const Span32 span : shingle.versions) {
      STOWAWAY_TRY_VOID(shingles.add({shingle.key, static_cast<std::uint32_t>(count.paths),
                                      static_cast<std::uint16_t>(span.first),
                                      static_cast<std::uint16_t>(span.last)}));
      count.last_version = std::max(count.last_version, span.last);
    }
  return {};
}

Result<void> Tables::add(const PackDirectory& directory) {
  components.put(Component{
      strings.add(directory.component), strings.add(directory.purl), strings.add(directory.licence),
      strings.add(directory.language), strings.add(joined(directory.aliases)), directory.rank,
      static_cast<std::uint32_t>(count.releases), static_cast<std::uint32_t>(count.paths)});
  for (const DirectoryRelease& release : directory.releases)
    releases.put(Release{strings.add(release.version), strings.add(release.revision), release.date,
                         release.code_files});
  count.releases += directory.releases.size();
  for (std::uint32_t p = 0; p < directory.paths.size(); ++p) {
    const DirectoryPath& path = directory.paths[p];
    paths.put(Path{strings.add(path.path), static_cast<std::uint32_t>(count.components),
                   static_cast<std::uint32_t>(count.file_versions), path.density_exponent,
                   static_cast<std::uint8_t>(fingerprint::classify(path.path).role), 0});
    for (std::uint32_t v = path.first_file_version; v < directory.end_of(p); ++v) {
      path_marks.add(v == path.first_file_version);
      for (std::uint32_t s = directory.first_span[v]; s < directory.first_span[v + 1]; ++s) {
        spans.put(directory.spans[s]);
        span_marks.add(s == directory.first_span[v]);
      }
      shingle_counts.put(directory.shingles[v]);
      count.most_shingles = std::max(count.most_shingles, directory.shingles[v]);
      ++count.file_versions;
    }
    ++count.paths;
  }
  ++count.components;
  return {};
}

Result<void> Tables::finish() {
  components.put(Component{0, 0, 0, 0, 0, 0, static_cast<std::uint32_t>(count.releases),
                           static_cast<std::uint32_t>(count.paths)});
  paths.put(Path{0, 0, static_cast<std::uint32_t>(count.file_versions), 0, 0, 0});
  strings.forget();
  path_marks.finish();
  span_marks.finish();
  for (Spool* spool : {&string_bytes, &components, &releases, &paths, &path_mark_bytes, &spans,
                       &span_mark_bytes, &shingle_counts})
    STOWAWAY_TRY_VOID(spool->flush());
  FileNameRecord owner{UINT32_MAX, 0, 0};
  return file_names_.drain([&](const FileNameRecord& record) -> Result<void> {
    if (record.path_after == 0)
      owner = record;
    else if (record.component == owner.component && record.name == owner.name)
      foreign[record.path_after - 1] = true;
    return {};
  });
}

Result<void> write_tables(Tables& tables, IndexFile& out, const std::string& directory) {
  STOWAWAY_TRY_VOID(out.add_records(kStrings, tables.string_bytes));
  STOWAWAY_TRY_VOID(out.add_records(kComponents, tables.components));
  STOWAWAY_TRY_VOID(out.add_records(kReleases, tables.releases));
  STOWAWAY_TRY_VOID(out.add_records(kPaths, tables.paths));
  STOWAWAY_TRY_VOID(out.add_marks(kPathMarks, tables.path_mark_bytes, tables.path_marks));
  STOWAWAY_TRY_VOID(out.add_records(kSpans, tables.spans));
  STOWAWAY_TRY_VOID(out.add_marks(kSpanMarks, tables.span_mark_bytes, tables.span_marks));
  return out.add_numbers(kShingleCounts, tables.shingle_counts, tables.count.most_shingles,
                         directory);
}

}  // namespace stowaway::kb::index

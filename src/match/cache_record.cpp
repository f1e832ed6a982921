#include "match/cache_record.h"

#include <algorithm>
#include <cstring>
#include <string>
#include <type_traits>

namespace stowaway::match {
namespace {

// A member that is added to these must be added to write() and read(), and kCacheFormat raised.
using Vector = std::vector<int>;
static_assert(sizeof(Statement) == 3 * sizeof(std::string) &&
              sizeof(Manifest) == sizeof(std::string) + sizeof(Vector) &&
              sizeof(ScannedFile) == sizeof(std::string) + 32 + 2 * sizeof(Vector) &&
              sizeof(Resemblance) == 32 + sizeof(Vector) + 16 + sizeof(Vector));

enum Flag : std::uint8_t { kFile = 1, kExact = 2, kManifest = 4, kMore = 8 };

// Fixed-size values and sequences, one behind the other.
class Writer {
 public:
  explicit Writer(std::vector<std::byte>& out) : out_(&out) {}
  template <class T>
  void value(const T& value) {
    static_assert(std::is_trivially_copyable_v<T>);
    const auto bytes = std::as_bytes(std::span<const T, 1>(&value, 1));
    out_->insert(out_->end(), bytes.begin(), bytes.end());
  }
  template <class Sequence>
  void sequence(const Sequence& values) {
    value(static_cast<std::uint32_t>(values.size()));
    const auto bytes = std::as_bytes(std::span(values));
    out_->insert(out_->end(), bytes.begin(), bytes.end());
  }

 private:
  std::vector<std::byte>* out_;
};

// Never reads past its end; after the first failure everything is empty.
class Reader {
 public:
  explicit Reader(std::span<const std::byte> bytes) : rest_(bytes) {}
  bool ok() const { return ok_; }
  template <class T>
  T value() {
    T value{};
    take(std::as_writable_bytes(std::span<T, 1>(&value, 1)));
    return value;
  }
  template <class Sequence>
  void sequence(Sequence& values) {
    const auto count = value<std::uint32_t>();
    ok_ = ok_ && count <= rest_.size() / sizeof(typename Sequence::value_type);
    if (!ok_) return;
    values.resize(count);
    take(std::as_writable_bytes(std::span(values)));
  }
  // How many things follow, each of at least `least_bytes`.
  std::uint32_t count(std::size_t least_bytes) {
    const auto count = value<std::uint32_t>();
    ok_ = ok_ && count <= rest_.size() / least_bytes;
    return ok_ ? count : 0;
  }

 private:
  void take(std::span<std::byte> out) {
    ok_ = ok_ && out.size() <= rest_.size();
    if (!ok_ || out.empty()) return;
    std::memcpy(out.data(), rest_.data(), out.size());
    rest_ = rest_.subspan(out.size());
  }
  std::span<const std::byte> rest_;
  bool ok_ = true;
};

void write(Writer& out, const std::vector<Statement>& statements) {
  out.value(static_cast<std::uint32_t>(statements.size()));
  for (const Statement& statement : statements) {
    out.sequence(statement.name);
    out.sequence(statement.version);
    out.sequence(statement.method);
  }
}

void read(Reader& in, std::vector<Statement>& statements) {
  statements.resize(in.count(3 * sizeof(std::uint32_t)));
  for (Statement& statement : statements) {
    in.sequence(statement.name);
    in.sequence(statement.version);
    in.sequence(statement.method);
  }
}

void write(Writer& out, const Resemblance& one) {
  out.value(one.path);
  out.value(one.best_version);
  out.value(one.contained_ratio);
  out.value(one.explained_ratio);
  out.value(one.matched);
  out.value(one.explained_by_component);
  out.value(one.apart_ratio);
  out.sequence(one.matched_per_version);
  out.sequence(one.windows_per_release);
}
constexpr std::size_t kLeastResemblanceBytes = 5 * 4 + 4 * 8;

void read(Reader& in, Resemblance& one) {
  one.path = in.value<kb::PathId>();
  one.best_version = in.value<std::uint32_t>();
  one.contained_ratio = in.value<double>();
  one.explained_ratio = in.value<double>();
  one.matched = in.value<std::uint32_t>();
  one.explained_by_component = in.value<double>();
  one.apart_ratio = in.value<double>();
  in.sequence(one.matched_per_version);
  in.sequence(one.windows_per_release);
}

bool is_share(double value) { return value >= 0 && value <= 1e6; }  // shares may exceed 1

bool fits(const Resemblance& one, const kb::Kb& kb) {
  if (one.path >= kb.path_count()) return false;
  const kb::PathView path = kb.path(one.path);
  const std::size_t releases = kb.component(path.component).releases.size();
  return one.best_version < path.file_versions.size() &&
         one.matched_per_version.size() == path.file_versions.size() &&
         (one.windows_per_release.empty() || one.windows_per_release.size() == releases) &&
         std::ranges::all_of(one.windows_per_release, is_share) && is_share(one.contained_ratio) &&
         is_share(one.explained_ratio) && is_share(one.explained_by_component) &&
         is_share(one.apart_ratio);
}

// What does not fit into the head.
void write_more(Writer& out, const ScannedFile& file) {
  out.value(static_cast<std::uint32_t>(file.resembles.size()));
  for (const Resemblance& one : file.resembles) write(out, one);
  write(out, file.statements);
}

void read_more(Reader& in, ScannedFile& file) {
  file.resembles.resize(in.count(kLeastResemblanceBytes));
  for (Resemblance& one : file.resembles) read(in, one);
  read(in, file.statements);
}

}  // namespace

void append_record(std::string_view path, const source::FileStamp& stamp, const ScannedFile* file,
                   const Manifest* manifest, std::vector<std::byte>& out) {
  CacheRecord record{};
  record.stamp = stamp;
  record.path_bytes = static_cast<std::uint16_t>(path.size());
  const bool more = file != nullptr && !(file->resembles.empty() && file->statements.empty());
  if (file != nullptr) {
    record.flags =
        static_cast<std::uint8_t>(kFile | (file->exact ? kExact : 0) | (more ? kMore : 0));
    record.role = static_cast<std::uint8_t>(file->role);
    record.normalised_bytes = file->normalised_bytes;
    record.first_content = file->contents.first;
    record.end_content = file->contents.end;
  }
  if (manifest != nullptr) record.flags |= kManifest;
  const std::size_t start = out.size();
  Writer writer(out);
  writer.value(record);
  const auto path_bytes = std::as_bytes(std::span(path));
  out.insert(out.end(), path_bytes.begin(), path_bytes.end());
  if (more) write_more(writer, *file);
  if (manifest != nullptr) write(writer, manifest->statements);
  out.resize((out.size() + 7) / 8 * 8);
  record.record_bytes = static_cast<std::uint32_t>(out.size() - start);
  std::memcpy(out.data() + start, &record, sizeof record);
}

std::optional<CacheRecord> record_at(std::span<const std::byte> bytes) {
  CacheRecord record;
  if (bytes.size() < sizeof record) return std::nullopt;
  std::memcpy(&record, bytes.data(), sizeof record);
  if (record.record_bytes > bytes.size() || record.record_bytes % 8 != 0 ||
      sizeof record + record.path_bytes > record.record_bytes)
    return std::nullopt;
  return record;
}

std::string_view path_of(const CacheRecord& record, std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()) + sizeof record, record.path_bytes};
}

std::optional<Learned> decode_learned(const CacheRecord& record, std::span<const std::byte> bytes) {
  constexpr auto kLastRole = static_cast<std::uint8_t>(fingerprint::FileRole::boilerplate);
  Reader in(bytes.first(record.record_bytes).subspan(sizeof record + record.path_bytes));
  Learned learned;
  if ((record.flags & kFile) != 0) {
    if (record.role > kLastRole || record.first_content > record.end_content) return std::nullopt;
    ScannedFile& file = learned.file.emplace();
    file.path = path_of(record, bytes);
    file.size_bytes = record.stamp.size_bytes;
    file.normalised_bytes = record.normalised_bytes;
    file.role = static_cast<fingerprint::FileRole>(record.role);
    file.contents = {record.first_content, record.end_content};
    file.exact = (record.flags & kExact) != 0;
    if ((record.flags & kMore) != 0) read_more(in, file);
  }
  if ((record.flags & kManifest) != 0) {
    Manifest& manifest = learned.manifest.emplace();
    manifest.path = path_of(record, bytes);
    read(in, manifest.statements);
  }
  if (!in.ok()) return std::nullopt;
  return learned;
}

bool fits(const Learned& learned, const kb::Kb& kb) {
  if (!learned.file) return true;
  const ScannedFile& file = *learned.file;
  return file.contents.end <= kb.content_count() &&
         (!file.exact || file.contents.end - file.contents.first == 1) &&
         file.resembles.size() <= UINT8_MAX &&
         std::ranges::all_of(file.resembles, [&](const Resemblance& one) { return fits(one, kb); });
}

}  // namespace stowaway::match

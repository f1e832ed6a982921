// Fingerprints as bytes and back: docs/formats/fingerprints.md.
#include <zstd.h>

#include <algorithm>
#include <cstring>

#include "match/fingerprints.h"

namespace stowaway::match {
namespace {

constexpr std::string_view kMagic = "STOWFPR1";
constexpr int kCompressionLevel = 3;     // hashes do not shrink; paths and counts do at any level
constexpr std::size_t kMaxRatio = 4096;  // unpacked / packed

class Writer {
 public:
  void number(std::uint64_t value) {
    for (; value >= 0x80; value >>= 7) bytes_ += static_cast<char>(0x80 | (value & 0x7F));
    bytes_ += static_cast<char>(value);
  }
  void text(std::string_view text) {
    number(text.size());
    bytes_ += text;
  }
  template <std::size_t N>
  void raw(const std::array<std::uint8_t, N>& raw) {
    bytes_.append(reinterpret_cast<const char*>(raw.data()), N);
  }
  void statements(const std::vector<Statement>& statements) {
    number(statements.size());
    for (const Statement& statement : statements) {
      text(statement.name);
      text(statement.version);
      text(statement.method);
    }
  }
  std::string take() { return std::move(bytes_); }

 private:
  std::string bytes_;
};

// Once something was wrong every answer is empty, and failed() says so: callers ask at the end.
class Reader {
 public:
  explicit Reader(std::string_view bytes) : rest_(bytes) {}
  std::uint64_t number() {
    std::uint64_t value = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
      if (rest_.empty()) return fail_with_zero();
      const auto byte = static_cast<std::uint8_t>(rest_.front());
      rest_.remove_prefix(1);
      value |= std::uint64_t{byte & 0x7FU} << shift;
      if (byte < 0x80) return value;
    }
    return fail_with_zero();
  }
  std::string text() {
    const std::uint64_t size = number();
    if (size > rest_.size()) failed_ = true;
    if (failed_) return "";
    std::string text(rest_.substr(0, size));
    rest_.remove_prefix(size);
    return text;
  }
  template <std::size_t N>
  void raw(std::array<std::uint8_t, N>& raw) {
    if (rest_.size() < N) failed_ = true;
    if (failed_) return;
    std::memcpy(raw.data(), rest_.data(), N);
    rest_.remove_prefix(N);
  }
  // How many of what takes at least `bytes_each` follow; never more than there is room for.
  std::uint64_t count(std::size_t bytes_each) {
    const std::uint64_t count = number();
    return count <= rest_.size() / bytes_each ? count : fail_with_zero();
  }
  std::vector<Statement> statements() {
    std::vector<Statement> statements(count(3));
    for (Statement& statement : statements) {
      statement.name = text();
      statement.version = text();
      statement.method = text();
    }
    return statements;
  }
  bool failed() const { return failed_; }
  bool at_end() const { return rest_.empty(); }

 private:
  std::uint64_t fail_with_zero() {
    failed_ = true;
    rest_ = {};
    return 0;
  }
  std::string_view rest_;
  bool failed_ = false;
};

constexpr std::uint64_t kHasMd5 = 1, kIsText = 2, kHasDetails = 4;

void write_file(Writer& out, const FileFingerprint& file) {
  out.text(file.path);
  out.number((file.md5 ? kHasMd5 : 0) | (file.is_text ? kIsText : 0) |
             (file.has_details ? kHasDetails : 0));
  out.number(file.size_bytes);
  out.number(file.normalised_bytes);
  if (file.md5) return out.raw(file.md5->bytes);
  std::array<std::uint8_t, 8> normalised;
  for (std::size_t i = 0; i < 8; ++i)
    normalised[i] = static_cast<std::uint8_t>(file.normalised >> (8 * i));
  out.raw(normalised);
  out.raw(file.sha256);
  out.statements(file.statements);
  if (!file.has_details) return;
  out.statements(file.titles);
  out.text(file.shingles);
}

FileFingerprint read_file(Reader& in) {
  FileFingerprint file;
  file.path = in.text();
  const std::uint64_t flags = in.number();
  file.is_text = (flags & kIsText) != 0;
  file.has_details = (flags & kHasDetails) != 0;
  file.size_bytes = in.number();
  file.normalised_bytes = static_cast<std::uint32_t>(in.number());
  if ((flags & kHasMd5) != 0) {
    in.raw(file.md5.emplace().bytes);
    return file;
  }
  std::array<std::uint8_t, 8> normalised{};
  in.raw(normalised);
  for (std::size_t i = 0; i < 8; ++i) file.normalised |= std::uint64_t{normalised[i]} << (8 * i);
  in.raw(file.sha256);
  file.statements = in.statements();
  if (!file.has_details) return file;
  file.titles = in.statements();
  file.shingles = in.text();
  return file;
}

void write_rest(Writer& out, const Fingerprints& fingerprints) {
  out.number(fingerprints.manifests.size());
  for (const Manifest& manifest : fingerprints.manifests) {
    out.text(manifest.path);
    out.statements(manifest.statements);
  }
  out.number(fingerprints.gaps.size());
  for (const source::Gap& gap : fingerprints.gaps) {
    out.text(gap.path);
    out.number(static_cast<std::uint64_t>(gap.reason));
    out.text(gap.detail);
  }
  const source::Summary& summary = fingerprints.summary;
  for (const std::uint64_t count : {summary.files, summary.passed_over, summary.bytes,
                                    summary.links, summary.archives, summary.gaps})
    out.number(count);
  out.number(static_cast<std::uint64_t>(summary.newest));
}

Result<void> read_rest(Reader& in, Fingerprints& fingerprints) {
  fingerprints.manifests.resize(in.count(2));
  for (Manifest& manifest : fingerprints.manifests) {
    manifest.path = in.text();
    manifest.statements = in.statements();
  }
  fingerprints.gaps.resize(in.count(3));
  for (source::Gap& gap : fingerprints.gaps) {
    gap.path = in.text();
    const std::uint64_t reason = in.number();
    if (reason > static_cast<std::uint64_t>(source::GapReason::limit))
      return fail(ErrorCode::corrupt, "fingerprints with an unknown kind of gap");
    gap.reason = static_cast<source::GapReason>(reason);
    gap.detail = in.text();
  }
  source::Summary& summary = fingerprints.summary;
  for (std::uint64_t* count : {&summary.files, &summary.passed_over, &summary.bytes, &summary.links,
                               &summary.archives, &summary.gaps})
    *count = in.number();
  summary.newest = static_cast<std::int64_t>(in.number());
  return {};
}

Result<std::string> unpacked(std::string_view bytes, std::uint64_t max_bytes) {
  if (!bytes.starts_with(kMagic.substr(0, 7)))
    return fail(ErrorCode::corrupt, "these are no fingerprints");
  if (!bytes.starts_with(kMagic))
    return fail(ErrorCode::unsupported, "fingerprints of another format");
  bytes.remove_prefix(kMagic.size());
  const unsigned long long size = ZSTD_getFrameContentSize(bytes.data(), bytes.size());
  if (size == ZSTD_CONTENTSIZE_ERROR || size == ZSTD_CONTENTSIZE_UNKNOWN)
    return fail(ErrorCode::corrupt, "fingerprints without their size");
  if (size > max_bytes || size / kMaxRatio > bytes.size())
    return fail(ErrorCode::limit_exceeded, "fingerprints of {} bytes in {}", size, bytes.size());
  std::string out(size, '\0');
  const std::size_t got = ZSTD_decompress(out.data(), out.size(), bytes.data(), bytes.size());
  if (ZSTD_isError(got) != 0 || got != out.size())
    return fail(ErrorCode::corrupt, "damaged fingerprints");
  return out;
}

}  // namespace

std::string pack_shingles(std::vector<fingerprint::Shingle> shingles) {
  const auto same_key = [](const auto& a, const auto& b) { return a.key == b.key; };
  std::ranges::sort(shingles, {}, &fingerprint::Shingle::key);
  shingles.erase(std::unique(shingles.begin(), shingles.end(), same_key), shingles.end());
  Writer out;
  std::uint64_t before = 0;
  for (const auto& [key, exponent] : shingles) {
    out.number(key - before);
    out.number(exponent);
    before = key;
  }
  return out.take();
}

Result<std::vector<fingerprint::Shingle>> unpack_shingles(std::string_view packed) {
  std::vector<fingerprint::Shingle> shingles;
  Reader in(packed);
  std::uint64_t key = 0;
  while (!in.at_end()) {
    key += in.number();
    const std::uint64_t exponent = in.number();
    if (in.failed() || key >> fingerprint::kShingleKeyBits != 0 || exponent > 64)
      return fail(ErrorCode::corrupt, "damaged shingles");
    shingles.push_back({key, static_cast<std::uint8_t>(exponent)});
  }
  return shingles;
}

std::string encode_fingerprints(const Fingerprints& fingerprints) {
  Writer out;
  out.text(fingerprints.kind);
  out.number(fingerprints.files.size());
  for (const FileFingerprint& file : fingerprints.files) write_file(out, file);
  write_rest(out, fingerprints);
  const std::string plain = out.take();
  std::string bytes(kMagic);
  bytes.resize(kMagic.size() + ZSTD_compressBound(plain.size()));
  const std::size_t size = ZSTD_compress(bytes.data() + kMagic.size(), bytes.size() - kMagic.size(),
                                         plain.data(), plain.size(), kCompressionLevel);
  STOWAWAY_CHECK(ZSTD_isError(size) == 0, "zstd has room for what it said it needs");
  bytes.resize(kMagic.size() + size);
  return bytes;
}

Result<Fingerprints> decode_fingerprints(std::string_view bytes, std::uint64_t max_bytes) {
  STOWAWAY_TRY(const std::string plain, unpacked(bytes, max_bytes));
  Reader in(plain);
  Fingerprints fingerprints;
  fingerprints.kind = in.text();
  for (std::uint64_t n = in.count(4); n > 0 && !in.failed(); --n)
    fingerprints.files.push_back(read_file(in));
  STOWAWAY_TRY_VOID(read_rest(in, fingerprints));
  if (in.failed() || !in.at_end()) return fail(ErrorCode::corrupt, "damaged fingerprints");
  return fingerprints;
}

}  // namespace stowaway::match

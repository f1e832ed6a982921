#include "testcase/staged_tree.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <mutex>
#include <optional>
#include <set>

#include "base/atomic_file.h"
#include "base/text.h"
#include "source/source.h"

namespace stowaway::testcase {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kMaxTreeBytes = std::uint64_t{256} << 20;
constexpr std::size_t kMaxTreeFiles = 20'000;
constexpr std::uint64_t kMaxFileBytes = std::uint64_t{32} << 20;  // an amalgamation has 9 MiB
constexpr std::size_t kMaxElsewhere = 1'000'000;                  // names of headers

bool has_suffix(std::string_view path, std::initializer_list<std::string_view> suffixes) {
  const std::string lower = to_lower(path);
  return std::ranges::any_of(suffixes,
                             [&](std::string_view suffix) { return lower.ends_with(suffix); });
}

bool is_header(std::string_view path) {
  return has_suffix(path, {".h", ".hh", ".hpp", ".hxx", ".inc", ".inl", ".def", ".h.in", ".h.cmake",
                           ".cmakein", ".included", ".prebuilt"});
}

bool is_code(std::string_view path) {
  return is_header(path) || has_suffix(path, {".c", ".cc", ".cpp", ".cxx", ".js", ".cjs", ".mjs",
                                              ".json", ".ipp", ".tab"});
}

bool is_below(std::string_view path, std::string_view root) {
  return root.empty() || path == root ||
         (path.starts_with(root) && path.size() > root.size() && path[root.size()] == '/');
}

// Writes what it wants below a directory; remembers the names of other headers.
class StagingSink final : public source::Sink {
 public:
  StagingSink(std::string directory, std::string root, const std::set<std::string>* only)
      : directory_(std::move(directory)), root_(std::move(root)), only_(only) {}

  bool wants(std::string_view path) const override {
    if (only_ != nullptr) return only_->contains(std::string(path));
    if (is_below(path, root_)) return path == root_ || is_code(path);
    if (is_header(path)) {
      const std::lock_guard lock(guard_);
      if (elsewhere_.size() < kMaxElsewhere) elsewhere_.emplace(path);
    }
    return false;
  }
  void on_file(unsigned, const source::FileView& file) override {
    if (!wants(file.path)) return;  // archives are delivered too, so that they can be opened
    const std::lock_guard lock(guard_);
    if (file.bytes.size() > kMaxFileBytes) {
      unread_.emplace(file.path);
      return;
    }
    bytes_ += file.bytes.size();
    if (error_ || files_.size() >= kMaxTreeFiles || bytes_ > kMaxTreeBytes) {
      full_ = true;
      return;
    }
    write(file);
  }
  void on_identity(unsigned, std::string_view, const fingerprint::Md5&) override {}
  void on_gap(unsigned, source::Gap gap) override {
    const std::lock_guard lock(guard_);
    if (is_below(gap.path, root_) && unread_.size() < kMaxTreeFiles) unread_.insert(gap.path);
  }

  Result<void> outcome() const {
    if (error_) return tl::unexpected<Error>(*error_);
    if (full_)
      return fail(ErrorCode::limit_exceeded, "the copy has more than {} files or {} bytes of code",
                  kMaxTreeFiles, kMaxTreeBytes);
    return {};
  }
  std::set<std::string> take_files() { return std::move(files_); }
  std::set<std::string> take_unread() { return std::move(unread_); }
  std::set<std::string> take_elsewhere() { return std::move(elsewhere_); }

 private:
  // With O_EXCL and below a directory that only we write to: no link can stand in the way.
  void write(const source::FileView& file) {
    const std::string path = directory_ + "/" + std::string(file.path);
    std::error_code failed;
    fs::create_directories(fs::path(path).parent_path(), failed);
    const int out =
        failed ? -1
               : ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0644);
    const char* data = reinterpret_cast<const char*>(file.bytes.data());
    std::size_t left = file.bytes.size();
    while (out >= 0 && left > 0) {
      const ssize_t put = ::write(out, data, left);
      if (put <= 0) break;
      data += put;
      left -= static_cast<std::size_t>(put);
    }
    if (out >= 0) ::close(out);
    if (out < 0 || left > 0)
      error_ = Error{ErrorCode::io, "cannot write " + path};
    else
      files_.emplace(file.path);
  }

  const std::string directory_, root_;
  const std::set<std::string>* only_;
  mutable std::mutex guard_;
  mutable std::set<std::string> elsewhere_;
  std::set<std::string> files_, unread_;
  std::uint64_t bytes_ = 0;
  bool full_ = false;
  std::optional<Error> error_;
};

Result<void> deliver(const std::string& subject, StagingSink& sink, std::stop_token stop) {
  STOWAWAY_TRY(const auto source, source::open_subject(subject));
  source::Options options;
  options.stop = std::move(stop);
  options.jobs = 1;
  STOWAWAY_TRY(const auto summary, source->deliver(sink, options));
  static_cast<void>(summary);
  return sink.outcome();
}

std::size_t common_length(std::string_view a, std::string_view b) {
  return static_cast<std::size_t>(std::ranges::mismatch(a, b).in1 - a.begin());
}

std::string nearest_path(const std::vector<std::string>& paths, std::string_view name,
                         std::string_view near) {
  std::string best;
  std::size_t best_common = 0;
  for (const std::string& path : paths) {
    if (!ends_with_name(path, name)) continue;
    const std::size_t common = common_length(directory_of(path), near);
    const bool better = best.empty() || common > best_common ||
                        (common == best_common && (path.size() < best.size() ||
                                                   (path.size() == best.size() && path < best)));
    if (better) best = path, best_common = common;
  }
  return best;
}

// "*" matches any run of characters, as often as it stands there.
bool matches(std::string_view text, std::string_view pattern) {
  std::size_t t = 0, p = 0, star = std::string_view::npos, resume = 0;
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '*')
      star = p++, resume = t;
    else if (p < pattern.size() && pattern[p] == text[t])
      ++p, ++t;
    else if (star != std::string_view::npos)
      p = star + 1, t = ++resume;
    else
      return false;
  }
  while (p < pattern.size() && pattern[p] == '*') ++p;
  return p == pattern.size();
}

}  // namespace

std::string directory_of(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  return std::string(slash == std::string_view::npos ? "" : path.substr(0, slash));
}

std::string_view file_name_of(std::string_view path) {
  return path.substr(path.rfind('/') + 1);  // npos + 1 is 0
}

bool ends_with_name(std::string_view path, std::string_view pattern) {
  const auto wanted = split(pattern, '/'), have = split(path, '/');
  if (wanted.size() > have.size()) return false;
  return std::equal(wanted.begin(), wanted.end(),
                    have.end() - static_cast<std::ptrdiff_t>(wanted.size()),
                    [](std::string_view one, std::string_view name) { return matches(name, one); });
}

Result<StagedTree> StagedTree::make(const CopyPlace& place, const std::string& directory,
                                    std::stop_token stop) {
  StagingSink sink(directory, place.root, nullptr);
  STOWAWAY_TRY_VOID(deliver(place.subject, sink, stop));
  StagedTree tree;
  tree.place_ = place;
  tree.directory_ = directory;
  tree.stop_ = std::move(stop);
  const std::set<std::string> files = sink.take_files(), elsewhere = sink.take_elsewhere(),
                              unread = sink.take_unread();
  tree.files_.assign(files.begin(), files.end());
  tree.unread_.assign(unread.begin(), unread.end());
  tree.elsewhere_.assign(elsewhere.begin(), elsewhere.end());
  tree.single_file_ = tree.files_.size() == 1 && tree.files_.front() == place.root;
  return tree;
}

std::string StagedTree::find(std::string_view name, std::string_view near) const {
  return nearest_path(files_, name, near);
}

Result<std::string> StagedTree::fetch_header(std::string_view name, std::string_view near) {
  const std::string found = nearest_path(elsewhere_, name, near);
  if (found.empty()) return std::string();
  const std::string directory = directory_of(found);
  std::vector<std::string> paths;
  for (const std::string& path : elsewhere_)
    if (path == found || (directory_of(path) == directory && paths.size() < 1000))
      paths.push_back(path);
  STOWAWAY_TRY_VOID(take(paths));
  if (!std::ranges::binary_search(files_, found)) return std::string();
  fetched_.insert(fetched_.end(), paths.begin(), paths.end());
  return found;
}

std::string StagedTree::find_fetched(std::string_view name) const {
  return nearest_path(fetched_, name, "");
}

Result<void> StagedTree::take(const std::vector<std::string>& paths) {
  const std::set<std::string> only(paths.begin(), paths.end());
  StagingSink sink(directory_, "", &only);
  STOWAWAY_TRY_VOID(deliver(place_.subject, sink, stop_));
  for (const std::string& path : sink.take_files()) files_.push_back(path);
  std::ranges::sort(files_);
  std::erase_if(elsewhere_, [&](const std::string& path) { return only.contains(path); });
  return {};
}

Result<std::string> StagedTree::read(const std::string& path) const {
  STOWAWAY_TRY(const auto bytes, read_whole_file(directory_ + "/" + path, kMaxFileBytes));
  return std::string(reinterpret_cast<const char*>(bytes.data()), bytes.size());
}

}  // namespace stowaway::testcase

#include "kb/miner/tree_miner.h"

#include <fmt/chrono.h>

#include <algorithm>
#include <mutex>
#include <optional>

#include "kb/miner/expression.h"

namespace stowaway::kb {
namespace {

struct TreeFile {
  std::string path;
  FingerprintedContent content;
};

// Fingerprints the code files of one release, in the threads that read them.
class TreeSink final : public source::Sink {
 public:
  TreeSink(unsigned workers, std::string without)
      : of_worker_(workers), without_(std::move(without)) {}

  bool wants(std::string_view path) const override {
    if (!without_.empty() && path.starts_with(without_)) return false;
    note_top(path);
    return belongs_into_pack(path);
  }
  void on_file(unsigned worker, const source::FileView& file) override {
    if (file.bytes.empty()) return;
    of_worker_[worker].push_back(
        {std::string(file.path), fingerprint_content(file.bytes, file.path)});
  }
  void on_identity(unsigned, std::string_view, const fingerprint::Md5&) override {}
  void on_gap(unsigned, source::Gap gap) override {
    using source::GapReason;
    if (gap.path.ends_with(".diff.gz")) return;  // Debian's changes: not upstream's
    const std::lock_guard lock(guard_);
    switch (gap.reason) {
      case GapReason::unreadable:
      case GapReason::vanished:
      case GapReason::special_file:
      case GapReason::too_large:
      case GapReason::escapes: unread_ += belongs_into_pack(gap.path); return;
      default: break;
    }
    const bool limit = gap.reason == GapReason::bomb || gap.reason == GapReason::limit ||
                       gap.reason == GapReason::too_deep;
    if (!lost_)
      lost_ = Error{limit ? ErrorCode::limit_exceeded : ErrorCode::corrupt,
                    (gap.path.empty() ? "" : gap.path + ": ") + gap.detail};
  }

  const std::optional<Error>& lost() const { return lost_; }
  std::uint64_t unread() const { return unread_; }
  // The folder in which all files lie, with its '/'; "" where there is none.
  std::string top() const { return several_tops_ || !top_ ? "" : *top_; }
  // In the order of their paths, whoever read them.
  std::vector<TreeFile> take_files() {
    std::vector<TreeFile> all;
    for (auto& files : of_worker_) std::move(files.begin(), files.end(), std::back_inserter(all));
    std::ranges::sort(
        all, {}, [](const TreeFile& file) { return std::tie(file.path, file.content.content); });
    return all;
  }

 private:
  void note_top(std::string_view path) const {
    const std::size_t slash = path.find('/');
    const std::string_view top = path.substr(0, slash == path.npos ? 0 : slash + 1);
    const std::lock_guard lock(guard_);
    if (!top_) top_ = top;
    several_tops_ = several_tops_ || *top_ != top;
  }

  std::vector<std::vector<TreeFile>> of_worker_;
  const std::string without_;
  mutable std::mutex guard_;  // of what follows
  mutable std::optional<std::string> top_;
  mutable bool several_tops_ = false;
  std::optional<Error> lost_;
  std::uint64_t unread_ = 0;
};

// "" for times that nobody worked at: npm dates all files to 1985, other tools to 1970 or 1980.
std::string date_of(std::int64_t seconds) {
  constexpr std::int64_t kFrom = 631'152'000, kTo = 4'102'444'800;  // 1990, 2100
  if (seconds < kFrom || seconds >= kTo) return "";
  return fmt::format("{:%Y-%m-%d}", fmt::gmtime(static_cast<std::time_t>(seconds)));
}

// Takes `prefix` off; false for what does not lie there.
bool strip(std::string& path, std::string_view prefix) {
  if (!path.starts_with(prefix)) return false;
  path.erase(0, prefix.size());
  return !path.empty();
}

// Renames files to their paths in the component and drops those that are not part of it.
Result<void> apply_rules(std::vector<TreeFile>& files, const TreeRelease& release,
                         const std::string& top, const CatalogSource& rules) {
  std::optional<Expression> wanted;
  if (!rules.paths.empty()) {
    STOWAWAY_TRY(wanted, Expression::compile(rules.paths));
  }
  const std::string below = rules.subpath.empty() ? "" : rules.subpath + "/";
  std::erase_if(files, [&](TreeFile& file) {
    if (release.strip == TreeRelease::Strip::common_top) strip(file.path, top);
    if (release.strip == TreeRelease::Strip::first_part)
      file.path.erase(0, file.path.find('/') + 1);  // npos + 1 is 0
    return !strip(file.path, below) || !belongs_into_pack(file.path) ||
           (wanted && !wanted->matches(file.path));
  });
  return {};
}

std::string digest_of(const std::vector<TreeFile>& files) {
  std::string lines;
  for (const TreeFile& file : files)
    lines += fingerprint::to_hex(file.content.content.sha256) + "  " + file.path + "\n";
  return fingerprint::to_hex(fingerprint::sha256_of(fingerprint::as_bytes(lines)));
}

void complete(PackRelease& release, bool earlier_of_dates, std::int64_t newest,
              const std::vector<TreeFile>& files) {
  const std::string date = date_of(newest);
  if (release.date.empty() || (earlier_of_dates && !date.empty() && date < release.date))
    release.date = date;
  if (release.revision.empty()) release.revision = digest_of(files);
}

}  // namespace

Result<MineCount> mine_tree(source::Source& source, TreeRelease release, const CatalogSource& rules,
                            PackBuilder& builder, const MineOptions& options) {
  source::Options reading;
  reading.limits.max_file_bytes = options.max_file_bytes;
  reading.jobs = options.jobs;
  reading.open_archives = false;  // what lies in archives of a release is not its own code
  reading.stop = options.stop;
  TreeSink sink(source::effective_jobs(reading), release.without);
  STOWAWAY_TRY(const source::Summary summary, source.deliver(sink, reading));
  if (options.stop.stop_requested()) return fail(ErrorCode::cancelled, "stopped while reading");
  if (sink.lost()) return tl::unexpected<Error>(*sink.lost());

  std::vector<TreeFile> files = sink.take_files();
  STOWAWAY_TRY_VOID(apply_rules(files, release, sink.top(), rules));
  MineCount count;
  count.unread = sink.unread();
  complete(release.release, release.earlier_of_dates, summary.newest, files);
  if (files.empty() || builder.has_release(release.release.version, release.release.revision))
    return count;
  count.releases = 1;
  const std::uint32_t number = builder.add_release(std::move(release.release));
  for (TreeFile& file : files) {
    ++count.contents;
    count.bytes += file.content.content.size_bytes;
    builder.add_file(number, file.path, builder.add_content(std::move(file.content)));
  }
  return count;
}

}  // namespace stowaway::kb

#include "advisory/importer.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <mutex>

#include "advisory/debian_tracker.h"
#include "advisory/osv.h"
#include "base/text.h"
#include "source/source.h"

namespace stowaway::advisory {
namespace {

// A dump of the tracker is some 70 MB, the largest record of osv.dev a few.
constexpr std::uint64_t kMaxFileBytes = std::uint64_t{512} << 20;

// Hands each file to a reader, whatever thread it comes from, one after another: the store has one
// writer, and SQLite is what takes the time.
class ImportSink final : public source::Sink {
 public:
  using Reader = std::function<Result<void>(std::string_view text, const std::string& path)>;
  ImportSink(Reader reader, ImportCount& count) : reader_(std::move(reader)), count_(count) {}

  bool wants(std::string_view path) const override {
    const std::string name = to_lower(path);
    return name.ends_with(".json") || name.ends_with(".jsonl") || name.ends_with(".ndjson");
  }
  void on_file(unsigned, const source::FileView& file) override {
    const std::lock_guard lock(guard_);
    if (!failed_) return;
    ++count_.files;
    const std::string_view text(reinterpret_cast<const char*>(file.bytes.data()),
                                file.bytes.size());
    failed_ = reader_(text, std::string(file.path));
  }
  void on_identity(unsigned, std::string_view, const fingerprint::Md5&) override {}
  void on_gap(unsigned, source::Gap gap) override {
    const std::lock_guard lock(guard_);
    complain({ErrorCode::io, fmt::format("{}: {}{}{}", gap.path, source::name_of(gap.reason),
                                         gap.detail.empty() ? "" : ": ", gap.detail)});
  }
  void complain(Error error) {
    ++count_.bad;
    if (count_.complaints.size() < kMaxComplaints) count_.complaints.push_back(std::move(error));
  }
  Result<void> take_failure() { return std::move(failed_); }

 private:
  Reader reader_;
  ImportCount& count_;
  std::mutex guard_;
  Result<void> failed_;
};

Result<void> put(const Record& record, Store& store, ImportCount& count) {
  STOWAWAY_TRY(const Put done, store.put(record));
  ++count.records;
  count.withdrawn += !record.withdrawn.empty();
  switch (done) {
    case Put::added: ++count.added; break;
    case Put::replaced: ++count.replaced; break;
    case Put::unchanged: ++count.unchanged; break;
    case Put::older: ++count.older; break;
  }
  return {};
}

Result<void> deliver(const std::string& path, ImportSink& sink, const ImportOptions& options) {
  STOWAWAY_TRY(const auto source, source::open_subject(path));
  source::Options how;
  how.jobs = options.jobs;
  how.stop = options.stop;
  how.progress = options.progress;
  how.limits.max_file_bytes = how.limits.max_nested_archive_bytes = kMaxFileBytes;
  STOWAWAY_TRY(const source::Summary summary, source->deliver(sink, how));
  static_cast<void>(summary);
  return sink.take_failure();
}

// Commits what was delivered, or undoes it.
Result<ImportCount> finish(const std::string& path, Store& store, ImportCount count,
                           const Result<void>& delivered) {
  std::ranges::sort(count.complaints, {}, &Error::message);
  Result<ImportCount> result = count;
  if (!delivered)
    result = tl::unexpected<Error>(delivered.error());
  else if (count.records == 0)
    result = fail(ErrorCode::corrupt, "no record was found in {}{}{}", path,
                  count.complaints.empty() ? "" : ": ",
                  count.complaints.empty() ? "" : count.complaints.front().message);
  else if (const auto committed = store.commit(); !committed)
    result = tl::unexpected<Error>(committed.error());
  if (!result) store.rollback();
  return result;
}

}  // namespace

Result<ImportCount> import_osv(const std::string& path, Store& store,
                               const ImportOptions& options) {
  ImportCount count;
  ImportSink* complaints = nullptr;
  ImportSink sink(
      [&](std::string_view text, const std::string& name) -> Result<void> {
        Result<void> stored;  // what the store says ends the import; what a file says does not
        const auto read = read_records(
            text,
            [&](const Record& record) -> Result<void> {
              stored = put(record, store, count);
              return stored;
            },
            [&](const Error& error) { complaints->complain(error.within(name)); });
        if (!stored) return stored;
        if (!read) complaints->complain(read.error().within(name));
        return {};
      },
      count);
  complaints = &sink;
  STOWAWAY_TRY_VOID(store.begin());
  const auto delivered = deliver(path, sink, options);
  return finish(path, store, std::move(count), delivered);
}

Result<ImportCount> import_debian_tracker(const std::string& path, Store& store,
                                          const ImportOptions& options) {
  ImportCount count;
  ImportSink sink(
      [&](std::string_view text, const std::string& name) -> Result<void> {
        const auto read = read_debian_tracker(
            text, [&](const Record& record) { return put(record, store, count); });
        return read ? read : Result<void>(tl::unexpected<Error>(read.error().within(name)));
      },
      count);
  STOWAWAY_TRY_VOID(store.begin());
  Result<void> delivered = store.drop_source("debian-tracker");
  if (delivered) delivered = deliver(path, sink, options);
  return finish(path, store, std::move(count), delivered);
}

}  // namespace stowaway::advisory

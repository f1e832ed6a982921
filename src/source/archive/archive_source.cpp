#include "source/archive/archive_source.h"

#include <fcntl.h>
#include <fmt/format.h>

#include <cerrno>

#include "source/archive/archive_reader.h"
#include "source/archive/unpack.h"
#include "source/member_path.h"
#include "source/open_file.h"

namespace stowaway::source {
namespace {

// Follows links: the user named this file. Does not wait for a FIFO's other end.
Result<Descriptor> open_named(const std::string& path) {
  Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
  if (file) return file;
  return fail(errno == ENOENT ? ErrorCode::not_found : ErrorCode::io, "cannot open {}: {}", path,
              text_of_errno(errno));
}

}  // namespace

ArchiveSource::ArchiveSource(std::string path) : path_(std::move(path)) {}

std::string_view ArchiveSource::kind() const {
  return kind_by_name(path_) == ArchiveKind::deb ? "deb" : "archive";
}

Result<Summary> ArchiveSource::deliver(Sink& sink, const Options& options) {
  STOWAWAY_TRY(const Descriptor file, open_named(path_));
  Delivery delivery(sink, options);
  Team team(delivery);
  bool recognised = true;
  STOWAWAY_TRY(const Summary summary, team.run(make_task([&](Worker& worker) {
    recognised = unpack_descriptor(delivery, team, worker, file.get(), subject_place(path_));
  })));
  if (!recognised) return fail(ErrorCode::corrupt, "{} is not an archive any more", path_);
  return summary;
}

Result<Summary> FileSource::deliver(Sink& sink, const Options& options) {
  STOWAWAY_TRY(const Descriptor file, open_named(path_));
  Options one_job = options;
  one_job.jobs = 1;
  Delivery single(sink, one_job);
  Team team(single);
  return team.run(make_task([&](Worker& worker) {
    struct stat status {};
    const std::string name(base_name(path_));
    switch (read_whole(file.get(), options.limits.max_file_bytes, worker.buffer, &status)) {
      case ReadOutcome::complete:
        single.file(worker, name, worker.buffer.view(), status.st_mtim.tv_sec);
        return;
      case ReadOutcome::not_regular:
        single.gap(worker, name, GapReason::special_file, "neither a file nor a directory");
        return;
      case ReadOutcome::too_large:
        single.gap(worker, name, GapReason::too_large, over_bytes(options.limits.max_file_bytes));
        return;
      case ReadOutcome::changing:
        single.gap(worker, name, GapReason::vanished, "it changed while it was read");
        return;
      case ReadOutcome::failed:
        single.gap(worker, name, reason_of_errno(errno), text_of_errno(errno));
        return;
    }
  }));
}

Result<bool> is_archive_file(const std::string& path) {
  STOWAWAY_TRY(const Descriptor file, open_named(path));
  const ArchiveKind kind = kind_by_name(path);
  if (kind == ArchiveKind::none && is_document(path)) return false;
  ArchiveReader reader(kind == ArchiveKind::compressed_file);
  reader.open_descriptor(file.get());
  switch (reader.next()) {
    case ArchiveReader::Step::unrecognised: return false;
    case ArchiveReader::Step::failed: return kind != ArchiveKind::none;
    case ArchiveReader::Step::member:
    case ArchiveReader::Step::end: break;
  }
  return kind != ArchiveKind::none || !reader.is_weakly_recognised();
}

Result<Summary> deliver_archive_bytes(fingerprint::Bytes bytes, std::string_view file_name,
                                      Sink& sink, const Options& options) {
  Delivery delivery(sink, options);
  Team team(delivery);
  bool recognised = true;
  STOWAWAY_TRY(const Summary summary, team.run(make_task([&](Worker& worker) {
    recognised = unpack_memory(delivery, team, worker, bytes, subject_place(file_name));
  })));
  if (!recognised) return fail(ErrorCode::unsupported, "{} is not an archive", file_name);
  return summary;
}

}  // namespace stowaway::source

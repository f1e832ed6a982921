#include "source/archive/unpacker.h"

#include <fmt/format.h>

#include <algorithm>

#include "source/member_path.h"

namespace stowaway::source {
namespace {

// A batch is what one worker gives another. Large enough that a queue operation per batch does not
// show, small enough that it is still in the cache when it is looked at.
constexpr std::size_t kBatchBytes = std::size_t{256} << 10;
constexpr std::size_t kBatchItems = 128;

// Ratios of small archives say nothing: a megabyte of zeros packs 1000 to 1 and harms nobody.
constexpr std::uint64_t kRatioFromBytes = std::uint64_t{64} << 20;

void deliver_batch(Delivery& delivery, Worker& worker, const MemberBatch& batch) {
  std::size_t path_start = 0;
  std::size_t bytes_start = 0;
  const std::string_view paths = batch.paths;
  for (const MemberBatch::Item& item : batch.items) {
    if (delivery.stopped()) return;
    delivery.file(worker, paths.substr(path_start, item.path_end - path_start),
                  batch.bytes.view().subspan(bytes_start, item.bytes_end - bytes_start),
                  item.modified);
    path_start = item.path_end;
    bytes_start = item.bytes_end;
  }
}

bool has_part_above(std::string_view path) {
  while (!path.empty()) {
    const std::size_t slash = path.find('/');
    if (path.substr(0, slash) == "..") return true;
    path = slash == std::string_view::npos ? std::string_view{} : path.substr(slash + 1);
  }
  return false;
}

}  // namespace

void MemberBatch::clear() {
  paths.clear();
  bytes.clear();
  items.clear();
}

Unpacker::Unpacker(Delivery& delivery, Team& team, Worker& worker, ArchiveReader& reader,
                   ArchivePlace place)
    : delivery_(delivery),
      team_(team),
      worker_(worker),
      reader_(reader),
      place_(std::move(place)),
      kind_(kind_by_name(place_.name)) {}

bool Unpacker::run() {
  ArchiveReader::Step step = reader_.next();
  if (step == ArchiveReader::Step::unrecognised) return false;
  const Limits& limits = delivery_.limits();
  if (place_.level > limits.max_archive_depth) {
    gap(place_.path, GapReason::too_deep,
        fmt::format("archives inside archives beyond level {}", limits.max_archive_depth));
    return true;
  }
  if (!place_.is_payload) delivery_.archive(worker_);
  for (; step == ArchiveReader::Step::member; step = reader_.next()) {
    if (delivery_.stopped()) break;
    if (++members_ > limits.max_archive_members) {
      gap(place_.path, GapReason::limit,
          fmt::format("more than {} members", limits.max_archive_members));
      break;
    }
    if (take_member() == Go::stop) break;
  }
  if (step == ArchiveReader::Step::failed) report_failure();
  flush();
  return true;
}

void Unpacker::report_failure() {
  if (bombed_) return;  // one gap says it
  const std::string why = reader_.error();
  if (reader_.needs_password()) {
    gap(place_.path, GapReason::encrypted, why);
  } else if (why.find("nsupported") != std::string::npos ||
             why.find("not supported") != std::string::npos) {
    gap(place_.path, GapReason::unsupported, why);
  } else {
    gap(place_.path, GapReason::corrupt, "cut short or malformed: " + why);
  }
}

Unpacker::Go Unpacker::take_member() {
  const ArchiveMember& member = reader_.member();
  using Kind = ArchiveMember::Kind;
  std::string path;
  if (member.kind == Kind::directory) {
    if (place_.strip_top && !top_known_) {
      const PathFault fault =
          append_normal_path(member.raw_path, delivery_.limits().max_path_bytes, path);
      if (fault == PathFault::none) strip(path += '/');
    }
    return drain();
  }
  if (!place_member(member.raw_path, path)) return drain();
  switch (member.kind) {
    case Kind::directory: return drain();
    case Kind::symbolic_link: delivery_.link(worker_); return drain();
    case Kind::hard_link:
      if (member.link_target.starts_with('/') || has_part_above(member.link_target)) {
        gap(std::move(path), GapReason::escapes, "a hard link that leads out of the archive");
      } else {
        delivery_.link(worker_);
      }
      return drain();
    case Kind::special:
      gap(std::move(path), GapReason::special_file, "neither a file nor a directory");
      return drain();
    case Kind::file: break;
  }
  if (member.encrypted) {
    gap(std::move(path), GapReason::encrypted, "needs a password");
    return drain();
  }
  const std::string_view inner = std::string_view(path).substr(place_.prefix.size());
  if (kind_ == ArchiveKind::deb) {
    if (inner == "debian-binary") return drain();  // the format's version, not content
    if (inner.starts_with("data.tar")) return take_payload(path, "");
    if (inner.starts_with("control.tar")) return take_payload(path, "DEBIAN/");
  }
  if (kind_ == ArchiveKind::gem)
    return inner == "data.tar.gz" ? take_payload(path, "") : take_file(path);
  if (delivery_.options().open_archives && kind_by_name(path) != ArchiveKind::none) {
    return take_nested(path);
  }
  return take_file(path);
}

// Puts the member's place in the subject into `path`. False, with a gap where one is due, if it has
// none.
bool Unpacker::place_member(std::string_view raw, std::string& path) {
  const std::string inside(
      kind_ == ArchiveKind::compressed_file && reader_.is_raw() ? name_inside(place_.name) : raw);
  std::string normal;
  const std::uint64_t room = delivery_.limits().max_path_bytes;
  switch (append_normal_path(inside, room, normal)) {
    case PathFault::none: break;
    case PathFault::escapes:
      gap(place_.prefix + inside, GapReason::escapes, "a name that leads out of the archive");
      return false;
    case PathFault::empty:
      gap(place_.path, GapReason::corrupt, "a member without a name");
      return false;
    case PathFault::too_long:
      gap(place_.prefix + inside.substr(0, room), GapReason::too_deep,
          fmt::format("path over {} bytes", room));
      return false;
  }
  if (place_.strip_top && !strip(normal)) return false;
  if (!place_.without.empty() && normal.starts_with(place_.without)) return false;
  path = place_.prefix + normal;
  if (path.size() > room) {
    gap(path.substr(0, room), GapReason::too_deep, fmt::format("path over {} bytes", room));
    return false;
  }
  return true;
}

// Takes the top directory off. dpkg-source strips only where everything lies in one; a stream
// cannot know that, so the first member decides and whoever lies elsewhere keeps its full path.
bool Unpacker::strip(std::string& path) {
  if (!top_known_) {
    top_known_ = true;
    const std::size_t slash = path.find('/');
    if (slash != std::string::npos) top_ = path.substr(0, slash + 1);
  }
  if (!top_.empty() && path.starts_with(top_)) path.erase(0, top_.size());
  return !path.empty();
}

Unpacker::Go Unpacker::take_file(const std::string& path) {
  const std::size_t before = batch_.bytes.size();
  const std::int64_t modified = reader_.member().modified;
  switch (read_content(path, delivery_.limits().max_file_bytes, batch_.bytes)) {
    case ReadResult::complete: break;
    case ReadResult::member_lost: batch_.bytes.shrink_to(before); return Go::on;
    case ReadResult::archive_lost: batch_.bytes.shrink_to(before); return Go::stop;
  }
  batch_.paths += path;
  batch_.items.push_back({batch_.paths.size(), batch_.bytes.size(), modified});
  if (batch_.bytes.size() >= kBatchBytes || batch_.items.size() >= kBatchItems) flush();
  return Go::on;
}

Unpacker::Go Unpacker::take_nested(const std::string& path) {
  const Limits& limits = delivery_.limits();
  ByteBuffer content;
  const std::int64_t modified = reader_.member().modified;
  const std::uint64_t most = std::min(limits.max_file_bytes, limits.max_nested_archive_bytes);
  switch (read_content(path, most, content)) {
    case ReadResult::complete: break;
    case ReadResult::member_lost: return Go::on;
    case ReadResult::archive_lost: return Go::stop;
  }
  auto open = [&delivery = delivery_, &team = team_, content = std::move(content), path, modified](
                  Worker& worker, unsigned level) {
    delivery.file(worker, path, content.view(), modified);
    unpack_memory(delivery, team, worker, content.view(), nested_place(path, level));
  };
  const unsigned level = place_.level + 1;
  if (team_.has_room()) {
    team_.add(make_task([open = std::move(open), level](Worker& other) { open(other, level); }));
  } else {
    open(worker_, level);
  }
  return Go::on;
}

// Streams the archive in which a package keeps its files, as part of the package itself.
Unpacker::Go Unpacker::take_payload(const std::string& path, std::string_view prefix) {
  ArchiveReader inner(false);
  inner.open_member_of(reader_);
  ArchivePlace place{.path = path,
                     .prefix = place_.prefix + std::string(prefix),
                     .name = "data.tar",
                     .level = place_.level,
                     .strip_top = false,
                     .is_payload = true,
                     .without = {}};
  if (!Unpacker(delivery_, team_, worker_, inner, std::move(place)).run()) {
    gap(path, GapReason::corrupt, "not a tar archive, where the package keeps its files");
  }
  return delivery_.stopped() ? Go::stop : drain();
}

// Reads the member to the end of `out`; anything but complete has been reported as a gap.
Unpacker::ReadResult Unpacker::read_content(const std::string& path, std::uint64_t max_bytes,
                                            ByteBuffer& out) {
  const auto too_large = [&] {
    gap(path, GapReason::too_large, over_bytes(max_bytes));
    return drain() == Go::on ? ReadResult::member_lost : ReadResult::archive_lost;
  };
  const std::uint64_t declared = reader_.member().size_bytes;
  if (declared > max_bytes) return too_large();
  const std::size_t start = out.size();
  const auto pad_to = [&](std::uint64_t end) {
    const std::uint64_t have = out.size() - start;
    if (end > have) out.append_zeros(static_cast<std::size_t>(end - have));
  };
  for (;;) {
    ArchiveBlock block;
    switch (reader_.next_block(block)) {
      case ArchiveReader::Data::block: break;
      case ArchiveReader::Data::end: {
        const std::uint64_t have = out.size() - start;
        if (declared > have && !charge(declared - have)) return ReadResult::archive_lost;
        pad_to(declared);  // a sparse file that ends with a hole
        return ReadResult::complete;
      }
      case ArchiveReader::Data::member_failed:
        gap(path, reader_.needs_password() ? GapReason::encrypted : GapReason::corrupt,
            reader_.error());
        return ReadResult::member_lost;
      case ArchiveReader::Data::archive_failed:
        if (!bombed_) gap(path, GapReason::corrupt, "cut short or malformed: " + reader_.error());
        return ReadResult::archive_lost;
    }
    if (delivery_.stopped()) return ReadResult::archive_lost;
    if (block.offset > max_bytes || block.bytes.size() > max_bytes - block.offset) {
      out.shrink_to(start);
      return too_large();
    }
    const std::uint64_t have = out.size() - start;
    if (block.offset < have) {
      gap(path, GapReason::corrupt, "its parts overlap");
      return drain() == Go::on ? ReadResult::member_lost : ReadResult::archive_lost;
    }
    if (!charge(block.offset - have + block.bytes.size())) return ReadResult::archive_lost;
    pad_to(block.offset);
    out.append(block.bytes.data(), block.bytes.size());
  }
}

// Passes over what is left of the member, counting what that makes libarchive unpack.
Unpacker::Go Unpacker::drain() {
  if (reader_.skips_cheaply()) return Go::on;  // next() does it
  for (;;) {
    ArchiveBlock block;
    switch (reader_.next_block(block)) {
      case ArchiveReader::Data::block: break;
      case ArchiveReader::Data::end:
      case ArchiveReader::Data::member_failed: return Go::on;
      case ArchiveReader::Data::archive_failed: return Go::on;  // next() reports it
    }
    if (delivery_.stopped() || !charge(block.bytes.size())) return Go::stop;
  }
}

// Counts bytes that came out. False once it is clear that the archive is made to exhaust us; the
// gap is made here.
bool Unpacker::charge(std::uint64_t bytes) {
  unpacked_bytes_ += bytes;
  const Limits& limits = delivery_.limits();
  if (!delivery_.charge_unpacked(bytes)) {
    bombed_ = true;
    gap(place_.path, GapReason::bomb,
        "the subject's archives unpack to " + over_bytes(limits.max_unpacked_bytes));
    return false;
  }
  if (unpacked_bytes_ <= kRatioFromBytes) return true;
  const std::uint64_t packed = std::max<std::uint64_t>(reader_.consumed_bytes(), 1);
  if (unpacked_bytes_ / packed <= limits.max_compression_ratio) return true;
  bombed_ = true;
  gap(place_.path, GapReason::bomb,
      fmt::format("{} bytes packed hold more than {} times as many", packed,
                  limits.max_compression_ratio));
  return false;
}

void Unpacker::flush() {
  if (batch_.items.empty()) return;
  if (team_.has_room()) {
    team_.add(make_task([&delivery = delivery_, batch = std::move(batch_)](Worker& other) {
      deliver_batch(delivery, other, batch);
    }));
    batch_ = MemberBatch{};
  } else {
    deliver_batch(delivery_, worker_, batch_);
    batch_.clear();
  }
}

void Unpacker::gap(std::string path, GapReason reason, std::string detail) {
  delivery_.gap(worker_, std::move(path), reason, std::move(detail));
}

}  // namespace stowaway::source

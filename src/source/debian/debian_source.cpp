#include "source/debian/debian_source.h"

#include <fcntl.h>
#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <vector>

#include "source/archive/unpack.h"
#include "source/dsc.h"
#include "source/file_digest.h"
#include "source/member_path.h"
#include "source/open_file.h"

namespace stowaway::source {
namespace {

constexpr std::uint64_t kMaxDscBytes = std::uint64_t{1} << 20;

enum class Role { upstream, component, packaging, native, diff, signature, other };

struct Part {
  DscFile file;
  Role role = Role::other;
  std::string component;
  Descriptor open;
};

// "tar", "tar.xz", … at the start of `text`.
bool is_tar_suffix(std::string_view text) { return text == "tar" || text.starts_with("tar."); }

// NAME_VERSION.orig.tar.xz, NAME_VERSION.orig-COMPONENT.tar.xz, NAME_VERSION.debian.tar.xz,
// NAME_VERSION.tar.xz, NAME_VERSION.diff.gz; dpkg-source(1). A version may hold dots, so the marks
// are looked for from the end.
void set_role(Part& part) {
  const std::string_view name = part.file.name;
  const std::size_t tar = name.rfind(".tar");
  if (name.ends_with(".asc") || name.ends_with(".sig") || name.ends_with(".sign")) {
    part.role = Role::signature;
  } else if (name.ends_with(".diff.gz")) {
    part.role = Role::diff;
  } else if (tar != std::string_view::npos && is_tar_suffix(name.substr(tar + 1))) {
    const std::string_view stem = name.substr(0, tar);
    const std::size_t mark = stem.rfind(".orig-");
    if (stem.ends_with(".orig")) {
      part.role = Role::upstream;
    } else if (stem.ends_with(".debian")) {
      part.role = Role::packaging;
    } else if (stem.ends_with(".git")) {
      part.role = Role::other;
    } else if (mark != std::string_view::npos) {
      part.role = Role::component;
      part.component = stem.substr(mark + 6);
    } else {
      part.role = Role::native;
    }
  }
}

Result<Dsc> read_dsc(const std::string& path) {
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
  if (!file) {
    return fail(errno == ENOENT ? ErrorCode::not_found : ErrorCode::io, "cannot open {}: {}", path,
                text_of_errno(errno));
  }
  ByteBuffer bytes;
  struct stat status {};
  if (read_whole(file.get(), kMaxDscBytes, bytes, &status) != ReadOutcome::complete) {
    return fail(ErrorCode::io, "cannot read {} as a .dsc", path);
  }
  Result<Dsc> dsc = parse_dsc({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
  if (!dsc) return tl::unexpected<Error>(dsc.error().within(path));
  return dsc;
}

class DebianReader {
 public:
  DebianReader(std::vector<Part>& parts, Delivery& delivery, Team& team)
      : parts_(parts), delivery_(delivery), team_(team) {
    has_packaging_ = std::any_of(parts_.begin(), parts_.end(), [](const Part& part) {
      return part.role == Role::packaging && part.open;
    });
  }

  void start() {
    for (Part& part : parts_) {
      team_.add(make_task([this, &part](Worker& worker) { read(worker, part); }));
    }
  }

 private:
  void read(Worker& worker, const Part& part) {
    const std::string& name = part.file.name;
    if (part.role == Role::signature) return;
    if (!part.open) {
      delivery_.gap(worker, name, GapReason::vanished, "listed in the .dsc, but not beside it");
      return;
    }
    if (part.role == Role::diff || part.role == Role::other) {
      delivery_.gap(worker, name, GapReason::unsupported,
                    "this part of a source package is not read");
      return;
    }
    const std::string wrong = find_mismatch(part);
    if (!wrong.empty()) {
      if (!delivery_.stopped()) delivery_.gap(worker, name, GapReason::corrupt, wrong);
      return;
    }
    if (!unpack_descriptor(delivery_, team_, worker, part.open.get(), place_of(part))) {
      delivery_.gap(worker, name, GapReason::corrupt, "not a tar archive");
    }
  }

  // What is wrong with the file, or "".
  std::string find_mismatch(const Part& part) const {
    struct stat status {};
    if (::fstat(part.open.get(), &status) != 0) return text_of_errno(errno);
    if (!S_ISREG(status.st_mode)) return "not a regular file";
    const auto size = static_cast<std::uint64_t>(status.st_size);
    if (size != part.file.size_bytes) {
      return fmt::format("has {} bytes, and {} are listed", size, part.file.size_bytes);
    }
    const bool strong = !part.file.sha256_hex.empty();
    const auto digest =
        digest_of_file(part.open.get(), strong ? FileDigestKind::sha256 : FileDigestKind::md5,
                       delivery_.options().stop);
    if (!digest) return digest.error().message;
    const std::string& listed = strong ? part.file.sha256_hex : part.file.md5_hex;
    if (fingerprint::to_hex(*digest) == listed) return "";
    return fmt::format("its {} is not the listed one", strong ? "SHA-256" : "MD5");
  }

  ArchivePlace place_of(const Part& part) const {
    ArchivePlace place{.path = part.file.name,
                       .prefix = {},
                       .name = "source.tar",
                       .level = 1,
                       .strip_top = part.role != Role::packaging,
                       .is_payload = false,
                       .without = {}};
    if (part.role == Role::component) place.prefix = part.component + '/';
    // dpkg-source replaces what upstream keeps there by what the packager does.
    if (part.role == Role::upstream && has_packaging_) place.without = "debian/";
    return place;
  }

  std::vector<Part>& parts_;
  Delivery& delivery_;
  Team& team_;
  bool has_packaging_ = false;
};

}  // namespace

Result<Summary> DebianSource::deliver(Sink& sink, const Options& options) {
  STOWAWAY_TRY(Dsc dsc, read_dsc(path_));
  const std::string_view base = base_name(path_);
  const std::string directory = path_.substr(0, path_.size() - base.size());
  std::vector<Part> parts;
  bool any = false;
  for (DscFile& file : dsc.files) {
    Part part;
    part.file = std::move(file);
    set_role(part);
    // Links are followed here: mirrors are built of them, and what is behind one must have the
    // listed digest.
    part.open = Descriptor(
        ::open((directory + part.file.name).c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
    any = any || (part.open && part.role != Role::signature);
    parts.push_back(std::move(part));
  }
  if (!any) {
    return fail(ErrorCode::not_found, "none of the files that {} lists lies beside it", path_);
  }
  Delivery delivery(sink, options);
  Team team(delivery);
  DebianReader reader(parts, delivery, team);
  return team.run(make_task([&reader](Worker&) { reader.start(); }));
}

}  // namespace stowaway::source

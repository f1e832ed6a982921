#include "source/md5sums/installed_source.h"

#include <dirent.h>
#include <fcntl.h>

#include <cerrno>
#include <memory>
#include <vector>

#include "source/md5sums/md5_list.h"
#include "source/open_file.h"
#include "source/team.h"

namespace stowaway::source {
namespace {

constexpr std::string_view kSuffix = ".md5sums";

struct CloseDirectory {
  void operator()(DIR* directory) const { ::closedir(directory); }
};

// As many names as there are packages: thousands at most.
Result<std::vector<std::string>> list_packages(const std::string& info) {
  const std::unique_ptr<DIR, CloseDirectory> directory(::opendir(info.c_str()));
  if (!directory) {
    return fail(errno == ENOENT ? ErrorCode::not_found : ErrorCode::io, "cannot open {}: {}", info,
                text_of_errno(errno));
  }
  std::vector<std::string> packages;
  while (const dirent* entry = ::readdir(directory.get())) {
    const std::string_view name = entry->d_name;
    if (name.size() > kSuffix.size() && name.ends_with(kSuffix)) {
      packages.emplace_back(name.substr(0, name.size() - kSuffix.size()));
    }
  }
  return packages;
}

class InstalledReader {
 public:
  InstalledReader(int info, const std::vector<std::string>& packages, Delivery& delivery,
                  Team& team)
      : info_(info), packages_(packages), delivery_(delivery), team_(team) {}

  void read(Worker& worker, std::size_t first, std::size_t end) {
    for (; first < end && !delivery_.stopped(); ++first) {
      if (team_.hungry() && end - first > 1) {
        const std::size_t middle = first + (end - first) / 2;
        team_.add(make_task([this, middle, end](Worker& other) { read(other, middle, end); }));
        end = middle;
      }
      read_package(worker, packages_[first]);
    }
  }

 private:
  void read_package(Worker& worker, const std::string& package) {
    const std::string name = package + std::string(kSuffix);
    const Descriptor file = open_member(info_, name.c_str());
    if (!file) {
      delivery_.gap(worker, package, reason_of_errno(errno), text_of_errno(errno));
      return;
    }
    worker.buffer.clear();
    struct stat status {};
    if (read_whole(file.get(), delivery_.limits().max_file_bytes, worker.buffer, &status) !=
        ReadOutcome::complete) {
      delivery_.gap(worker, package, GapReason::unreadable, "cannot read " + name);
      return;
    }
    const fingerprint::Bytes bytes = worker.buffer.view();
    Md5ListParser parser(delivery_, worker, package + '/', package);
    parser.feed({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
    parser.finish();
  }

  const int info_;
  const std::vector<std::string>& packages_;
  Delivery& delivery_;
  Team& team_;
};

}  // namespace

Result<Summary> InstalledSource::deliver(Sink& sink, const Options& options) {
  STOWAWAY_TRY(const std::vector<std::string> packages, list_packages(info_));
  const Descriptor info(::open(info_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!info) return fail(ErrorCode::io, "cannot open {}: {}", info_, text_of_errno(errno));
  Delivery delivery(sink, options);
  Team team(delivery);
  InstalledReader reader(info.get(), packages, delivery, team);
  return team.run(make_task([&](Worker& worker) { reader.read(worker, 0, packages.size()); }));
}

}  // namespace stowaway::source

// usage: stowaway-read-tree DIR [THREADS]
// The yardstick of a scan: walks a tree and reads every regular file once, and does nothing with
// it.
#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <condition_variable>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace {

struct Count {
  std::uint64_t files = 0, bytes = 0;
};

// Folders that nobody has listed yet; done when all threads wait for one.
class Folders {
 public:
  explicit Folders(unsigned threads) : threads_(threads) {}
  void add(std::string folder) {
    const std::lock_guard lock(mutex_);
    folders_.push_back(std::move(folder));
    changed_.notify_one();
  }
  bool next(std::string& folder) {
    std::unique_lock lock(mutex_);
    ++waiting_;
    if (waiting_ == threads_ && folders_.empty()) changed_.notify_all();
    changed_.wait(lock, [&] { return !folders_.empty() || waiting_ == threads_; });
    if (folders_.empty()) return false;  // nobody is left who could add one
    --waiting_;
    folder = std::move(folders_.back());
    folders_.pop_back();
    return true;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::string> folders_;
  unsigned threads_, waiting_ = 0;
};

void read_file(int folder, const char* name, std::vector<char>& buffer, Count& count) {
  const int file = ::openat(folder, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
  if (file < 0) return;
  ++count.files;
  for (ssize_t got = 0; (got = ::read(file, buffer.data(), buffer.size())) > 0;)
    count.bytes += static_cast<std::uint64_t>(got);
  ::close(file);
}

void read_folder(const std::string& path, Folders& folders, std::vector<char>& buffer,
                 Count& count) {
  DIR* listing = ::opendir(path.c_str());
  if (listing == nullptr) return;
  while (const dirent* entry = ::readdir(listing)) {
    if (std::strcmp(entry->d_name, ".") == 0 || std::strcmp(entry->d_name, "..") == 0) continue;
    if (entry->d_type == DT_REG) read_file(::dirfd(listing), entry->d_name, buffer, count);
    if (entry->d_type == DT_DIR) folders.add(path + "/" + entry->d_name);
  }
  ::closedir(listing);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2 && argc != 3)
    return std::fputs("usage: stowaway-read-tree DIR [THREADS]\n", stderr), 2;
  const unsigned threads = argc == 3 ? static_cast<unsigned>(std::atoi(argv[2])) : 1;
  if (threads == 0) return std::fputs("stowaway-read-tree: at least one thread\n", stderr), 2;
  Folders folders(threads);
  folders.add(argv[1]);
  std::vector<Count> counts(threads);
  {
    std::vector<std::jthread> team;
    for (unsigned i = 0; i < threads; ++i)
      team.emplace_back([&, i] {
        std::vector<char> buffer(1 << 18);
        for (std::string folder; folders.next(folder);)
          read_folder(folder, folders, buffer, counts[i]);
      });
  }
  Count total;
  for (const Count& count : counts) {
    total.files += count.files;
    total.bytes += count.bytes;
  }
  std::printf("%llu files, %llu bytes\n", static_cast<unsigned long long>(total.files),
              static_cast<unsigned long long>(total.bytes));
}

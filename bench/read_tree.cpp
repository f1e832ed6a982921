// usage: stowaway-read-tree DIR
// The yardstick of a scan: walks a tree and reads every regular file once, with one thread, and
// does nothing with it.
#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdint>
#include <cstdio>
#include <cstring>
#include <string>
#include <vector>

namespace {

struct Count {
  std::uint64_t files = 0, bytes = 0;
};

void read_file(int folder, const char* name, std::vector<char>& buffer, Count& count) {
  const int file = ::openat(folder, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
  if (file < 0) return;
  ++count.files;
  for (ssize_t got = 0; (got = ::read(file, buffer.data(), buffer.size())) > 0;)
    count.bytes += static_cast<std::uint64_t>(got);
  ::close(file);
}

void read_folder(int folder, std::vector<char>& buffer, Count& count) {
  DIR* listing = ::fdopendir(folder);
  if (listing == nullptr) return;
  while (const dirent* entry = ::readdir(listing)) {
    if (std::strcmp(entry->d_name, ".") == 0 || std::strcmp(entry->d_name, "..") == 0) continue;
    if (entry->d_type == DT_REG) read_file(::dirfd(listing), entry->d_name, buffer, count);
    if (entry->d_type != DT_DIR) continue;
    const int below =
        ::openat(::dirfd(listing), entry->d_name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (below >= 0) read_folder(below, buffer, count);
  }
  ::closedir(listing);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) return std::fputs("usage: stowaway-read-tree DIR\n", stderr), 2;
  const int top = ::open(argv[1], O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (top < 0) return std::perror(argv[1]), 1;
  std::vector<char> buffer(1 << 18);
  Count count;
  read_folder(top, buffer, count);
  std::printf("%llu files, %llu bytes\n", static_cast<unsigned long long>(count.files),
              static_cast<unsigned long long>(count.bytes));
}

// Bytes as an index. They are put over a good one, made of a small pack: first which section to
// change (0: the header, sealed again; 255: none), then where, then what. Whatever opens is asked
// everything; answers must stay within what the KB says it has.
#include <sys/mman.h>
#include <unistd.h>
#include <xxhash.h>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "check_sink.h"
#include "kb/index/build.h"
#include "kb/kb.h"
#include "kb/miner/pack_builder.h"

namespace {

using namespace stowaway;
using namespace stowaway::kb;

std::string text_of(unsigned number) {
  std::string text;
  for (unsigned line = 0; line < 60; ++line)
    text += "int function_" + std::to_string(number * 1000 + line * 7) +
            "(int argument) { return " + std::to_string(line * number) + "; }\n";
  return text;
}

Pack pack_of(const std::string& component, unsigned first) {
  Pack empty;
  empty.component = component;
  PackBuilder builder(empty);
  for (unsigned release = 0; release < 3; ++release) {
    const auto number = builder.add_release(PackRelease{std::to_string(release), "", "", "", 0, 0});
    for (unsigned file = 0; file < 4; ++file) {
      const std::string path = "src/f" + std::to_string(file) + ".c";
      builder.add_file(
          number, path,
          builder.add_content(fingerprint_content(
              fingerprint::as_bytes(text_of(first + file + release * (file % 2))), path)));
    }
  }
  return builder.finish();
}

const std::string& good_index() {
  static const std::string bytes = [] {
    const auto file =
        std::filesystem::temp_directory_path() / ("stowaway-fuzz-" + std::to_string(::getpid()));
    const auto count = build_index({pack_of("a", 1), pack_of("b", 3)}, file.string(), nullptr);
    STOWAWAY_CHECK(count.has_value(), "the good index cannot be built");
    std::ifstream in(file, std::ios::binary);
    std::string read{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
    std::filesystem::remove(file);
    return read;
  }();
  return bytes;
}

std::string damaged(const std::uint8_t* data, std::size_t size) {
  std::string bytes = good_index();
  if (size < 4) return bytes;
  index::Header header;
  std::memcpy(&header, bytes.data(), sizeof header);
  const std::size_t which = data[0], at = data[1] | data[2] << 8;
  const auto put = [&](char* start, std::size_t room) {
    for (std::size_t i = 3; i < size && room > 0; ++i)
      start[(at + i - 3) % room] = static_cast<char>(data[i]);
  };
  if (which == 0) {
    put(reinterpret_cast<char*>(&header), offsetof(index::Header, checksum));
    header.checksum = XXH3_64bits(&header, offsetof(index::Header, checksum));
    std::memcpy(bytes.data(), &header, sizeof header);
  } else if (which != 255) {
    const auto& section = header.sections[which % index::kSectionCount];
    put(bytes.data() + section.offset, section.size_bytes);
  }
  return bytes;
}

void ask(const Kb& kb) {
  constexpr std::uint32_t kMost = 200;
  for (std::uint32_t id = 0; id < std::min(kb.component_count() + 1, kMost); ++id) {
    const ComponentView view = kb.component(id);
    STOWAWAY_CHECK(view.releases.end <= kb.release_count() && view.paths.end <= kb.path_count(),
                   "a component of more than there is");
  }
  for (std::uint32_t id = 0; id < std::min(kb.release_count() + 1, kMost); ++id) kb.release(id);
  for (std::uint32_t id = 0; id < std::min(kb.path_count() + 1, kMost); ++id) {
    const PathView view = kb.path(id);
    STOWAWAY_CHECK(view.file_versions.first <= view.file_versions.end, "a path upside down");
    for (std::uint32_t v = view.file_versions.first;
         v < std::min(view.file_versions.end, view.file_versions.first + kMost); ++v) {
      kb.file_version(v);
      kb.releases_of(v);
    }
  }
  std::vector<std::uint64_t> keys{0, UINT64_MAX};
  for (std::uint32_t id = 0; id < std::min(kb.content_count() + 1, kMost); ++id) {
    keys.push_back(kb.normalised_of(id));
    kb.content(id);
    for (std::size_t i = 0; i < std::min<std::size_t>(kb.posting_count(id), kMost); ++i)
      kb.posting(id, i);
  }
  std::vector<Range> ranges(keys.size());
  kb.contents_with(keys, ranges);
  for (const Range range : ranges)
    STOWAWAY_CHECK(range.first <= range.end && range.end <= kb.content_count(), "a wrong range");
  for (std::uint64_t& key : keys) key >>= 16;
  for (std::uint64_t i = 0; i < 4096; ++i) keys.push_back(i * 0x9E3779B97F4AU >> 1);
  for (const std::uint64_t key : keys) {
    std::uint32_t walked = 0;
    for (const Occurrence occurrence : kb.occurrences(key)) {
      static_cast<void>(occurrence);
      if (++walked == kMost) break;
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string bytes = damaged(data, size);
  const int descriptor = ::memfd_create("index", MFD_CLOEXEC);
  STOWAWAY_CHECK(
      ::write(descriptor, bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size()),
      "no memory for a file");
  const auto kb = Kb::open("/proc/self/fd/" + std::to_string(descriptor));
  ::close(descriptor);
  if (kb) ask(*kb);
  return 0;
}

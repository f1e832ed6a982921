#include "kb/repository/pull.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <thread>
#include <vector>

#include "base/atomic_file.h"
#include "fingerprint/identity.h"
#include "kb/pack/pack.h"
#include "kb/repository/listing.h"

namespace stowaway::kb {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;
constexpr std::uint64_t kMaxSmallFile = 64 << 10;
constexpr int kListTries = 3, kPackTries = 3;

std::string_view text(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

// An open file; closed with it.
class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return number_; }

 private:
  int number_;
};

// What is remembered between two pulls.
struct Memory {
  std::string url, name, published, list_sha256;
  std::optional<PublicKey> key;
  std::uint64_t number = 0;
};

Result<Memory> recall(const fs::path& file) {
  Memory memory;
  std::error_code status;
  if (!fs::exists(file, status)) return memory;
  STOWAWAY_TRY(const auto bytes, read_whole_file(file, kMaxSmallFile));
  try {
    const Json json = Json::parse(text(bytes));
    json.at("url").get_to(memory.url);
    json.at("name").get_to(memory.name);
    json.at("number").get_to(memory.number);
    json.at("published").get_to(memory.published);
    json.at("list_sha256").get_to(memory.list_sha256);
    STOWAWAY_TRY(memory.key, read_public_key(json.at("key").get<std::string>()));
  } catch (const Json::exception&) {
    return fail(ErrorCode::corrupt, "{} is damaged; remove it and give --key and the address again",
                file.string());
  }
  return memory;
}

Result<void> remember(const fs::path& file, const Memory& memory) {
  const std::string json = Json{{"url", memory.url},
                                {"name", memory.name},
                                {"number", memory.number},
                                {"published", memory.published},
                                {"list_sha256", memory.list_sha256},
                                {"key", text_of(*memory.key)}}
                               .dump(1) +
                           "\n";
  return write_file_atomically(file, fingerprint::as_bytes(json));
}

class Pull {
 public:
  Pull(fs::path directory, const PullOptions& options, HttpClient client)
      : directory_(std::move(directory)), options_(&options), client_(std::move(client)) {}

  Result<PullCount> run() {
    STOWAWAY_TRY(memory_, recall(directory_ / "repository.json"));
    if (!options_->url.empty()) memory_.url = options_->url;
    // Another key is another trust: what was seen under the old one says nothing of it.
    if (options_->key && options_->key != memory_.key)
      memory_ = Memory{memory_.url, "", "", "", options_->key, 0};
    if (memory_.url.empty())
      return fail(ErrorCode::invalid_argument, "no address: stowaway kb pull URL --key FILE.pub");
    if (!memory_.key)
      return fail(ErrorCode::invalid_argument,
                  "which key signs {}? Give its public key with --key FILE.pub, the first time",
                  memory_.url);
    while (memory_.url.ends_with('/')) memory_.url.pop_back();
    STOWAWAY_TRY(const Listing listing, fetch_list());
    STOWAWAY_TRY_VOID(fetch_packs(listing));
    STOWAWAY_TRY_VOID(put_in_place(listing));
    memory_.name = listing.name;
    memory_.number = listing.number;
    memory_.published = listing.published;
    STOWAWAY_TRY_VOID(remember(directory_ / "repository.json", memory_));
    std::error_code status;
    fs::remove_all(directory_ / "incoming", status);
    count_.name = listing.name;
    count_.number = listing.number;
    count_.published = listing.published;
    return count_;
  }

 private:
  std::string url_of(std::string_view path) const {
    return fmt::format("{}/{}", memory_.url, path);
  }

  Result<std::string> fetch_small(std::string_view path, std::uint64_t most) {
    std::string body;
    HttpClient::Download what{url_of(path),
                              0,
                              most,
                              [&]() -> Result<void> {
                                body.clear();
                                return {};
                              },
                              [&](std::string_view bytes) -> Result<void> {
                                body += bytes;
                                return {};
                              },
                              options_->stop};
    STOWAWAY_TRY(const long status, client_.download(what));
    if (status == 404)
      return fail(ErrorCode::not_found, "{} is not there: no knowledge base is published at {}",
                  what.url, memory_.url);
    if (status != 0 && status != 200)
      return fail(ErrorCode::unavailable, "{} answered {}", what.url, status);
    return body;
  }

  // List and signature are two files: a publication in between is no attack.
  Result<Listing> fetch_list() {
    std::string list;
    Result<void> checked;
    for (int i = 0; i < kListTries; ++i) {
      if (i > 0) std::this_thread::sleep_for(std::chrono::milliseconds(300 * i));
      STOWAWAY_TRY(list, fetch_small(kListingFile, kMaxListingBytes));
      STOWAWAY_TRY(const std::string signature, fetch_small(kListingSignature, 4096));
      checked = check_signature(list, signature, *memory_.key);
      if (checked) break;
    }
    if (!checked)
      return tl::unexpected<Error>(
          checked.error().within("refused, the list may have been tampered with"));
    STOWAWAY_TRY(Listing listing, decode_listing(list));
    STOWAWAY_TRY_VOID(check_progress(listing, list));
    return listing;
  }

  Result<void> check_progress(const Listing& listing, const std::string& list) {
    if (!memory_.name.empty() && listing.name != memory_.name)
      return fail(ErrorCode::corrupt, "refused: this is the knowledge base \"{}\", not \"{}\"",
                  listing.name, memory_.name);
    if (listing.number < memory_.number)
      return fail(ErrorCode::corrupt,
                  "refused, rolled back: list {} of {} is offered, and {} of {} was here already",
                  listing.number, listing.published, memory_.number, memory_.published);
    const std::string sha256 =
        fingerprint::to_hex(fingerprint::sha256_of(fingerprint::as_bytes(list)));
    if (listing.number == memory_.number && !memory_.list_sha256.empty() &&
        sha256 != memory_.list_sha256)
      return fail(ErrorCode::corrupt, "refused, mixed: there are two lists with the number {}",
                  listing.number);
    if (listing.expires <= options_->now && !options_->expired_allowed)
      return fail(ErrorCode::unavailable,
                  "refused, stale: list {} expired at {}. The mirror may be held back; ask its "
                  "owner, or take it with --expired",
                  listing.number, listing.expires);
    memory_.list_sha256 = sha256;
    return {};
  }

  fs::path place_of(const ListedPack& pack) const {
    return directory_ / (pack.component + ".pack");
  }
  fs::path incoming_of(const ListedPack& pack) const {
    return directory_ / "incoming" / (pack.sha256 + ".part");
  }

  static bool is(const fs::path& file, const ListedPack& pack) {
    std::error_code status;
    if (fs::file_size(file, status) != pack.bytes || status) return false;
    const auto bytes = read_whole_file(file, pack.bytes);
    return bytes && fingerprint::to_hex(fingerprint::sha256_of(*bytes)) == pack.sha256;
  }

  Result<void> fetch_packs(const Listing& listing) {
    std::vector<const ListedPack*> wanted;
    std::error_code status;
    for (const ListedPack& pack : listing.packs) {
      const bool there = fs::exists(place_of(pack), status);
      if (there && is(place_of(pack), pack)) {
        ++count_.unchanged;
        continue;
      }
      ++(there ? count_.changed : count_.added);
      wanted.push_back(&pack);
    }
    fs::create_directories(directory_ / "incoming", status);
    if (status) return fail(ErrorCode::io, "{}: {}", directory_.string(), status.message());
    std::uint64_t done = 0, total = 0;
    for (const ListedPack* pack : wanted) total += pack->bytes;
    for (const ListedPack* pack : wanted) {
      STOWAWAY_TRY_VOID(fetch(*pack));
      done += pack->bytes;
      if (options_->progress != nullptr) options_->progress->advance("fetching bytes", done, total);
    }
    fetched_.reserve(wanted.size());
    for (const ListedPack* pack : wanted) fetched_.push_back(pack);
    return {};
  }

  Result<void> fetch(const ListedPack& pack) {
    Result<void> got;
    for (int i = 0; i < kPackTries; ++i) {
      if (i > 0) std::this_thread::sleep_for(std::chrono::milliseconds(500 * i));
      got = fetch_once(pack);
      if (got || got.error().code != ErrorCode::unavailable) break;
    }
    if (!got) return got;
    const fs::path file = incoming_of(pack);
    std::error_code status;
    if (!is(file, pack)) {
      fs::remove(file, status);
      return fail(ErrorCode::corrupt,
                  "refused: {} is not what the list says: tampered with, or a mirror that is half "
                  "updated",
                  url_of(path_of(pack)));
    }
    const auto read = read_pack(file);
    if (!read) return tl::unexpected<Error>(read.error().within("refused: " + path_of(pack)));
    if (read->component != pack.component)
      return fail(ErrorCode::corrupt, "refused, mixed: the pack of {} is one of {}", pack.component,
                  read->component);
    return {};
  }

  Result<void> fetch_once(const ListedPack& pack) {
    const fs::path file = incoming_of(pack);
    const Descriptor out(::open(file.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0644));
    if (out.get() < 0) return fail(ErrorCode::io, "{}: {}", file.string(), std::strerror(errno));
    auto there = static_cast<std::uint64_t>(std::max<off_t>(0, ::lseek(out.get(), 0, SEEK_END)));
    if (there == pack.bytes) return {};
    const auto from_start = [&]() -> Result<void> {
      there = 0;
      if (::ftruncate(out.get(), 0) != 0 || ::lseek(out.get(), 0, SEEK_SET) != 0)
        return fail(ErrorCode::io, "{}: {}", file.string(), std::strerror(errno));
      return {};
    };
    if (there > pack.bytes) STOWAWAY_TRY_VOID(from_start());
    const std::uint64_t resumed = there;
    HttpClient::Download what{
        url_of(path_of(pack)),
        there,
        pack.bytes - there,
        from_start,
        [&](std::string_view bytes) -> Result<void> {
          if (there + bytes.size() > pack.bytes)
            return fail(ErrorCode::limit_exceeded, "refused: {} is longer than the list says",
                        path_of(pack));
          if (::write(out.get(), bytes.data(), bytes.size()) != static_cast<ssize_t>(bytes.size()))
            return fail(ErrorCode::io, "{}: {}", file.string(), std::strerror(errno));
          there += bytes.size();
          count_.fetched_bytes += bytes.size();
          return {};
        },
        options_->stop};
    // A server that ignores the range sends all of it.
    if (resumed > 0) what.max_bytes = pack.bytes;
    const auto asked = client_.download(what);
    if (!asked && asked.error().code == ErrorCode::limit_exceeded)
      return tl::unexpected<Error>(asked.error().within("refused, longer than the list says"));
    if (!asked) return tl::unexpected<Error>(asked.error());
    const long status = *asked;
    if (status == 404)
      return fail(ErrorCode::corrupt,
                  "refused, mixed: the list names {}, which is not there; the mirror may be half "
                  "updated",
                  what.url);
    if (status != 0 && status != 200 && status != 206)
      return fail(ErrorCode::unavailable, "{} answered {}", what.url, status);
    if (there != pack.bytes)
      return fail(ErrorCode::unavailable, "{} ended after {} of {} bytes", what.url, there,
                  pack.bytes);
    if (status != 200) count_.resumed_bytes += resumed;
    return {};
  }

  Result<void> put_in_place(const Listing& listing) {
    std::error_code status;
    for (const ListedPack* pack : fetched_) {
      fs::rename(incoming_of(*pack), place_of(*pack), status);
      if (status) return fail(ErrorCode::io, "{}: {}", place_of(*pack).string(), status.message());
    }
    std::vector<fs::path> gone;
    for (fs::directory_iterator item(directory_, status), end; !status && item != end;
         item.increment(status))
      if (item->path().extension() == ".pack" &&
          !std::ranges::binary_search(listing.packs, item->path().stem().string(), {},
                                      &ListedPack::component))
        gone.push_back(item->path());
    for (const fs::path& file : gone) count_.removed += fs::remove(file, status) ? 1 : 0;
    return {};
  }

  fs::path directory_;
  const PullOptions* options_;
  HttpClient client_;
  Memory memory_;
  std::vector<const ListedPack*> fetched_;
  PullCount count_;
};

}  // namespace

Result<PullCount> pull(const std::string& directory, const PullOptions& options) {
  std::error_code status;
  fs::create_directories(directory, status);
  if (status) return fail(ErrorCode::io, "{}: {}", directory, status.message());
  const std::string lock = directory + "/.lock";
  const Descriptor guard(::open(lock.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644));
  if (guard.get() < 0) return fail(ErrorCode::io, "{}: {}", lock, std::strerror(errno));
  if (::flock(guard.get(), LOCK_EX | LOCK_NB) != 0)
    return fail(ErrorCode::unavailable, "another pull into {} is running", directory);
  STOWAWAY_TRY(HttpClient client, HttpClient::create(options.http));
  return Pull(directory, options, std::move(client)).run();
}

}  // namespace stowaway::kb

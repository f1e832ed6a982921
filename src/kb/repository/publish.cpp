#include "kb/repository/publish.h"

#include <algorithm>
#include <filesystem>
#include <optional>
#include <set>

#include "base/atomic_file.h"
#include "fingerprint/identity.h"
#include "kb/pack/pack.h"
#include "kb/repository/listing.h"

namespace stowaway::kb {
namespace {

namespace fs = std::filesystem;
constexpr std::uint64_t kMaxPackFileBytes = std::uint64_t{4} << 30;

std::string_view text(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

// The list that is there, if there is one.
Result<std::optional<Listing>> earlier(const fs::path& directory, const PublicKey& key) {
  std::error_code status;
  if (!fs::exists(directory / kListingFile, status)) return std::nullopt;
  STOWAWAY_TRY(const auto list, read_whole_file(directory / kListingFile, kMaxListingBytes));
  STOWAWAY_TRY(const auto signature, read_whole_file(directory / kListingSignature, 4096));
  if (const auto checked = check_signature(text(list), text(signature), key); !checked)
    return fail(ErrorCode::corrupt,
                "{}: the list that is there is not of this key ({}). To begin anew, empty the "
                "directory",
                directory.string(), checked.error().message);
  return decode_listing(text(list));
}

struct Prepared {
  ListedPack listed;
  std::vector<std::byte> bytes;
};

Result<Prepared> prepare(const std::string& file) {
  Prepared one;
  STOWAWAY_TRY(one.bytes, read_whole_file(file, kMaxPackFileBytes));
  const auto pack = decode_pack(one.bytes);
  if (!pack) return tl::unexpected<Error>(pack.error().within(file));
  one.listed = {pack->component, fingerprint::to_hex(fingerprint::sha256_of(one.bytes)),
                one.bytes.size(), pack->releases.size()};
  return one;
}

Result<std::uint64_t> remove_unnamed(const fs::path& packs, const std::set<std::string>& named) {
  std::error_code status;
  std::uint64_t removed = 0;
  std::vector<fs::path> gone;
  for (fs::directory_iterator item(packs, status), end; !status && item != end;
       item.increment(status))
    if (item->path().extension() == ".pack" && !named.contains(item->path().filename()))
      gone.push_back(item->path());
  for (const fs::path& file : gone) removed += fs::remove(file, status) ? 1 : 0;
  return removed;
}

}  // namespace

Result<PublishCount> publish(const std::vector<std::string>& pack_files,
                             const std::string& directory, const SecretKey& key,
                             const PublishOptions& options) {
  if (pack_files.empty()) return fail(ErrorCode::invalid_argument, "no packs to publish");
  if (options.expires <= options.published)
    return fail(ErrorCode::invalid_argument, "the list would have expired when it is published");
  const fs::path root(directory);
  std::error_code status;
  fs::create_directories(root / "packs", status);
  if (status) return fail(ErrorCode::io, "{}: {}", directory, status.message());
  STOWAWAY_TRY(const auto before, earlier(root, key.public_key));
  if (before && before->name != options.name)
    return fail(ErrorCode::invalid_argument, "{} holds the knowledge base \"{}\", not \"{}\"",
                directory, before->name, options.name);
  Listing listing{
      options.name, before ? before->number + 1 : 1, options.published, options.expires, {}};
  PublishCount count;
  std::set<std::string> named;
  if (before)
    for (const ListedPack& pack : before->packs) named.insert(fs::path(path_of(pack)).filename());
  for (const std::string& file : pack_files) {
    STOWAWAY_TRY(const Prepared one, prepare(file));
    const fs::path target = root / path_of(one.listed);
    named.insert(target.filename());
    if (!fs::exists(target, status)) {
      STOWAWAY_TRY_VOID(write_file_atomically(target, one.bytes));
      ++count.written;
    }
    count.bytes += one.listed.bytes;
    listing.packs.push_back(one.listed);
    if (options.progress != nullptr)
      options.progress->advance("publishing", listing.packs.size(), pack_files.size());
  }
  std::ranges::sort(listing.packs, {}, &ListedPack::component);
  const auto twice = std::ranges::adjacent_find(listing.packs, {}, &ListedPack::component);
  if (twice != listing.packs.end())
    return fail(ErrorCode::invalid_argument,
                "two packs of {}; make one of them with `stowaway kb merge`", twice->component);
  const std::string list = encode_listing(listing);
  STOWAWAY_TRY_VOID(decode_listing(list).map([](const Listing&) {}));  // what we write, we can read
  STOWAWAY_TRY(const std::string signature, sign(list, key));
  STOWAWAY_TRY_VOID(
      write_file_atomically(root / kListingSignature, fingerprint::as_bytes(signature)));
  STOWAWAY_TRY_VOID(write_file_atomically(root / kListingFile, fingerprint::as_bytes(list)));
  STOWAWAY_TRY(count.removed, remove_unnamed(root / "packs", named));
  count.number = listing.number;
  count.packs = listing.packs.size();
  return count;
}

}  // namespace stowaway::kb

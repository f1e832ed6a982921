#include "kb/miner/debian/dsc_signature.h"

#include <filesystem>

#include "base/atomic_file.h"
#include "base/process.h"
#include "base/text.h"
#include "source/dsc.h"

namespace stowaway::kb {
namespace {

constexpr std::uint64_t kMaxDscBytes = 1 << 20;

std::vector<std::string> usual_keyrings() {
  std::vector<std::string> found;
  for (const char* name : {"debian-keyring", "debian-maintainers", "debian-nonupload"})
    if (const std::string file = std::string("/usr/share/keyrings/") + name + ".gpg";
        std::filesystem::exists(file))
      found.push_back(file);
  return found;
}

}  // namespace

std::string_view signature_state(std::string_view status) {
  bool good = false, expired = false, revoked = false, unknown = false, failed = false;
  for (const std::string_view line : split(status, '\n')) {
    const auto says = [&](std::string_view keyword) {
      const std::string_view rest =
          line.starts_with("[GNUPG:] ") ? line.substr(9) : std::string_view();
      return rest.substr(0, rest.find(' ')) == keyword;
    };
    if (says("BADSIG")) return "bad";
    good = good || says("GOODSIG");
    expired = expired || says("EXPKEYSIG") || says("EXPSIG");
    revoked = revoked || says("REVKEYSIG");
    unknown = unknown || says("NO_PUBKEY");
    failed = failed || says("ERRSIG");
  }
  if (revoked) return "revoked-key";
  if (expired) return "expired-key";
  if (good) return "good";
  if (unknown) return "unknown-key";
  return failed ? "unchecked" : "bad";  // an algorithm that gpgv does not know; nothing at all
}

Result<std::string> check_dsc_signature(const std::string& dsc_file,
                                        const std::vector<std::string>& keyrings,
                                        const std::stop_token& stop) {
  STOWAWAY_TRY(const auto bytes, read_whole_file(dsc_file, kMaxDscBytes));
  const auto dsc = source::parse_dsc({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
  if (!dsc) return tl::unexpected<Error>(dsc.error().within(dsc_file));
  if (!dsc->is_signed) return "unsigned";
  const auto keys = keyrings.empty() ? usual_keyrings() : keyrings;
  if (keys.empty()) return "unchecked";
  ProcessRequest request;
  request.arguments = {"gpgv", "--status-fd", "1"};
  for (const std::string& key : keys) {
    request.arguments.emplace_back("--keyring");
    request.arguments.push_back(std::filesystem::absolute(key).string());
  }
  request.arguments.push_back(dsc_file);
  request.stop = stop;
  const auto done = run_process(request);
  if (!done && done.error().code == ErrorCode::not_found) return "unchecked";
  if (!done) return tl::unexpected<Error>(done.error());
  return std::string(signature_state(done->output));
}

}  // namespace stowaway::kb

#include "source/debian/file_digest.h"

#include <openssl/evp.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <memory>
#include <vector>

#include "fingerprint/identity.h"
#include "source/open_file.h"

namespace stowaway::source {
namespace {

constexpr std::size_t kPieceBytes = std::size_t{256} << 10;

struct FreeContext {
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};

}  // namespace

Result<std::string> digest_of_file(int fd, FileDigestKind kind, const std::stop_token& stop) {
  const std::unique_ptr<EVP_MD_CTX, FreeContext> context(EVP_MD_CTX_new());
  const EVP_MD* const algorithm = kind == FileDigestKind::md5 ? EVP_md5() : EVP_sha256();
  if (!context || EVP_DigestInit_ex(context.get(), algorithm, nullptr) != 1) {
    return fail(ErrorCode::unavailable, "OpenSSL refuses the digest that the file is listed with");
  }
  std::vector<std::byte> piece(kPieceBytes);
  for (off_t offset = 0;;) {
    if (stop.stop_requested()) return fail(ErrorCode::cancelled, "reading was cancelled");
    const ssize_t size = ::pread(fd, piece.data(), piece.size(), offset);
    if (size < 0 && errno == EINTR) continue;
    if (size < 0) return fail(ErrorCode::io, "{}", text_of_errno(errno));
    if (size == 0) break;
    EVP_DigestUpdate(context.get(), piece.data(), static_cast<std::size_t>(size));
    offset += size;
  }
  std::array<std::uint8_t, EVP_MAX_MD_SIZE> digest{};
  unsigned length = 0;
  EVP_DigestFinal_ex(context.get(), digest.data(), &length);
  return fingerprint::to_hex(std::span<const std::uint8_t>(digest.data(), length));
}

}  // namespace stowaway::source

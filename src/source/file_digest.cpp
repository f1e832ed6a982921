#include "source/file_digest.h"

#include <fcntl.h>
#include <openssl/evp.h>
#include <unistd.h>

#include <cerrno>
#include <memory>
#include <vector>

#include "source/open_file.h"

namespace stowaway::source {
namespace {

constexpr std::size_t kPieceBytes = std::size_t{256} << 10;

struct FreeContext {
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};

const EVP_MD* algorithm_of(FileDigestKind kind) {
  switch (kind) {
    case FileDigestKind::md5: return EVP_md5();
    case FileDigestKind::sha1: return EVP_sha1();
    case FileDigestKind::sha256: return EVP_sha256();
    case FileDigestKind::sha512: return EVP_sha512();
  }
  return nullptr;
}

}  // namespace

Result<std::vector<std::uint8_t>> digest_of_file(int fd, FileDigestKind kind,
                                                 const std::stop_token& stop) {
  const std::unique_ptr<EVP_MD_CTX, FreeContext> context(EVP_MD_CTX_new());
  const EVP_MD* const algorithm = algorithm_of(kind);
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
  std::vector<std::uint8_t> digest(EVP_MAX_MD_SIZE);
  unsigned length = 0;
  EVP_DigestFinal_ex(context.get(), digest.data(), &length);
  digest.resize(length);
  return digest;
}

Result<std::vector<std::uint8_t>> digest_of_file(const std::string& file, FileDigestKind kind,
                                                 const std::stop_token& stop) {
  const Descriptor opened(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
  if (!opened)
    return fail(errno == ENOENT ? ErrorCode::not_found : ErrorCode::io, "cannot open {}: {}", file,
                text_of_errno(errno));
  auto digest = digest_of_file(opened.get(), kind, stop);
  if (!digest) return tl::unexpected<Error>(digest.error().within(file));
  return digest;
}

}  // namespace stowaway::source

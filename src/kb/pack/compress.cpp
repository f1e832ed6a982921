#include "kb/pack/compress.h"

#include <zstd.h>

namespace stowaway::kb {
namespace {

constexpr int kLevel = 3;  // packs are compressed harder; this is done at each load

}  // namespace

std::string compressed(std::span<const std::byte> raw) {
  std::string out(ZSTD_compressBound(raw.size()), '\0');
  const std::size_t size = ZSTD_compress(out.data(), out.size(), raw.data(), raw.size(), kLevel);
  STOWAWAY_CHECK(!ZSTD_isError(size), "zstd refused to compress into a buffer of its own bound");
  out.resize(size);
  return out;
}

Result<std::vector<std::byte>> decompressed(std::string_view bytes, std::size_t max_bytes) {
  const auto says = ZSTD_getFrameContentSize(bytes.data(), bytes.size());
  if (says == ZSTD_CONTENTSIZE_ERROR || says == ZSTD_CONTENTSIZE_UNKNOWN)
    return fail(ErrorCode::corrupt, "{} bytes that are no zstd frame", bytes.size());
  if (says > max_bytes)
    return fail(ErrorCode::limit_exceeded, "would unpack to {} bytes, more than {}", says,
                max_bytes);
  std::vector<std::byte> raw(says);
  const std::size_t size = ZSTD_decompress(raw.data(), raw.size(), bytes.data(), bytes.size());
  if (ZSTD_isError(size) || size != says)
    return fail(ErrorCode::corrupt, "a zstd frame that does not unpack");
  return raw;
}

}  // namespace stowaway::kb

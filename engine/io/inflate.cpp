#include "io/inflate.h"

#include <fmt/format.h>
#include <zlib.h>

#include <array>

#include "lorikeet/error.h"

namespace lorikeet {

std::optional<std::string> inflated(std::string_view packed, size_t limit) {
  constexpr int kZlibOrGzip = 32;
  z_stream stream = {};
  if (inflateInit2(&stream, MAX_WBITS + kZlibOrGzip) != Z_OK) return std::nullopt;
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data()));
  stream.avail_in = static_cast<uInt>(packed.size());
  std::string text;
  std::array<char, 65536> block{};
  int status = Z_OK;
  while (status == Z_OK && text.size() <= limit) {
    stream.next_out = reinterpret_cast<Bytef*>(block.data());
    stream.avail_out = static_cast<uInt>(block.size());
    status = inflate(&stream, Z_NO_FLUSH);
    text.append(block.data(), block.size() - stream.avail_out);
  }
  inflateEnd(&stream);
  if (text.size() > limit)
    throw Error(ErrorKind::Corrupt, fmt::format("The picture carries more than {} MiB of text.", limit >> 20));
  if (status != Z_STREAM_END) return std::nullopt;
  return text;
}

}  // namespace lorikeet

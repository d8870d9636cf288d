#include "io/png_chunks.h"

#include <zlib.h>

#include <algorithm>
#include <array>

#include "io/byte_reader.h"

namespace lorikeet {
namespace {

constexpr std::array<uint8_t, kPngSignatureSize> kSignature{0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};
constexpr size_t kLengthBytes = 4;
constexpr size_t kTypeBytes = 4;
constexpr size_t kCrcBytes = 4;

uint32_t crcOf(std::span<const std::byte> bytes) {
  return static_cast<uint32_t>(crc32_z(0, reinterpret_cast<const Bytef*>(bytes.data()), bytes.size()));
}

void appendBigEndian(std::vector<std::byte>& file, uint32_t value) {
  for (int shift = 24; shift >= 0; shift -= 8) file.push_back(static_cast<std::byte>(value >> shift & 0xff));
}

}  // namespace

bool hasPngSignature(std::span<const std::byte> file) {
  return file.size() >= kSignature.size() &&
         std::equal(kSignature.begin(), kSignature.end(), file.begin(),
                    [](uint8_t a, std::byte b) { return static_cast<std::byte>(a) == b; });
}

std::optional<PngChunk> pngChunkAt(std::span<const std::byte> file, size_t offset) {
  constexpr size_t kOverhead = kLengthBytes + kTypeBytes + kCrcBytes;
  if (offset > file.size() || file.size() - offset < kOverhead) return std::nullopt;
  const auto chunk = file.subspan(offset);
  const size_t length = bigEndian<uint32_t>(chunk);
  if (chunk.size() - kOverhead < length) return std::nullopt;
  const auto typed = chunk.subspan(kLengthBytes, kTypeBytes + length);
  const bool isIntact = crcOf(typed) == bigEndian<uint32_t>(chunk.subspan(kLengthBytes + typed.size()));
  return PngChunk{asText(typed.first(kTypeBytes)), typed.subspan(kTypeBytes), offset + kOverhead + length, isIntact};
}

void appendPngChunk(std::vector<std::byte>& file, std::string_view type, std::string_view data) {
  appendBigEndian(file, static_cast<uint32_t>(data.size()));
  const size_t start = file.size();
  for (const std::string_view part : {type, data}) {
    const auto bytes = std::as_bytes(std::span(part));
    file.insert(file.end(), bytes.begin(), bytes.end());
  }
  appendBigEndian(file, crcOf(std::span(file).subspan(start)));
}

}  // namespace lorikeet

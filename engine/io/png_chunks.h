#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace lorikeet {

/// One chunk of a PNG (PNG specification, third edition, 5.3).
struct PngChunk {
  std::string_view type;
  std::span<const std::byte> data;
  size_t end = 0;         ///< where the next chunk begins in the file
  bool isIntact = false;  ///< the CRC fits
};

constexpr size_t kPngSignatureSize = 8;
bool hasPngSignature(std::span<const std::byte> file);

/// The chunk that begins at `offset`; empty if the file ends before it does.
std::optional<PngChunk> pngChunkAt(std::span<const std::byte> file, size_t offset);

/// Appends a chunk with its length and CRC.
void appendPngChunk(std::vector<std::byte>& file, std::string_view type, std::string_view data);

}  // namespace lorikeet

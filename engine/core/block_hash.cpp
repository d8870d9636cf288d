#include "core/block_hash.h"

#include <algorithm>
#include <cstring>

namespace lorikeet {

void BlockHash::add(std::span<const std::byte> bytes) {
  size_t used = length_ % 64;
  length_ += bytes.size();
  while (!bytes.empty()) {
    if (used == 0 && bytes.size() >= 64) {
      block(bytes.data());
      bytes = bytes.subspan(64);
      continue;
    }
    const size_t count = std::min(64 - used, bytes.size());
    std::memcpy(pending_.data() + used, bytes.data(), count);
    bytes = bytes.subspan(count);
    used = (used + count) % 64;
    if (used == 0) block(pending_.data());
  }
}

std::string BlockHash::finish(std::span<const uint32_t> state) {
  const uint64_t bits = length_ * 8;
  const std::array<std::byte, 64> padding{std::byte{0x80}};
  add(std::span(padding).first(1 + (119 - length_ % 64) % 64));
  std::array<std::byte, 8> size{};
  for (size_t i = 0; i < 8; ++i) size[i] = static_cast<std::byte>(bits >> (56 - 8 * i));
  add(size);
  std::string text;
  for (const uint32_t word : state)
    for (int shift = 28; shift >= 0; shift -= 4) text += "0123456789abcdef"[word >> shift & 15];
  return text;
}

uint32_t BlockHash::bigEndian(const std::byte* at) {
  uint32_t value = 0;
  for (int i = 0; i < 4; ++i) value = value << 8 | std::to_integer<uint32_t>(at[i]);
  return value;
}

}  // namespace lorikeet

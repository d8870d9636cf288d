#pragma once
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>

namespace lorikeet {

using Bytes = std::span<const uint8_t>;

/// Unsigned numbers at an offset that the caller has checked.
inline uint32_t be16(Bytes b, size_t at) { return (uint32_t{b[at]} << 8) | b[at + 1]; }
inline uint32_t be32(Bytes b, size_t at) { return (be16(b, at) << 16) | be16(b, at + 2); }
inline uint32_t le16(Bytes b, size_t at) { return b[at] | (uint32_t{b[at + 1]} << 8); }
inline uint32_t le24(Bytes b, size_t at) { return le16(b, at) | (uint32_t{b[at + 2]} << 16); }
inline uint32_t le32(Bytes b, size_t at) { return le16(b, at) | (le16(b, at + 2) << 16); }

inline bool hasTextAt(Bytes b, size_t at, std::string_view text) {
  return b.size() >= at + text.size() && std::memcmp(b.data() + at, text.data(), text.size()) == 0;
}

}  // namespace lorikeet

#pragma once
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>
#include <type_traits>

namespace lorikeet {

/// The unsigned little-endian number at the start of the bytes, which must be long enough.
template <class Integer>
Integer littleEndian(std::span<const std::byte> bytes) {
  std::make_unsigned_t<Integer> value = 0;
  for (size_t i = 0; i < sizeof(Integer); ++i)
    value = static_cast<std::make_unsigned_t<Integer>>(value | static_cast<uint64_t>(bytes[i]) << (8 * i));
  return static_cast<Integer>(value);
}

/// As above, most significant byte first.
template <class Integer>
Integer bigEndian(std::span<const std::byte> bytes) {
  std::make_unsigned_t<Integer> value = 0;
  for (size_t i = 0; i < sizeof(Integer); ++i)
    value =
        static_cast<std::make_unsigned_t<Integer>>(static_cast<uint64_t>(value) << 8 | static_cast<uint64_t>(bytes[i]));
  return static_cast<Integer>(value);
}

inline std::string_view asText(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

}  // namespace lorikeet

#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace lorikeet {

/// SHA-256 (FIPS 180-4) of bytes that come in pieces.
class Sha256 {
 public:
  Sha256();
  void add(std::span<const std::byte> bytes);
  /// Ends the message; 64 lower-case hexadecimal digits.
  std::string finish();

 private:
  void block(const std::byte* data);
  std::array<uint32_t, 8> state_;
  std::array<std::byte, 64> pending_{};
  uint64_t length_ = 0;
};

}  // namespace lorikeet

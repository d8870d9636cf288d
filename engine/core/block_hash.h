#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace lorikeet {

/// What SHA-1 and SHA-256 (FIPS 180-4) have in common: a message that comes in pieces is handed on in blocks of 64
/// bytes, and ends with its length in bits.
class BlockHash {
 public:
  BlockHash(const BlockHash&) = delete;
  BlockHash& operator=(const BlockHash&) = delete;
  void add(std::span<const std::byte> bytes);

 protected:
  BlockHash() = default;
  ~BlockHash() = default;
  virtual void block(const std::byte* data) = 0;
  /// Ends the message; the state's words as lower-case hexadecimal digits.
  std::string finish(std::span<const uint32_t> state);
  static uint32_t bigEndian(const std::byte* at);

 private:
  std::array<std::byte, 64> pending_{};
  uint64_t length_ = 0;
};

}  // namespace lorikeet

#pragma once
#include "core/block_hash.h"

namespace lorikeet {

/// SHA-256 (FIPS 180-4) of bytes that come in pieces.
class Sha256 final : public BlockHash {
 public:
  Sha256();
  /// Ends the message; 64 lower-case hexadecimal digits.
  std::string finish() { return BlockHash::finish(state_); }

 private:
  void block(const std::byte* data) override;
  std::array<uint32_t, 8> state_;
};

}  // namespace lorikeet

#pragma once
#include "core/block_hash.h"

namespace lorikeet {

/// SHA-1 (FIPS 180-4) of bytes that come in pieces: tells damaged files, no longer forged ones.
class Sha1 final : public BlockHash {
 public:
  Sha1();
  /// Ends the message; 40 lower-case hexadecimal digits.
  std::string finish() { return BlockHash::finish(state_); }

 private:
  void block(const std::byte* data) override;
  std::array<uint32_t, 5> state_;
};

}  // namespace lorikeet

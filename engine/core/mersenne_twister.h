#pragma once
#include <array>
#include <cstdint>
#include <span>

namespace lorikeet {

/// MT19937 with the two seedings of Matsumoto and Nishimura's mt19937ar.c, which torch and numpy use.
class MersenneTwister {
 public:
  /// init_genrand
  explicit MersenneTwister(uint32_t seed);
  /// init_by_array
  explicit MersenneTwister(std::span<const uint32_t> key);
  uint32_t next();

 private:
  static constexpr int kSize = 624;
  void refill();
  std::array<uint32_t, kSize> state_;
  int position_ = kSize;
};

}  // namespace lorikeet

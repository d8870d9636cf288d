#include "core/philox_rng.h"

#include <array>
#include <cmath>

#include "core/portable_math.h"

namespace lorikeet {
namespace {

using Counter = std::array<uint32_t, 4>;

Counter philox4x32(Counter counter, uint32_t key0, uint32_t key1) {
  constexpr int kRounds = 10;
  for (int round = 0; round < kRounds; ++round) {
    const uint64_t product0 = uint64_t{0xD2511F53u} * counter[0];
    const uint64_t product1 = uint64_t{0xCD9E8D57u} * counter[2];
    counter = {static_cast<uint32_t>(product1 >> 32) ^ counter[1] ^ key0, static_cast<uint32_t>(product1),
               static_cast<uint32_t>(product0 >> 32) ^ counter[3] ^ key1, static_cast<uint32_t>(product0)};
    key0 += 0x9E3779B9u;
    key1 += 0xBB67AE85u;
  }
  return counter;
}

/// The constants are f32 numbers, the arithmetic is double: numpy widens uint32 times float32.
float boxMuller(uint32_t x, uint32_t y) {
  constexpr float kInverse = 2.3283064e-10f;
  constexpr auto kInverse2Pi = static_cast<float>(2.3283064e-10 * 6.2831855);
  const double u = x * static_cast<double>(kInverse) + kInverse / 2;
  const double v = y * static_cast<double>(kInverse2Pi) + kInverse2Pi / 2;
  return static_cast<float>(std::sqrt(-2 * portableLog(u)) * portableSin(v));
}

}  // namespace

void PhiloxRng::normal(std::span<float> out) {
  const auto key0 = static_cast<uint32_t>(seed_);
  const auto key1 = static_cast<uint32_t>(seed_ >> 32);
  for (size_t i = 0; i < out.size(); ++i) {
    const Counter random = philox4x32({callNumber_, 0, static_cast<uint32_t>(i), 0}, key0, key1);
    out[i] = boxMuller(random[0], random[1]);
  }
  ++callNumber_;
}

}  // namespace lorikeet

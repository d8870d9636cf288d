#include "core/numpy_rng.h"

#include <cmath>

#include "core/portable_math.h"

namespace lorikeet {
namespace {

MersenneTwister seeded(uint64_t seed) {
  const auto low = static_cast<uint32_t>(seed);
  const auto high = static_cast<uint32_t>(seed >> 32);
  if (high == 0) return MersenneTwister(low);
  const uint32_t key[] = {low, high};
  return MersenneTwister(std::span<const uint32_t>(key));
}

}  // namespace

NumpyRng::NumpyRng(uint64_t seed) : twister_(seeded(seed)) {}

void NumpyRng::normal(std::span<float> out) {
  for (float& value : out) value = static_cast<float>(normalDouble());
}

double NumpyRng::normalDouble() {
  if (cached_) {
    const double value = *cached_;
    cached_.reset();
    return value;
  }
  double x1 = 0;
  double x2 = 0;
  double square = 0;
  do {
    x1 = 2 * uniform() - 1;
    x2 = 2 * uniform() - 1;
    square = x1 * x1 + x2 * x2;
  } while (square >= 1 || square == 0);
  const double factor = std::sqrt(-2 * portableLog(square) / square);
  cached_ = factor * x1;
  return factor * x2;
}

double NumpyRng::uniform() {
  const uint32_t a = twister_.next() >> 5;
  const uint32_t b = twister_.next() >> 6;
  return (a * 67108864.0 + b) / 9007199254740992.0;
}

}  // namespace lorikeet

#include "core/torch_rng.h"

#include <cmath>
#include <numbers>

#include "core/portable_math.h"

namespace lorikeet {
namespace {
constexpr size_t kBlock = 16;
}

void TorchRng::normal(std::span<float> out) {
  if (out.size() < kBlock) {
    for (float& value : out) value = static_cast<float>(normalDouble());
    return;
  }
  uniform(out);
  for (size_t i = 0; i + kBlock <= out.size(); i += kBlock) fillBlock(out.data() + i);
  if (out.size() % kBlock != 0) {
    const auto tail = out.last(kBlock);
    uniform(tail);
    fillBlock(tail.data());
  }
}

void TorchRng::uniform(std::span<float> out) {
  for (float& value : out) value = uniform24();
}

double TorchRng::normalDouble() {
  if (cached_) {
    const double value = *cached_;
    cached_.reset();
    return value;
  }
  const double u1 = uniform53();
  const double u2 = uniform53();
  const double radius = std::sqrt(-2 * portableLog(1 - u2));  // 1 - u2 is exact, so log serves for log1p
  const double angle = 2 * std::numbers::pi * u1;
  cached_ = radius * portableSin(angle);
  return radius * portableCos(angle);
}

float TorchRng::uniform24() { return static_cast<float>(twister_.next() & 0xffffffu) * 0x1p-24f; }

double TorchRng::uniform53() {
  const uint64_t high = twister_.next();
  const uint64_t word = (high << 32) | twister_.next();
  return static_cast<double>(word & ((uint64_t{1} << 53) - 1)) * 0x1p-53;
}

/// normal_fill_16: eight uniforms give radii, the other eight angles; every stage is rounded to f32 as torch does.
void TorchRng::fillBlock(float* block) {
  constexpr size_t kHalf = kBlock / 2;
  for (size_t j = 0; j < kHalf; ++j) {
    const auto logarithm = static_cast<float>(portableLog(1.0f - block[j]));
    const float radius = std::sqrt(-2.0f * logarithm);
    const float angle = 2.0f * std::numbers::pi_v<float> * block[j + kHalf];
    block[j] = radius * static_cast<float>(portableCos(angle));
    block[j + kHalf] = radius * static_cast<float>(portableSin(angle));
  }
}

}  // namespace lorikeet

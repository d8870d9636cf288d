#pragma once
// Weights of fewer bits. Included by the per-instruction-set kernel files only.

namespace lorikeet {
namespace {

void bf16ToF32(const uint16_t* from, float* to, int64_t count) {
  for (int64_t i = 0; i < count; ++i) {
    const uint32_t bits = static_cast<uint32_t>(from[i]) << 16;
    __builtin_memcpy(to + i, &bits, sizeof(bits));
  }
}

void f32ToBf16(const float* from, uint16_t* to, int64_t count) {
  for (int64_t i = 0; i < count; ++i) {
    uint32_t bits;
    __builtin_memcpy(&bits, from + i, sizeof(bits));
    const uint32_t rounded = (bits + 0x7fffu + ((bits >> 16) & 1u)) >> 16;
    const bool isNan = (bits & 0x7fffffffu) > 0x7f800000u;
    to[i] = static_cast<uint16_t>(isNan ? bits >> 16 | 0x40u : rounded);
  }
}

constexpr int kPanelVectors = kPanelWidth / Wide::kWidth;

void int8ToF32(const int8_t* from, const float* scales, float* to, int64_t rowCount) {
  Wide scale[kPanelVectors];
  for (int j = 0; j < kPanelVectors; ++j) scale[j] = Wide::load(scales + j * Wide::kWidth);
  for (int64_t r = 0; r < rowCount; ++r, from += kPanelWidth, to += kPanelWidth)
    for (int j = 0; j < kPanelVectors; ++j)
      (Wide::loadInt8(from + j * Wide::kWidth) * scale[j]).store(to + j * Wide::kWidth);
}

void largestOfColumns(const float* x, int64_t rowCount, float* largest) {
  Wide best[kPanelVectors];
  for (Wide& column : best) column = Wide::zero();
  for (int64_t r = 0; r < rowCount; ++r, x += kPanelWidth)
    for (int j = 0; j < kPanelVectors; ++j) best[j] = Wide::max(best[j], Wide::abs(Wide::load(x + j * Wide::kWidth)));
  for (int j = 0; j < kPanelVectors; ++j) best[j].store(largest + j * Wide::kWidth);
}

void f32ToInt8(const float* from, const float* rates, int8_t* to, int64_t rowCount) {
  Wide rate[kPanelVectors];
  for (int j = 0; j < kPanelVectors; ++j) rate[j] = Wide::load(rates + j * Wide::kWidth);
  for (int64_t r = 0; r < rowCount; ++r, from += kPanelWidth, to += kPanelWidth)
    for (int j = 0; j < kPanelVectors; ++j)
      (Wide::load(from + j * Wide::kWidth) * rate[j]).storeInt8(to + j * Wide::kWidth);
}

}  // namespace
}  // namespace lorikeet

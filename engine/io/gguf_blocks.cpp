#include "io/gguf_blocks.h"

#include <cstring>

#include "core/dtype.h"

namespace lorikeet {
namespace {

constexpr int kSmallBlock = 32;
constexpr int kLargeBlock = 256;

uint16_t word(const uint8_t* bytes) { return static_cast<uint16_t>(bytes[0] | bytes[1] << 8); }
uint32_t doubleWord(const uint8_t* bytes) { return word(bytes) | static_cast<uint32_t>(word(bytes + 2)) << 16; }
float half(const uint8_t* bytes) { return f16ToF32(word(bytes)); }

/// The low halves of 16 bytes are values 0 to 15, the high ones 16 to 31.
void q40(const uint8_t* block, float* values) {
  const float d = half(block);
  for (int j = 0; j < kSmallBlock / 2; ++j) {
    const int q = block[2 + j];
    values[j] = static_cast<float>((q & 15) - 8) * d;
    values[j + 16] = static_cast<float>((q >> 4) - 8) * d;
  }
}

void q41(const uint8_t* block, float* values) {
  const float d = half(block), m = half(block + 2);
  for (int j = 0; j < kSmallBlock / 2; ++j) {
    const int q = block[4 + j];
    values[j] = static_cast<float>(q & 15) * d + m;
    values[j + 16] = static_cast<float>(q >> 4) * d + m;
  }
}

/// As the 4-bit types, with the fifth bits in a word of their own.
void fiveBits(const uint8_t* high, const uint8_t* low, int* values) {
  const uint32_t bits = doubleWord(high);
  for (int j = 0; j < kSmallBlock / 2; ++j) {
    values[j] = (low[j] & 15) | static_cast<int>((bits >> j & 1) << 4);
    values[j + 16] = (low[j] >> 4) | static_cast<int>((bits >> (j + 16) & 1) << 4);
  }
}

void q50(const uint8_t* block, float* values) {
  const float d = half(block);
  int q[kSmallBlock];
  fiveBits(block + 2, block + 6, q);
  for (int j = 0; j < kSmallBlock; ++j) values[j] = static_cast<float>(q[j] - 16) * d;
}

void q51(const uint8_t* block, float* values) {
  const float d = half(block), m = half(block + 2);
  int q[kSmallBlock];
  fiveBits(block + 4, block + 8, q);
  for (int j = 0; j < kSmallBlock; ++j) values[j] = static_cast<float>(q[j]) * d + m;
}

void q80(const uint8_t* block, float* values) {
  const float d = half(block);
  for (int j = 0; j < kSmallBlock; ++j) values[j] = static_cast<float>(static_cast<int8_t>(block[2 + j])) * d;
}

void q2k(const uint8_t* block, float* values) {
  const uint8_t *scales = block, *q = block + 16;
  const float d = half(block + 80), smallest = half(block + 82);
  for (int part = 0; part < kLargeBlock / 16; ++part) {
    const uint8_t* from = q + part / 8 * 32 + part % 2 * 16;
    const int shift = part % 8 / 2 * 2;
    const float scale = d * static_cast<float>(scales[part] & 15);
    const float offset = smallest * static_cast<float>(scales[part] >> 4);
    for (int l = 0; l < 16; ++l) *values++ = scale * static_cast<float>(from[l] >> shift & 3) - offset;
  }
}

/// The sixteen 6-bit scales of Q3_K, packed into twelve bytes.
void q3kScales(const uint8_t* packed, int* scales) {
  for (int i = 0; i < 16; ++i) {
    const int low = i < 8 ? packed[i] & 15 : packed[i - 8] >> 4;
    const int high = packed[8 + i % 4] >> (i / 4 * 2) & 3;
    scales[i] = (low | high << 4) - 32;
  }
}

void q3k(const uint8_t* block, float* values) {
  const uint8_t *mask = block, *q = block + 32;
  const float d = half(block + 108);
  int scales[16];
  q3kScales(block + 96, scales);
  for (int part = 0; part < kLargeBlock / 16; ++part) {
    const int start = part % 2 * 16, shift = part % 8 / 2 * 2, bit = part / 2;
    const uint8_t* from = q + part / 8 * 32 + start;
    const float scale = d * static_cast<float>(scales[part]);
    for (int l = 0; l < 16; ++l) {
      const int missing = (mask[start + l] >> bit & 1) != 0 ? 0 : 4;
      *values++ = scale * static_cast<float>((from[l] >> shift & 3) - missing);
    }
  }
}

/// Scale and minimum number `index` of Q4_K and Q5_K, 6 bits each in twelve bytes.
void scaleAndMinimum(const uint8_t* packed, int index, float& scale, float& minimum) {
  if (index < 4) {
    scale = static_cast<float>(packed[index] & 63);
    minimum = static_cast<float>(packed[index + 4] & 63);
  } else {
    scale = static_cast<float>((packed[index + 4] & 15) | packed[index - 4] >> 6 << 4);
    minimum = static_cast<float>(packed[index + 4] >> 4 | packed[index] >> 6 << 4);
  }
}

/// Q4_K, and Q5_K where `high` holds the fifth bits.
void fourOrFiveBits(const uint8_t* block, const uint8_t* high, const uint8_t* low, float* values) {
  const float d = half(block), smallest = half(block + 2);
  for (int part = 0; part < kLargeBlock / 32; ++part) {
    float scale = 0, minimum = 0;
    scaleAndMinimum(block + 4, part, scale, minimum);
    scale *= d;
    minimum *= smallest;
    const uint8_t* from = low + part / 2 * 32;
    for (int l = 0; l < 32; ++l) {
      const int fifth = high != nullptr && (high[l] >> part & 1) != 0 ? 16 : 0;
      *values++ = scale * static_cast<float>((part % 2 == 0 ? from[l] & 15 : from[l] >> 4) + fifth) - minimum;
    }
  }
}

void q4k(const uint8_t* block, float* values) { fourOrFiveBits(block, nullptr, block + 16, values); }
void q5k(const uint8_t* block, float* values) { fourOrFiveBits(block, block + 16, block + 48, values); }

void q6k(const uint8_t* block, float* values) {
  const float d = half(block + 208);
  for (int part = 0; part < kLargeBlock / 32; ++part) {
    const uint8_t* low = block + part / 4 * 64 + part % 2 * 32;
    const uint8_t* high = block + 128 + part / 4 * 32;
    const int shift = part % 4 * 2;
    for (int l = 0; l < 32; ++l) {
      const auto scale = static_cast<int8_t>(block[192 + part * 2 + l / 16]);
      const int four = part % 4 < 2 ? low[l] & 15 : low[l] >> 4;
      *values++ = d * static_cast<float>(scale) * static_cast<float>((four | (high[l] >> shift & 3) << 4) - 32);
    }
  }
}

constexpr GgufBlockType kBlockTypes[] = {
    {2, "Q4_0", kSmallBlock, 18, q40},   {3, "Q4_1", kSmallBlock, 20, q41},   {6, "Q5_0", kSmallBlock, 22, q50},
    {7, "Q5_1", kSmallBlock, 24, q51},   {8, "Q8_0", kSmallBlock, 34, q80},   {10, "Q2_K", kLargeBlock, 84, q2k},
    {11, "Q3_K", kLargeBlock, 110, q3k}, {12, "Q4_K", kLargeBlock, 144, q4k}, {13, "Q5_K", kLargeBlock, 176, q5k},
    {14, "Q6_K", kLargeBlock, 210, q6k},
};

}  // namespace

const GgufBlockType* ggufBlockType(uint32_t id) {
  for (const GgufBlockType& type : kBlockTypes)
    if (type.id == id) return &type;
  return nullptr;
}

}  // namespace lorikeet

#pragma once
// Products of 16-bit integers. Included by the per-instruction-set kernel files only.
#include "ops/kernels_math.h"
#include "ops/kernels_tile.h"

namespace lorikeet {
namespace {

constexpr int64_t kPairBlock = kIntegerBlock / 2;

/// R rows x (C vectors of V) over the whole depth, a block of it at a time.
template <class V, int R, int C>
void integerStrip(const IntegerTileRows& rows, const IntegerPanel& panel, int column, float* c, int64_t cStride,
                  bool accumulate) {
  using F = typename V::Float;
  const int16_t* row[R];
  for (int r = 0; r < R; ++r) row[r] = rows.values[r];
  const int16_t* weights = panel.values + 2 * column;
  const int64_t pairs = panel.depth / 2;
  for (int64_t begin = 0; begin < pairs; begin += kPairBlock) {
    const int64_t end = begin + kPairBlock < pairs ? begin + kPairBlock : pairs;
    V sum[R][C];
    for (int r = 0; r < R; ++r)
      for (int j = 0; j < C; ++j) sum[r][j] = V::zero();
    for (int64_t k = begin; k < end; ++k) {
      V b[C];
      for (int j = 0; j < C; ++j) b[j] = V::load(weights + 2 * (k * kPanelWidth + j * V::kWidth));
      for (int r = 0; r < R; ++r) {
        const V a = V::broadcast(row[r] + 2 * k);
        for (int j = 0; j < C; ++j) sum[r][j].addProducts(a, b[j]);
      }
    }
    const float* scales = panel.scales + begin / kPairBlock * kPanelWidth + column;
    for (int r = 0; r < R; ++r) {
      const F scale = F::broadcast(rows.scales[r][begin / kPairBlock]);
      for (int j = 0; j < C; ++j) {
        float* to = c + r * cStride + column + j * V::kWidth;
        const F before = accumulate || begin > 0 ? F::load(to) : F::zero();
        F::fma(sum[r][j].toFloat(), scale * F::load(scales + j * V::kWidth), before).store(to);
      }
    }
  }
}

using IntegerStrip = void (*)(const IntegerTileRows&, const IntegerPanel&, int, float*, int64_t, bool);

/// Strip kernels for 1, 2, ... kTileRows rows.
template <class V, class Indices>
struct IntegerStrips;
template <class V, int... I>
struct IntegerStrips<V, Indices<I...>> {
  static constexpr IntegerStrip kFunctions[] = {&integerStrip<V, I + 1, kStripVectors>...};
};

template <class V>
void tileInt16(const IntegerTileRows& rows, const IntegerPanel& panel, float* c, int64_t cStride, bool accumulate) {
  const IntegerStrip strip = IntegerStrips<V, MakeIndices<kTileRows>::Type>::kFunctions[rows.count - 1];
  for (int column = 0; column < kPanelWidth; column += V::kWidth * kStripVectors)
    strip(rows, panel, column, c, cStride, accumulate);
}

/// One block of a row. Times zero, what is not finite becomes NaN, and everything else nothing.
void blockToInt16(const float* from, int64_t count, int16_t* to, float* scale) {
  Wide largest = Wide::zero(), nothing = Wide::zero();
  forVectors<Wide>(count, [&](auto load, auto) {
    const Wide x = load(from);
    largest = Wide::max(Wide::abs(x), largest);
    nothing = Wide::fma(x, Wide::zero(), nothing);
  });
  const float most = largest.maximum(), check = nothing.sum();
  *scale = most / kLargestRowInteger + check;
  const Wide rate = Wide::broadcast(most > 1e-30f && check == 0 ? kLargestRowInteger / most : 0.f);
  int64_t i = 0;
  for (; i + Wide::kWidth <= count; i += Wide::kWidth) (Wide::load(from + i) * rate).storeInt16(to + i);
  if (i < count) {
    int16_t last[Wide::kWidth];
    (loadPartial<Wide>(from + i, count - i) * rate).storeInt16(last);
    for (int64_t j = i; j < count; ++j) to[j] = last[j - i];
  }
}

void rowToInt16(const float* from, int64_t count, int16_t* to, float* scales) {
  for (int64_t begin = 0; begin < count; begin += kIntegerBlock)
    blockToInt16(from + begin, count - begin < kIntegerBlock ? count - begin : kIntegerBlock, to + begin, scales++);
}

/// One block of a panel, a vector of columns at a time.
void panelBlockToInt16(const float* from, int64_t depth, int16_t* to, float* scales) {
  for (int column = 0; column < kPanelWidth; column += Wide::kWidth) {
    Wide largest = Wide::zero(), nothing = Wide::zero();
    for (int64_t r = 0; r < depth; ++r) {
      const Wide x = Wide::load(from + r * kPanelWidth + column);
      largest = Wide::max(Wide::abs(x), largest);
      nothing = Wide::fma(x, Wide::zero(), nothing);
    }
    const Wide tiny = Wide::broadcast(1e-30f), most = Wide::broadcast(kLargestWeightInteger);
    (largest * Wide::broadcast(1.f / kLargestWeightInteger) + nothing).store(scales + column);
    const Wide rate = most / Wide::max(largest, tiny);
    for (int64_t r = 0; r < depth; r += 2) {
      const float* pair = from + r * kPanelWidth + column;
      Wide::storeInt16Pairs(Wide::load(pair) * rate, Wide::load(pair + kPanelWidth) * rate,
                            to + r * kPanelWidth + 2 * column);
    }
  }
}

void panelToInt16(const float* from, int64_t depth, int16_t* to, float* scales) {
  for (int64_t begin = 0; begin < depth; begin += kIntegerBlock) {
    const int64_t count = depth - begin < kIntegerBlock ? depth - begin : kIntegerBlock;
    panelBlockToInt16(from + begin * kPanelWidth, count, to + begin * kPanelWidth, scales);
    scales += kPanelWidth;
  }
}

}  // namespace
}  // namespace lorikeet

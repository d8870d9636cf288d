#pragma once
// Products of numbers of fewer bits than f32: 16-bit and 8-bit integers with scales, and bf16. Rows and panels consist
// of lanes of 32 bits, of two or four values, each of which an instruction multiplies and adds up at once. Included by
// the per-instruction-set kernel files only.
#include "ops/kernels_math.h"
#include "ops/kernels_tile.h"

namespace lorikeet {
namespace {

constexpr int kLaneBytes = 4;

/// Pairs of 16-bit integers in lanes of the class `L`.
template <class L>
struct Pairs {
  using Lanes = L;
  using Float = typename L::Float;
  static constexpr int kWidth = L::kWidth, kValues = 2, kScaleRows = 1;
  static constexpr bool kIsInteger = true;
  /// What the sums of a block of the depth begin with, whose scales these are.
  static Lanes first(const float*) { return Lanes::zero(); }
  static Lanes plus(Lanes sum, Lanes a, Lanes b) {
    addPairs(sum.v, a.v, b.v);
    return sum;
  }
};
template <class L>
struct PairsVnni : Pairs<L> {
  static L plus(L sum, L a, L b) {
    addPairsVnni(sum.v, a.v, b.v);
    return sum;
  }
};

/// Four 8-bit integers a lane, those of rows unsigned: sums begin with what undoes their offset.
template <class L>
struct Quads : Pairs<L> {
  static constexpr int kValues = 4, kScaleRows = 2;
  static L first(const float* scales) { return L::ofWhole(L::Float::load(scales + kPanelWidth)); }
  static L plus(L sum, L a, L b) {
    addQuads(sum.v, a.v, b.v);
    return sum;
  }
};
template <class L>
struct QuadsVnni : Quads<L> {
  static L plus(L sum, L a, L b) {
    addQuadsVnni(sum.v, a.v, b.v);
    return sum;
  }
};

/// Integers: R rows x (C vectors of products P) over the whole depth, a block of it at a time. The sums of a block are
/// exact.
template <class P, int R, int C>
void integerStrip(const ReducedTileRows& rows, const ReducedPanel& panel, int column, float* c, int64_t cStride,
                  bool accumulate) {
  using F = typename P::Float;
  using V = typename P::Lanes;
  constexpr int64_t kBlockLanes = kIntegerBlock / P::kValues;
  const std::byte* row[R];
  for (int r = 0; r < R; ++r) row[r] = rows.values[r];
  const std::byte* weights = panel.values + kLaneBytes * column;
  const int64_t lanes = panel.depth / P::kValues;
  for (int64_t begin = 0; begin < lanes; begin += kBlockLanes) {
    const int64_t end = begin + kBlockLanes < lanes ? begin + kBlockLanes : lanes;
    const float* scales = panel.scales + begin / kBlockLanes * P::kScaleRows * kPanelWidth + column;
    V sum[R][C];
    for (int j = 0; j < C; ++j) {
      const V first = P::first(scales + j * V::kWidth);
      for (int r = 0; r < R; ++r) sum[r][j] = first;
    }
    for (int64_t k = begin; k < end; ++k) {
      V b[C];
      for (int j = 0; j < C; ++j) b[j] = V::load(weights + kLaneBytes * (k * kPanelWidth + j * V::kWidth));
      for (int r = 0; r < R; ++r) {
        const V a = V::broadcast(row[r] + kLaneBytes * k);
        for (int j = 0; j < C; ++j) sum[r][j] = P::plus(sum[r][j], a, b[j]);
      }
    }
    for (int r = 0; r < R; ++r) {
      const F scale = F::broadcast(rows.scales[r][begin / kBlockLanes]);
      for (int j = 0; j < C; ++j) {
        float* to = c + r * cStride + column + j * V::kWidth;
        const F before = accumulate || begin > 0 ? F::load(to) : F::zero();
        F::fma(sum[r][j].toFloat(), scale * F::load(scales + j * V::kWidth), before).store(to);
      }
    }
  }
}

/// bf16: the same with sums in f32.
template <class V, int R, int C>
void bf16Strip(const ReducedTileRows& rows, const ReducedPanel& panel, int column, float* c, int64_t cStride,
               bool accumulate) {
  V sum[R][C];
  const std::byte* row[R];
  for (int r = 0; r < R; ++r) row[r] = rows.values[r];
  for (int r = 0; r < R; ++r)
    for (int j = 0; j < C; ++j)
      sum[r][j] = accumulate ? V::ofFloats(c + r * cStride + column + j * V::kWidth) : V::zero();
  const std::byte* weights = panel.values + kLaneBytes * column;
  for (int64_t k = 0; k < panel.depth / 2; ++k) {
    V b[C];
    for (int j = 0; j < C; ++j) b[j] = V::load(weights + kLaneBytes * (k * kPanelWidth + j * V::kWidth));
    for (int r = 0; r < R; ++r) {
      const V a = V::broadcast(row[r] + kLaneBytes * k);
      for (int j = 0; j < C; ++j) sum[r][j] = V::plus(sum[r][j], a, b[j]);
    }
  }
  for (int r = 0; r < R; ++r)
    for (int j = 0; j < C; ++j) sum[r][j].toFloat().store(c + r * cStride + column + j * V::kWidth);
}

template <class V, int R, int C>
void reducedStrip(const ReducedTileRows& rows, const ReducedPanel& panel, int column, float* c, int64_t cStride,
                  bool accumulate) {
  if constexpr (V::kIsInteger)
    integerStrip<V, R, C>(rows, panel, column, c, cStride, accumulate);
  else
    bf16Strip<V, R, C>(rows, panel, column, c, cStride, accumulate);
}

using ReducedStrip = void (*)(const ReducedTileRows&, const ReducedPanel&, int, float*, int64_t, bool);

/// Strip kernels for 1, 2, ... kTileRows rows.
template <class V, int C, class Indices>
struct ReducedStrips;
template <class V, int C, int... I>
struct ReducedStrips<V, C, Indices<I...>> {
  static constexpr ReducedStrip kFunctions[] = {&reducedStrip<V, I + 1, C>...};
};

template <class V>
void reducedTile(const ReducedTileRows& rows, const ReducedPanel& panel, int width, float* c, int64_t cStride,
                 bool accumulate) {
  constexpr int kStrip = V::kWidth * kStripVectors;
  using Rows = MakeIndices<kTileRows>::Type;
  int column = 0;
  for (; column + kStrip <= width; column += kStrip)
    ReducedStrips<V, kStripVectors, Rows>::kFunctions[rows.count - 1](rows, panel, column, c, cStride, accumulate);
  if constexpr (kStrip > kPanelWidth / 2)
    if (column < width)
      ReducedStrips<V, 1, Rows>::kFunctions[rows.count - 1](rows, panel, column, c, cStride, accumulate);
}

/// The scale of one block of a row and the rate that makes integers of it. Times zero, what is not finite becomes NaN,
/// and everything else nothing.
Wide rateOfBlock(const float* from, int64_t count, int largestInteger, float* scale) {
  Wide largest = Wide::zero(), nothing = Wide::zero();
  forVectors<Wide>(count, [&](auto load, auto) {
    const Wide x = load(from);
    largest = Wide::max(Wide::abs(x), largest);
    nothing = Wide::fma(x, Wide::zero(), nothing);
  });
  const float most = largest.maximum(), check = nothing.sum();
  const float limit = static_cast<float>(largestInteger);
  *scale = most / limit + check;
  return Wide::broadcast(most > 1e-30f && check == 0 ? limit / most : 0.f);
}

/// A row as integers; put(x, to) writes a vector of them.
template <class Integer, class Put>
void rowToIntegers(const float* from, int64_t count, int largestInteger, Integer* to, float* scales, const Put& put) {
  for (int64_t begin = 0; begin < count; begin += kIntegerBlock) {
    const int64_t end = count - begin < kIntegerBlock ? count : begin + kIntegerBlock;
    const Wide rate = rateOfBlock(from + begin, end - begin, largestInteger, scales++);
    int64_t i = begin;
    for (; i + Wide::kWidth <= end; i += Wide::kWidth) put(Wide::load(from + i) * rate, to + i);
    if (i == end) continue;
    Integer last[Wide::kWidth];
    put(loadPartial<Wide>(from + i, end - i) * rate, last);
    for (int64_t j = i; j < end; ++j) to[j] = last[j - i];
  }
}

void rowToInt16(const float* from, int64_t count, std::byte* to, float* scales) {
  rowToIntegers(from, count, kLargestInt16, reinterpret_cast<int16_t*>(to), scales,
                [](Wide x, int16_t* p) { x.storeInt16(p); });
}

void rowToInt8(const float* from, int64_t count, std::byte* to, float* scales) {
  rowToIntegers(from, count, kLargestInt8, reinterpret_cast<uint8_t*>(to), scales, [](Wide x, uint8_t* p) {
    x.storeInt8(reinterpret_cast<int8_t*>(p));
    for (int i = 0; i < Wide::kWidth; ++i) p[i] ^= kInt8Offset;
  });
}

void rowToBf16(const float* from, int64_t count, std::byte* to, float*) {
  f32ToBf16(from, reinterpret_cast<uint16_t*>(to), count);
}

/// For a vector of columns of one block of a panel: stores the scales and returns the rates.
Wide ratesOfColumns(const float* from, int64_t depth, int largestInteger, float* scales) {
  Wide largest = Wide::zero(), nothing = Wide::zero();
  for (int64_t r = 0; r < depth; ++r) {
    const Wide x = Wide::load(from + r * kPanelWidth);
    largest = Wide::max(Wide::abs(x), largest);
    nothing = Wide::fma(x, Wide::zero(), nothing);
  }
  const float limit = static_cast<float>(largestInteger);
  (largest * Wide::broadcast(1.f / limit) + nothing).store(scales);
  return Wide::broadcast(limit) / Wide::max(largest, Wide::broadcast(1e-30f));
}

void panelToInt16(const float* from, int64_t depth, std::byte* to, float* scales) {
  for (int64_t begin = 0; begin < depth; begin += kIntegerBlock, scales += kPanelWidth) {
    const int64_t end = depth - begin < kIntegerBlock ? depth : begin + kIntegerBlock;
    for (int column = 0; column < kPanelWidth; column += Wide::kWidth) {
      const Wide rate =
          ratesOfColumns(from + begin * kPanelWidth + column, end - begin, kLargestInt16, scales + column);
      for (int64_t r = begin; r < end; r += 2) {
        const float* pair = from + r * kPanelWidth + column;
        Wide::storeInt16Pairs(Wide::load(pair) * rate, Wide::load(pair + kPanelWidth) * rate,
                              reinterpret_cast<int16_t*>(to + (r * kPanelWidth + 2 * column) * 2));
      }
    }
  }
}

/// The second row of scales of a block: what undoes the offset of the rows, a whole number.
void panelToInt8(const float* from, int64_t depth, std::byte* to, float* scales) {
  for (int64_t begin = 0; begin < depth; begin += kIntegerBlock, scales += 2 * kPanelWidth) {
    const int64_t end = depth - begin < kIntegerBlock ? depth : begin + kIntegerBlock;
    for (int column = 0; column < kPanelWidth; column += Wide::kWidth) {
      const Wide rate = ratesOfColumns(from + begin * kPanelWidth + column, end - begin, kLargestInt8, scales + column);
      Wide sum = Wide::zero();
      for (int64_t r = begin; r < end; r += 4) {
        Wide rows[4];
        for (int i = 0; i < 4; ++i) {
          rows[i] = Wide::round(Wide::load(from + (r + i) * kPanelWidth + column) * rate);
          sum = sum + rows[i];
        }
        Wide::storeInt8Quads(rows, reinterpret_cast<int8_t*>(to + r * kPanelWidth + 4 * column));
      }
      (sum * Wide::broadcast(-kInt8Offset)).store(scales + kPanelWidth + column);
    }
  }
}

void panelToBf16(const float* from, int64_t depth, std::byte* to, float*) {
  for (int64_t r = 0; r < depth; r += 2, from += 2 * kPanelWidth, to += kLaneBytes * kPanelWidth) {
    uint16_t rows[2][kPanelWidth];
    f32ToBf16(from, rows[0], kPanelWidth);
    f32ToBf16(from + kPanelWidth, rows[1], kPanelWidth);
    uint32_t lanes[kPanelWidth];
    for (int j = 0; j < kPanelWidth; ++j) lanes[j] = rows[0][j] | static_cast<uint32_t>(rows[1][j]) << 16;
    __builtin_memcpy(to, lanes, sizeof(lanes));
  }
}

}  // namespace
}  // namespace lorikeet

#pragma once
// The matrix-product tile and what follows it. Included by the per-instruction-set kernel files only.

namespace lorikeet {
namespace {

/// R rows x (C vectors of V): R * C accumulators in registers, one broadcast of each row's value per depth step.
template <class V, int R, int C>
void tileStrip(const float* const* rows, const float* panel, int64_t panelStride, int64_t depth, float* c,
               int64_t cStride, bool accumulate) {
  V sum[R][C];
  const float* row[R];
  for (int r = 0; r < R; ++r) {
    row[r] = rows[r];
    for (int j = 0; j < C; ++j) sum[r][j] = accumulate ? V::load(c + r * cStride + j * V::kWidth) : V::zero();
  }
  for (int64_t k = 0; k < depth; ++k) {
    V b[C];
    for (int j = 0; j < C; ++j) b[j] = V::load(panel + k * panelStride + j * V::kWidth);
    for (int r = 0; r < R; ++r) {
      const V a = V::broadcast(row[r][k]);
      for (int j = 0; j < C; ++j) sum[r][j] = V::fma(a, b[j], sum[r][j]);
    }
  }
  for (int r = 0; r < R; ++r)
    for (int j = 0; j < C; ++j) sum[r][j].store(c + r * cStride + j * V::kWidth);
}

using StripFunction = void (*)(const float* const*, const float*, int64_t, int64_t, float*, int64_t, bool);

/// Strip kernels for 1, 2, ... kTileRows rows.
template <class V, int C, class Indices>
struct StripTable;
template <int... I>
struct Indices {};
template <int N, int... I>
struct MakeIndices : MakeIndices<N - 1, N - 1, I...> {};
template <int... I>
struct MakeIndices<0, I...> {
  using Type = Indices<I...>;
};
template <class V, int C, int... I>
struct StripTable<V, C, Indices<I...>> {
  static constexpr StripFunction kFunctions[] = {&tileStrip<V, I + 1, C>...};
};
template <class V, int C>
using Strips = StripTable<V, C, typename MakeIndices<kTileRows>::Type>;

void tile(const float* const* rows, int rowCount, const float* panel, int64_t panelStride, int width, int64_t depth,
          float* c, int64_t cStride, bool accumulate) {
  constexpr int kStrip = Wide::kWidth * kStripVectors;
  int j = 0;
  for (; j + kStrip <= width; j += kStrip)
    Strips<Wide, kStripVectors>::kFunctions[rowCount - 1](rows, panel + j, panelStride, depth, c + j, cStride,
                                                          accumulate);
  for (; j + Wide::kWidth <= width; j += Wide::kWidth)
    Strips<Wide, 1>::kFunctions[rowCount - 1](rows, panel + j, panelStride, depth, c + j, cStride, accumulate);
  for (; j + Narrow::kWidth <= width; j += Narrow::kWidth)
    Strips<Narrow, 1>::kFunctions[rowCount - 1](rows, panel + j, panelStride, depth, c + j, cStride, accumulate);
}

void finishTile(const float* tileValues, int rowCount, int columns, const TileEpilogue& epilogue, float* out,
                int64_t outStride) {
  for (int r = 0; r < rowCount; ++r) {
    const float* from = tileValues + r * kPanelWidth;
    const float* residual = epilogue.residual == nullptr ? nullptr : epilogue.residual + r * outStride;
    float* to = out + r * outStride;
    forVectors<Wide>(columns, [&](auto load, auto store) {
      Wide v = load(from);
      if (epilogue.bias != nullptr) v = v + load(epilogue.bias);
      v = activateVector(v, epilogue.activation);
      if (residual != nullptr) v = v + load(residual);
      store(v, to);
    });
  }
}

void finishGegluTile(const float* value, const float* gate, int rowCount, int columns, const float* valueBias,
                     const float* gateBias, float* out, int64_t outStride) {
  for (int r = 0; r < rowCount; ++r) {
    const float* v = value + r * kPanelWidth;
    const float* g = gate + r * kPanelWidth;
    float* to = out + r * outStride;
    forVectors<Wide>(columns, [&](auto load, auto store) {
      Wide x = load(v);
      Wide y = load(g);
      if (valueBias != nullptr) x = x + load(valueBias);
      if (gateBias != nullptr) y = y + load(gateBias);
      store(x * geluVector(y), to);
    });
  }
}

}  // namespace
}  // namespace lorikeet

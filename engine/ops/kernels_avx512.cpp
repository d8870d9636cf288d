#include "ops/kernels.h"
#include "ops/simd_avx512.h"

namespace lorikeet {
namespace {

using Wide = F32x16;
using Narrow = F32x8;
using PairLanes = I32x16;
using QuadLanes = I32x8;
using Bf16Lanes = SlowBf16x16;
constexpr Isa kIsa = Isa::Avx512;
constexpr int kTileRows = 14;
constexpr int kStripVectors = 2;

void f16ToF32(const uint16_t* from, float* to, int64_t count) {
  int64_t i = 0;
  for (; i + 16 <= count; i += 16)
    _mm512_storeu_ps(to + i, _mm512_cvtph_ps(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(from + i))));
  for (; i < count; ++i) to[i] = _cvtsh_ss(from[i]);
}

void f32ToF16(const float* from, uint16_t* to, int64_t count) {
  int64_t i = 0;
  for (; i + 16 <= count; i += 16)
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(to + i),
                        _mm512_cvtps_ph(_mm512_loadu_ps(from + i), _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC));
  for (; i < count; ++i) to[i] = _cvtss_sh(from[i], _MM_FROUND_TO_NEAREST_INT);
}

}  // namespace
}  // namespace lorikeet

#include "ops/kernels_table.h"

namespace lorikeet {
const Kernels& avx512Kernels() {
  static const Kernels table = [] {
    Kernels of = withVnni<PairLanes>(kTable);
    if (hasBf16(kIsa)) of.bf16.tile = reducedTile<Bf16x32>;
    return of;
  }();
  return table;
}
}  // namespace lorikeet

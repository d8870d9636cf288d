#include "ops/kernels.h"
#include "ops/simd_avx2.h"

namespace lorikeet {
namespace {

using Wide = F32x8;
using Narrow = F32x8;
using PairLanes = I32x8;
using QuadLanes = I32x8;
using Bf16Lanes = SlowBf16x16;
constexpr Isa kIsa = Isa::Avx2;
constexpr int kTileRows = 6;
constexpr int kStripVectors = 2;

void f16ToF32(const uint16_t* from, float* to, int64_t count) {
  int64_t i = 0;
  for (; i + 8 <= count; i += 8)
    _mm256_storeu_ps(to + i, _mm256_cvtph_ps(_mm_loadu_si128(reinterpret_cast<const __m128i*>(from + i))));
  for (; i < count; ++i) to[i] = _cvtsh_ss(from[i]);
}

void f32ToF16(const float* from, uint16_t* to, int64_t count) {
  int64_t i = 0;
  for (; i + 8 <= count; i += 8)
    _mm_storeu_si128(reinterpret_cast<__m128i*>(to + i),
                     _mm256_cvtps_ph(_mm256_loadu_ps(from + i), _MM_FROUND_TO_NEAREST_INT));
  for (; i < count; ++i) to[i] = _cvtss_sh(from[i], _MM_FROUND_TO_NEAREST_INT);
}

}  // namespace
}  // namespace lorikeet

#include "ops/kernels_table.h"

namespace lorikeet {
const Kernels& avx2Kernels() {
  static const Kernels table = withVnni<PairLanes>(kTable);
  return table;
}
}  // namespace lorikeet

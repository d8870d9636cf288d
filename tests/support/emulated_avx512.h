#pragma once
// AVX-512 and the instructions of VNNI and BF16 on a processor that has AVX2 only, so that the kernels for them can be
// tested everywhere: 512-bit vectors are two of 256 bits, and dot products loops as in Intel's manual. Takes the place
// of ops/dot_products.h, included by the compiler's command, with LORIKEET_EMULATED_AVX512; has the intrinsics that
// ops/simd_avx512.h uses.
#include <immintrin.h>

#include <cmath>
#include <cstdint>
#include <cstring>

namespace lorikeet {
namespace {

struct Emulated512 {
  __m256 low, high;
};
struct Emulated512i {
  __m256i low, high;
};
#define __m512 Emulated512
#define __m512i Emulated512i

inline Emulated512 emulated_add_ps(Emulated512 a, Emulated512 b) {
  return {_mm256_add_ps(a.low, b.low), _mm256_add_ps(a.high, b.high)};
}
#define _mm512_add_ps emulated_add_ps
inline Emulated512 emulated_sub_ps(Emulated512 a, Emulated512 b) {
  return {_mm256_sub_ps(a.low, b.low), _mm256_sub_ps(a.high, b.high)};
}
#define _mm512_sub_ps emulated_sub_ps
inline Emulated512 emulated_mul_ps(Emulated512 a, Emulated512 b) {
  return {_mm256_mul_ps(a.low, b.low), _mm256_mul_ps(a.high, b.high)};
}
#define _mm512_mul_ps emulated_mul_ps
inline Emulated512 emulated_div_ps(Emulated512 a, Emulated512 b) {
  return {_mm256_div_ps(a.low, b.low), _mm256_div_ps(a.high, b.high)};
}
#define _mm512_div_ps emulated_div_ps
inline Emulated512 emulated_max_ps(Emulated512 a, Emulated512 b) {
  return {_mm256_max_ps(a.low, b.low), _mm256_max_ps(a.high, b.high)};
}
#define _mm512_max_ps emulated_max_ps
inline Emulated512 emulated_min_ps(Emulated512 a, Emulated512 b) {
  return {_mm256_min_ps(a.low, b.low), _mm256_min_ps(a.high, b.high)};
}
#define _mm512_min_ps emulated_min_ps
inline Emulated512 emulated_and_ps(Emulated512 a, Emulated512 b) {
  return {_mm256_and_ps(a.low, b.low), _mm256_and_ps(a.high, b.high)};
}
#define _mm512_and_ps emulated_and_ps
inline Emulated512 emulated_or_ps(Emulated512 a, Emulated512 b) {
  return {_mm256_or_ps(a.low, b.low), _mm256_or_ps(a.high, b.high)};
}
#define _mm512_or_ps emulated_or_ps
inline Emulated512 emulated_andnot_ps(Emulated512 a, Emulated512 b) {
  return {_mm256_andnot_ps(a.low, b.low), _mm256_andnot_ps(a.high, b.high)};
}
#define _mm512_andnot_ps emulated_andnot_ps
inline Emulated512i emulated_and_si512(Emulated512i a, Emulated512i b) {
  return {_mm256_and_si256(a.low, b.low), _mm256_and_si256(a.high, b.high)};
}
#define _mm512_and_si512 emulated_and_si512
inline Emulated512i emulated_or_si512(Emulated512i a, Emulated512i b) {
  return {_mm256_or_si256(a.low, b.low), _mm256_or_si256(a.high, b.high)};
}
#define _mm512_or_si512 emulated_or_si512
inline Emulated512 emulated_fmadd_ps(Emulated512 a, Emulated512 b, Emulated512 c) {
  return {_mm256_fmadd_ps(a.low, b.low, c.low), _mm256_fmadd_ps(a.high, b.high, c.high)};
}
#define _mm512_fmadd_ps emulated_fmadd_ps
inline Emulated512 emulated_cvtepi32_ps(Emulated512i a) {
  return {_mm256_cvtepi32_ps(a.low), _mm256_cvtepi32_ps(a.high)};
}
#define _mm512_cvtepi32_ps emulated_cvtepi32_ps
inline Emulated512i emulated_cvtps_epi32(Emulated512 a) {
  return {_mm256_cvtps_epi32(a.low), _mm256_cvtps_epi32(a.high)};
}
#define _mm512_cvtps_epi32 emulated_cvtps_epi32

#define _mm512_setzero_ps() \
  Emulated512 { _mm256_setzero_ps(), _mm256_setzero_ps() }
#define _mm512_setzero_si512() \
  Emulated512i { _mm256_setzero_si256(), _mm256_setzero_si256() }
#define _mm512_set1_ps(x) \
  Emulated512 { _mm256_set1_ps(x), _mm256_set1_ps(x) }
#define _mm512_set1_epi32(x) \
  Emulated512i { _mm256_set1_epi32(x), _mm256_set1_epi32(x) }
#define __mmask16 uint16_t

/// The bits of a vector as N values of T, and back.
template <class T, int N, class Vector>
struct Values {
  T v[N];
  explicit Values(const Vector& from) { std::memcpy(v, &from, sizeof(v)); }
  Vector vector() const {
    Vector to;
    std::memcpy(&to, v, sizeof(to));
    return to;
  }
};

inline Emulated512 emulated_loadu_ps(const void* p) {
  Emulated512 r;
  std::memcpy(&r, p, sizeof(r));
  return r;
}
#define _mm512_loadu_ps emulated_loadu_ps
inline Emulated512i emulated_loadu_si512(const void* p) {
  Emulated512i r;
  std::memcpy(&r, p, sizeof(r));
  return r;
}
#define _mm512_loadu_si512 emulated_loadu_si512
inline void emulated_storeu_ps(void* p, Emulated512 a) { std::memcpy(p, &a, sizeof(a)); }
#define _mm512_storeu_ps emulated_storeu_ps
inline void emulated_storeu_si512(void* p, Emulated512i a) { std::memcpy(p, &a, sizeof(a)); }
#define _mm512_storeu_si512 emulated_storeu_si512
inline Emulated512 emulated_abs_ps(Emulated512 a) { return emulated_andnot_ps(_mm512_set1_ps(-0.F), a); }
#define _mm512_abs_ps emulated_abs_ps
inline Emulated512i emulated_cvtepi8_epi32(__m128i a) {
  return {_mm256_cvtepi8_epi32(a), _mm256_cvtepi8_epi32(_mm_srli_si128(a, 8))};
}
#define _mm512_cvtepi8_epi32 emulated_cvtepi8_epi32
/// Cuts the upper bits off.
template <class T, class Narrow>
inline Narrow narrowed(Emulated512i a) {
  const Values<int32_t, 16, Emulated512i> from(a);
  T to[16];
  for (int i = 0; i < 16; ++i) to[i] = static_cast<T>(from.v[i]);
  Narrow r;
  std::memcpy(&r, to, sizeof(r));
  return r;
}
#define _mm512_cvtepi32_epi8 narrowed<int8_t, __m128i>
#define _mm512_cvtepi32_epi16 narrowed<int16_t, __m256i>
inline Emulated512 emulated_cvtph_ps(__m256i a) {
  return {_mm256_cvtph_ps(_mm256_castsi256_si128(a)), _mm256_cvtph_ps(_mm256_extracti128_si256(a, 1))};
}
#define _mm512_cvtph_ps emulated_cvtph_ps
inline __m256i emulated_cvtps_ph(Emulated512 a, int) {
  return _mm256_set_m128i(_mm256_cvtps_ph(a.high, _MM_FROUND_TO_NEAREST_INT),
                          _mm256_cvtps_ph(a.low, _MM_FROUND_TO_NEAREST_INT));
}
#define _mm512_cvtps_ph emulated_cvtps_ph
inline Emulated512i emulated_slli_epi32(Emulated512i a, unsigned bits) {
  const __m128i count = _mm_cvtsi32_si128(static_cast<int>(bits));
  return {_mm256_sll_epi32(a.low, count), _mm256_sll_epi32(a.high, count)};
}
#define _mm512_slli_epi32 emulated_slli_epi32
/// Of b where the mask has a one.
template <class T, int N, class Vector>
inline Vector blended(uint32_t mask, Vector a, Vector b) {
  Values<T, N, Vector> to(a), other(b);
  for (int i = 0; i < N; ++i)
    if ((mask >> i & 1U) != 0) to.v[i] = other.v[i];
  return to.vector();
}
#define _mm512_mask_blend_epi16 blended<uint16_t, 32, Emulated512i>
#define _mm512_mask_blend_ps blended<float, 16, Emulated512>
inline uint16_t emulated_cmp_ps_mask(Emulated512 a, Emulated512 b, int) {
  const int low = _mm256_movemask_ps(_mm256_cmp_ps(a.low, b.low, _CMP_LT_OQ));
  return static_cast<uint16_t>(low | _mm256_movemask_ps(_mm256_cmp_ps(a.high, b.high, _CMP_LT_OQ)) << 8);
}
#define _mm512_cmp_ps_mask emulated_cmp_ps_mask
inline Emulated512 emulated_roundscale_ps(Emulated512 a, int) {
  constexpr int kNearest = _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC;
  return {_mm256_round_ps(a.low, kNearest), _mm256_round_ps(a.high, kNearest)};
}
#define _mm512_roundscale_ps emulated_roundscale_ps
inline Emulated512 emulated_scalef_ps(Emulated512 a, Emulated512 n) {
  Values<float, 16, Emulated512> to(a), powers(n);
  for (int i = 0; i < 16; ++i) to.v[i] = std::ldexp(to.v[i], static_cast<int>(std::floor(powers.v[i])));
  return to.vector();
}
#define _mm512_scalef_ps emulated_scalef_ps
inline float emulated_reduce_add_ps(Emulated512 a) {
  float sum = 0;
  for (const float x : Values<float, 16, Emulated512>(a).v) sum += x;
  return sum;
}
#define _mm512_reduce_add_ps emulated_reduce_add_ps
inline float emulated_reduce_max_ps(Emulated512 a) {
  float best = -INFINITY;
  for (const float x : Values<float, 16, Emulated512>(a).v) best = x > best ? x : best;
  return best;
}
#define _mm512_reduce_max_ps emulated_reduce_max_ps

/// Lanes of 32 bits: sum += the products of the values of type A and B in them.
template <class A, class B, class Vector>
inline void addDotProducts(Vector& sum, const Vector& a, const Vector& b) {
  constexpr int kLanes = sizeof(Vector) / 4, kPerLane = 4 / sizeof(A);
  Values<int32_t, kLanes, Vector> sums(sum);
  const Values<A, kLanes * kPerLane, Vector> first(a);
  const Values<B, kLanes * kPerLane, Vector> second(b);
  for (int i = 0; i < kLanes * kPerLane; ++i) sums.v[i / kPerLane] += first.v[i] * second.v[i];
  sum = sums.vector();
}
template <class Vector>
inline void addPairs(Vector& sum, Vector a, Vector b) {
  addDotProducts<int16_t, int16_t>(sum, a, b);
}
template <class Vector>
inline void addPairsVnni(Vector& sum, Vector a, Vector b) {
  addDotProducts<int16_t, int16_t>(sum, a, b);
}
template <class Vector>
inline void addQuadsVnni(Vector& sum, Vector a, Vector b) {
  addDotProducts<uint8_t, int8_t>(sum, a, b);
}
/// The odd value of a pair is added first.
inline void addBf16Pairs(Emulated512& sum, Emulated512 a, Emulated512 b) {
  Values<float, 16, Emulated512> sums(sum);
  const Values<uint32_t, 16, Emulated512> first(a), second(b);
  const auto product = [&](int i, uint32_t mask, int shift) {
    const uint32_t x = (first.v[i] & mask) << shift, y = (second.v[i] & mask) << shift;
    float factors[2];
    std::memcpy(factors, &x, sizeof(x));
    std::memcpy(factors + 1, &y, sizeof(y));
    return factors[0] * factors[1];
  };
  for (int i = 0; i < 16; ++i) {
    sums.v[i] += product(i, 0xffff0000U, 0);
    sums.v[i] += product(i, 0xffffU, 16);
  }
  sum = sums.vector();
}

}  // namespace
}  // namespace lorikeet

#pragma once
// Eight lanes of AVX2 + FMA. Included by kernels_avx2.cpp and, for narrow columns, by simd_avx512.h.
#include <immintrin.h>

#include <cstddef>
#include <cstdint>

#include "ops/dot_products.h"

namespace lorikeet {
namespace {

struct F32x8 {
  static constexpr int kWidth = 8;
  __m256 v;

  static F32x8 zero() { return {_mm256_setzero_ps()}; }
  static F32x8 broadcast(float x) { return {_mm256_set1_ps(x)}; }
  static F32x8 load(const float* p) { return {_mm256_loadu_ps(p)}; }
  void store(float* p) const { _mm256_storeu_ps(p, v); }
  static F32x8 loadInt8(const int8_t* p) {
    return {_mm256_cvtepi32_ps(_mm256_cvtepi8_epi32(_mm_loadl_epi64(reinterpret_cast<const __m128i*>(p))))};
  }
  /// Rounds to the nearest, ties to even; |v| < 127.5.
  void storeInt8(int8_t* p) const {
    const __m256i wide = _mm256_cvtps_epi32(v);
    const __m128i half = _mm_packs_epi32(_mm256_castsi256_si128(wide), _mm256_extracti128_si256(wide, 1));
    _mm_storel_epi64(reinterpret_cast<__m128i*>(p), _mm_packs_epi16(half, half));
  }
  /// Rounds to the nearest, ties to even; |v| < 32767.5.
  void storeInt16(int16_t* p) const {
    const __m256i wide = _mm256_cvtps_epi32(v);
    _mm_storeu_si128(reinterpret_cast<__m128i*>(p),
                     _mm_packs_epi32(_mm256_castsi256_si128(wide), _mm256_extracti128_si256(wide, 1)));
  }
  /// The same of two vectors, interleaved: even[0], odd[0], even[1] ...
  static void storeInt16Pairs(F32x8 even, F32x8 odd, int16_t* p) {
    const __m256i high = _mm256_slli_epi32(_mm256_cvtps_epi32(odd.v), 16);
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(p), _mm256_blend_epi16(_mm256_cvtps_epi32(even.v), high, 0xAA));
  }
  /// Four rows of whole numbers, interleaved.
  static void storeInt8Quads(const F32x8 (&rows)[4], int8_t* p) {
    const __m256i low = _mm256_set1_epi32(0xff);
    __m256i lanes = _mm256_slli_epi32(_mm256_cvtps_epi32(rows[3].v), 24);
    for (int r = 2; r >= 0; --r)
      lanes = _mm256_or_si256(lanes, _mm256_slli_epi32(_mm256_and_si256(_mm256_cvtps_epi32(rows[r].v), low), 8 * r));
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(p), lanes);
  }
  friend F32x8 operator+(F32x8 a, F32x8 b) { return {_mm256_add_ps(a.v, b.v)}; }
  friend F32x8 operator-(F32x8 a, F32x8 b) { return {_mm256_sub_ps(a.v, b.v)}; }
  friend F32x8 operator*(F32x8 a, F32x8 b) { return {_mm256_mul_ps(a.v, b.v)}; }
  friend F32x8 operator/(F32x8 a, F32x8 b) { return {_mm256_div_ps(a.v, b.v)}; }
  /// a * b + c
  static F32x8 fma(F32x8 a, F32x8 b, F32x8 c) { return {_mm256_fmadd_ps(a.v, b.v, c.v)}; }
  static F32x8 max(F32x8 a, F32x8 b) { return {_mm256_max_ps(a.v, b.v)}; }
  static F32x8 min(F32x8 a, F32x8 b) { return {_mm256_min_ps(a.v, b.v)}; }
  static F32x8 abs(F32x8 a) { return {_mm256_andnot_ps(_mm256_set1_ps(-0.f), a.v)}; }
  /// a < b ? x : y
  static F32x8 selectLess(F32x8 a, F32x8 b, F32x8 x, F32x8 y) {
    return {_mm256_blendv_ps(y.v, x.v, _mm256_cmp_ps(a.v, b.v, _CMP_LT_OQ))};
  }
  static F32x8 copySign(F32x8 magnitude, F32x8 sign) {
    const __m256 mask = _mm256_set1_ps(-0.f);
    return {_mm256_or_ps(_mm256_andnot_ps(mask, magnitude.v), _mm256_and_ps(mask, sign.v))};
  }
  static F32x8 round(F32x8 a) { return {_mm256_round_ps(a.v, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC)}; }
  float sum() const {
    __m128 x = _mm_add_ps(_mm256_castps256_ps128(v), _mm256_extractf128_ps(v, 1));
    x = _mm_add_ps(x, _mm_movehl_ps(x, x));
    return _mm_cvtss_f32(_mm_add_ss(x, _mm_movehdup_ps(x)));
  }
  float maximum() const {
    __m128 x = _mm_max_ps(_mm256_castps256_ps128(v), _mm256_extractf128_ps(v, 1));
    x = _mm_max_ps(x, _mm_movehl_ps(x, x));
    return _mm_cvtss_f32(_mm_max_ss(x, _mm_movehdup_ps(x)));
  }
  /// a * 2^n for integral n in [-126, 127].
  static F32x8 scaleByPowerOf2(F32x8 a, F32x8 n) {
    const __m256i bits = _mm256_slli_epi32(_mm256_add_epi32(_mm256_cvtps_epi32(n.v), _mm256_set1_epi32(127)), 23);
    return {_mm256_mul_ps(a.v, _mm256_castsi256_ps(bits))};
  }
};

/// Eight lanes of 32 bits: sums, or values of fewer bits.
struct I32x8 {
  using Float = F32x8;
  static constexpr int kWidth = 8;
  __m256i v;

  static I32x8 zero() { return {_mm256_setzero_si256()}; }
  static I32x8 load(const std::byte* p) { return {_mm256_loadu_si256(reinterpret_cast<const __m256i*>(p))}; }
  /// The lane at p, everywhere.
  static I32x8 broadcast(const std::byte* p) {
    int32_t lane;
    __builtin_memcpy(&lane, p, sizeof(lane));
    return {_mm256_set1_epi32(lane)};
  }
  static I32x8 ofWhole(F32x8 x) { return {_mm256_cvtps_epi32(x.v)}; }
  F32x8 toFloat() const { return {_mm256_cvtepi32_ps(v)}; }
};

/// sum += the products of four unsigned (a) and four signed 8-bit integers without an instruction for it: as pairs of
/// 16 bits, which is slower than integers of 16 bits are. For tests.
inline void addQuads(__m256i& sum, __m256i a, __m256i b) {
  const __m256i evenA = _mm256_and_si256(a, _mm256_set1_epi16(0xff)), oddA = _mm256_srli_epi16(a, 8);
  const __m256i evenB = _mm256_srai_epi16(_mm256_slli_epi16(b, 8), 8), oddB = _mm256_srai_epi16(b, 8);
  const __m256i products = _mm256_add_epi32(_mm256_madd_epi16(evenA, evenB), _mm256_madd_epi16(oddA, oddB));
  sum = _mm256_add_epi32(sum, products);
}

/// Sums of products of pairs of bf16, without an instruction for it. For tests.
struct SlowBf16x16 {
  using Float = F32x8;
  static constexpr int kWidth = 8;
  static constexpr bool kIsInteger = false;
  __m256 v;  ///< pairs, or sums of f32

  static SlowBf16x16 zero() { return {_mm256_setzero_ps()}; }
  static SlowBf16x16 ofFloats(const float* p) { return {_mm256_loadu_ps(p)}; }
  static SlowBf16x16 load(const std::byte* p) { return {_mm256_castsi256_ps(I32x8::load(p).v)}; }
  static SlowBf16x16 broadcast(const std::byte* p) { return {_mm256_castsi256_ps(I32x8::broadcast(p).v)}; }
  static __m256 odd(__m256 pairs) { return _mm256_and_ps(pairs, _mm256_castsi256_ps(_mm256_set1_epi32(-0x10000))); }
  static __m256 even(__m256 pairs) { return _mm256_castsi256_ps(_mm256_slli_epi32(_mm256_castps_si256(pairs), 16)); }
  static SlowBf16x16 plus(SlowBf16x16 sum, SlowBf16x16 a, SlowBf16x16 b) {
    return {_mm256_fmadd_ps(even(a.v), even(b.v), _mm256_fmadd_ps(odd(a.v), odd(b.v), sum.v))};
  }
  F32x8 toFloat() const { return {v}; }
};

}  // namespace
}  // namespace lorikeet

#pragma once
// Sixteen lanes of AVX-512. Included by kernels_avx512.cpp only.
#include "ops/simd_avx2.h"

namespace lorikeet {
namespace {

struct F32x16 {
  static constexpr int kWidth = 16;
  __m512 v;

  static F32x16 zero() { return {_mm512_setzero_ps()}; }
  static F32x16 broadcast(float x) { return {_mm512_set1_ps(x)}; }
  static F32x16 load(const float* p) { return {_mm512_loadu_ps(p)}; }
  void store(float* p) const { _mm512_storeu_ps(p, v); }
  static F32x16 loadInt8(const int8_t* p) {
    return {_mm512_cvtepi32_ps(_mm512_cvtepi8_epi32(_mm_loadu_si128(reinterpret_cast<const __m128i*>(p))))};
  }
  /// Rounds to the nearest, ties to even; |v| < 127.5.
  void storeInt8(int8_t* p) const {
    _mm_storeu_si128(reinterpret_cast<__m128i*>(p), _mm512_cvtepi32_epi8(_mm512_cvtps_epi32(v)));
  }
  /// Rounds to the nearest, ties to even; |v| < 32767.5.
  void storeInt16(int16_t* p) const {
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(p), _mm512_cvtepi32_epi16(_mm512_cvtps_epi32(v)));
  }
  /// The same of two vectors, interleaved: even[0], odd[0], even[1] ...
  static void storeInt16Pairs(F32x16 even, F32x16 odd, int16_t* p) {
    const __m512i high = _mm512_slli_epi32(_mm512_cvtps_epi32(odd.v), 16);
    const __m512i both = _mm512_mask_blend_epi16(0xAAAAAAAAU, _mm512_cvtps_epi32(even.v), high);
    _mm512_storeu_si512(p, both);
  }
  /// Four rows of whole numbers, interleaved.
  static void storeInt8Quads(const F32x16 (&rows)[4], int8_t* p) {
    const __m512i low = _mm512_set1_epi32(0xff);
    __m512i lanes = _mm512_slli_epi32(_mm512_cvtps_epi32(rows[3].v), 24);
    for (unsigned r = 0; r < 3; ++r)
      lanes = _mm512_or_si512(lanes, _mm512_slli_epi32(_mm512_and_si512(_mm512_cvtps_epi32(rows[r].v), low), 8 * r));
    _mm512_storeu_si512(p, lanes);
  }
  friend F32x16 operator+(F32x16 a, F32x16 b) { return {_mm512_add_ps(a.v, b.v)}; }
  friend F32x16 operator-(F32x16 a, F32x16 b) { return {_mm512_sub_ps(a.v, b.v)}; }
  friend F32x16 operator*(F32x16 a, F32x16 b) { return {_mm512_mul_ps(a.v, b.v)}; }
  friend F32x16 operator/(F32x16 a, F32x16 b) { return {_mm512_div_ps(a.v, b.v)}; }
  /// a * b + c
  static F32x16 fma(F32x16 a, F32x16 b, F32x16 c) { return {_mm512_fmadd_ps(a.v, b.v, c.v)}; }
  static F32x16 max(F32x16 a, F32x16 b) { return {_mm512_max_ps(a.v, b.v)}; }
  static F32x16 min(F32x16 a, F32x16 b) { return {_mm512_min_ps(a.v, b.v)}; }
  static F32x16 abs(F32x16 a) { return {_mm512_abs_ps(a.v)}; }
  /// a < b ? x : y
  static F32x16 selectLess(F32x16 a, F32x16 b, F32x16 x, F32x16 y) {
    return {_mm512_mask_blend_ps(_mm512_cmp_ps_mask(a.v, b.v, _CMP_LT_OQ), y.v, x.v)};
  }
  static F32x16 copySign(F32x16 magnitude, F32x16 sign) {
    const __m512 mask = _mm512_set1_ps(-0.f);
    return {_mm512_or_ps(_mm512_andnot_ps(mask, magnitude.v), _mm512_and_ps(mask, sign.v))};
  }
  static F32x16 round(F32x16 a) { return {_mm512_roundscale_ps(a.v, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC)}; }
  float sum() const { return _mm512_reduce_add_ps(v); }
  float maximum() const { return _mm512_reduce_max_ps(v); }
  /// a * 2^n for integral n in [-126, 127].
  static F32x16 scaleByPowerOf2(F32x16 a, F32x16 n) { return {_mm512_scalef_ps(a.v, n.v)}; }
};

/// Sixteen lanes of 32 bits: sums, or values of fewer bits.
struct I32x16 {
  using Float = F32x16;
  static constexpr int kWidth = 16;
  __m512i v;

  static I32x16 zero() { return {_mm512_setzero_si512()}; }
  static I32x16 load(const std::byte* p) { return {_mm512_loadu_si512(p)}; }
  /// The lane at p, everywhere.
  static I32x16 broadcast(const std::byte* p) {
    int32_t lane;
    __builtin_memcpy(&lane, p, sizeof(lane));
    return {_mm512_set1_epi32(lane)};
  }
  static I32x16 ofWhole(F32x16 x) { return {_mm512_cvtps_epi32(x.v)}; }
  F32x16 toFloat() const { return {_mm512_cvtepi32_ps(v)}; }
};

/// Sixteen sums of products of pairs of bf16, with AVX-512 BF16.
struct Bf16x32 {
  using Float = F32x16;
  static constexpr int kWidth = 16;
  static constexpr bool kIsInteger = false;
  __m512 v;  ///< pairs, or sums of f32

  static Bf16x32 zero() { return {_mm512_setzero_ps()}; }
  static Bf16x32 ofFloats(const float* p) { return {_mm512_loadu_ps(p)}; }
  static Bf16x32 load(const std::byte* p) { return {_mm512_loadu_ps(p)}; }
  static Bf16x32 broadcast(const std::byte* p) {
    float lane;
    __builtin_memcpy(&lane, p, sizeof(lane));
    return {_mm512_set1_ps(lane)};
  }
  static Bf16x32 plus(Bf16x32 sum, Bf16x32 a, Bf16x32 b) {
    addBf16Pairs(sum.v, a.v, b.v);
    return sum;
  }
  F32x16 toFloat() const { return {v}; }
};

}  // namespace
}  // namespace lorikeet

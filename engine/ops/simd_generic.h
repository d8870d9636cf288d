#pragma once
// Four lanes through compiler vectors, for machines without AVX2. Included by kernels_generic.cpp only.
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "core/dtype.h"

namespace lorikeet {
namespace {

struct F32x4 {
  typedef float Raw __attribute__((vector_size(16), aligned(4)));
  typedef int32_t RawInt __attribute__((vector_size(16)));
  static constexpr int kWidth = 4;
  Raw v;

  static F32x4 zero() { return {Raw{0, 0, 0, 0}}; }
  static F32x4 broadcast(float x) { return {Raw{x, x, x, x}}; }
  static F32x4 load(const float* p) {
    F32x4 r;
    std::memcpy(&r.v, p, sizeof(Raw));
    return r;
  }
  void store(float* p) const { std::memcpy(p, &v, sizeof(Raw)); }
  static F32x4 loadInt8(const int8_t* p) {
    F32x4 r;
    for (int i = 0; i < 4; ++i) r.v[i] = p[i];
    return r;
  }
  /// Rounds to the nearest, ties to even; |v| < 127.5.
  void storeInt8(int8_t* p) const {
    const F32x4 whole = round(*this);
    for (int i = 0; i < 4; ++i) p[i] = static_cast<int8_t>(whole.v[i]);
  }
  /// Rounds to the nearest, ties to even; |v| < 32767.5.
  void storeInt16(int16_t* p) const {
    const F32x4 whole = round(*this);
    for (int i = 0; i < 4; ++i) p[i] = static_cast<int16_t>(whole.v[i]);
  }
  /// The same of two vectors, interleaved: even[0], odd[0], even[1] ...
  static void storeInt16Pairs(F32x4 even, F32x4 odd, int16_t* p) {
    const F32x4 low = round(even), high = round(odd);
    for (int i = 0; i < 4; ++i) {
      p[2 * i] = static_cast<int16_t>(low.v[i]);
      p[2 * i + 1] = static_cast<int16_t>(high.v[i]);
    }
  }
  /// Four rows of whole numbers, interleaved.
  static void storeInt8Quads(const F32x4 (&rows)[4], int8_t* p) {
    for (int i = 0; i < 4; ++i)
      for (int r = 0; r < 4; ++r) p[4 * i + r] = static_cast<int8_t>(rows[r].v[i]);
  }
  friend F32x4 operator+(F32x4 a, F32x4 b) { return {a.v + b.v}; }
  friend F32x4 operator-(F32x4 a, F32x4 b) { return {a.v - b.v}; }
  friend F32x4 operator*(F32x4 a, F32x4 b) { return {a.v * b.v}; }
  friend F32x4 operator/(F32x4 a, F32x4 b) { return {a.v / b.v}; }
  /// a * b + c
  static F32x4 fma(F32x4 a, F32x4 b, F32x4 c) { return {a.v * b.v + c.v}; }
  static F32x4 max(F32x4 a, F32x4 b) {
    F32x4 r;
    for (int i = 0; i < 4; ++i) r.v[i] = a.v[i] > b.v[i] ? a.v[i] : b.v[i];
    return r;
  }
  static F32x4 min(F32x4 a, F32x4 b) {
    F32x4 r;
    for (int i = 0; i < 4; ++i) r.v[i] = a.v[i] < b.v[i] ? a.v[i] : b.v[i];
    return r;
  }
  static F32x4 abs(F32x4 a) { return max(a, F32x4{-a.v}); }
  /// a < b ? x : y
  static F32x4 selectLess(F32x4 a, F32x4 b, F32x4 x, F32x4 y) {
    F32x4 r;
    for (int i = 0; i < 4; ++i) r.v[i] = a.v[i] < b.v[i] ? x.v[i] : y.v[i];
    return r;
  }
  static F32x4 copySign(F32x4 magnitude, F32x4 sign) {
    for (int i = 0; i < 4; ++i) magnitude.v[i] = __builtin_copysignf(magnitude.v[i], sign.v[i]);
    return magnitude;
  }
  /// Rounds to the nearest integer; |a| < 2^22.
  static F32x4 round(F32x4 a) {
    const Raw magic = Raw{12582912.f, 12582912.f, 12582912.f, 12582912.f};
    volatile Raw sum = a.v + magic;
    return {sum - magic};
  }
  float sum() const { return (v[0] + v[2]) + (v[1] + v[3]); }
  float maximum() const {
    float best = v[0];
    for (int i = 1; i < 4; ++i) best = v[i] > best ? v[i] : best;
    return best;
  }
  /// a * 2^n for integral n in [-126, 127].
  static F32x4 scaleByPowerOf2(F32x4 a, F32x4 n) {
    for (int i = 0; i < 4; ++i) {
      const int32_t bits = (static_cast<int32_t>(n.v[i]) + 127) << 23;
      float factor;
      std::memcpy(&factor, &bits, sizeof(factor));
      a.v[i] *= factor;
    }
    return a;
  }
};

/// Four lanes of 32 bits: sums, or values of fewer bits.
struct I32x4 {
  using Float = F32x4;
  static constexpr int kWidth = 4;
  F32x4::RawInt v;

  static I32x4 zero() { return {F32x4::RawInt{0, 0, 0, 0}}; }
  static I32x4 load(const std::byte* p) {
    I32x4 r;
    std::memcpy(&r.v, p, sizeof(r.v));
    return r;
  }
  /// The lane at p, everywhere.
  static I32x4 broadcast(const std::byte* p) {
    int32_t lane;
    std::memcpy(&lane, p, sizeof(lane));
    return {F32x4::RawInt{lane, lane, lane, lane}};
  }
  static I32x4 ofWhole(F32x4 x) { return {__builtin_convertvector(x.v, F32x4::RawInt)}; }
  F32x4 toFloat() const { return {__builtin_convertvector(v, F32x4::Raw)}; }
};

/// sum += the products of pairs of 16-bit integers: the halves of a lane are moved up and shifted down again, which
/// extends their signs.
inline void addPairs(F32x4::RawInt& sum, F32x4::RawInt a, F32x4::RawInt b) {
  sum += ((a << 16) >> 16) * ((b << 16) >> 16) + (a >> 16) * (b >> 16);
}
/// The same of four unsigned (a) and four signed 8-bit integers.
inline void addQuads(F32x4::RawInt& sum, F32x4::RawInt a, F32x4::RawInt b) {
  for (int shift = 0; shift < 32; shift += 8) sum += ((a >> shift) & 0xff) * ((b << (24 - shift)) >> 24);
}

/// Four sums of products of pairs of bf16.
struct Bf16x8 {
  using Float = F32x4;
  static constexpr int kWidth = 4;
  static constexpr bool kIsInteger = false;
  F32x4::RawInt v;  ///< pairs, or the bits of sums

  static Bf16x8 zero() { return {F32x4::RawInt{0, 0, 0, 0}}; }
  static Bf16x8 ofFloats(const float* p) { return {I32x4::load(reinterpret_cast<const std::byte*>(p)).v}; }
  static Bf16x8 load(const std::byte* p) { return {I32x4::load(p).v}; }
  static Bf16x8 broadcast(const std::byte* p) { return {I32x4::broadcast(p).v}; }
  static F32x4 floats(F32x4::RawInt bits) {
    F32x4 r;
    std::memcpy(&r.v, &bits, sizeof(bits));
    return r;
  }
  static Bf16x8 plus(Bf16x8 sum, Bf16x8 a, Bf16x8 b) {
    const int32_t high = -0x10000;
    const F32x4 odd = F32x4::fma(floats(a.v & high), floats(b.v & high), sum.toFloat());
    const F32x4 both = F32x4::fma(floats(a.v << 16), floats(b.v << 16), odd);
    std::memcpy(&sum.v, &both.v, sizeof(sum.v));
    return sum;
  }
  F32x4 toFloat() const { return floats(v); }
};

using Wide = F32x4;
using PairLanes = I32x4;
using QuadLanes = I32x4;
using Bf16Lanes = Bf16x8;
constexpr Isa kIsa = Isa::Generic;
constexpr int kTileRows = 4;
/// Vectors that one tile kernel covers side by side; a panel is worked off in such strips.
constexpr int kStripVectors = 2;

float halfToFloat(uint16_t bits) {
  const uint32_t sign = static_cast<uint32_t>(bits & 0x8000u) << 16;
  const uint32_t magnitude = (bits & 0x7fffu) << 13;
  // Multiplying by 2^112 moves the exponent bias and makes subnormals normal.
  float value;
  std::memcpy(&value, &magnitude, sizeof(value));
  value *= 0x1p112f;
  uint32_t result;
  std::memcpy(&result, &value, sizeof(result));
  if ((bits & 0x7c00u) == 0x7c00u) result |= 0x7f800000u;
  result |= sign;
  std::memcpy(&value, &result, sizeof(value));
  return value;
}

void f16ToF32(const uint16_t* from, float* to, int64_t count) {
  for (int64_t i = 0; i < count; ++i) to[i] = halfToFloat(from[i]);
}

void f32ToF16(const float* from, uint16_t* to, int64_t count) {
  for (int64_t i = 0; i < count; ++i) to[i] = lorikeet::f32ToF16(from[i]);
}

}  // namespace
}  // namespace lorikeet

#pragma once
// exp, erf and the activations for any vector type. Included by the per-instruction-set kernel files only, where
// everything stays in an unnamed namespace so that no AVX-512 copy can be linked into code for older processors.
// exp: Cody-Waite reduction and a degree-6 polynomial, 2 ulp. erf: minimax fits of our own (erf(x)/x in x^2 below 1,
// log(erfc(x)) above), 1e-7.

namespace lorikeet {
namespace {

template <class V>
V expVector(V x) {
  x = V::min(V::max(x, V::broadcast(-87.3f)), V::broadcast(88.f));
  const V n = V::round(x * V::broadcast(1.44269504f));
  V r = V::fma(n, V::broadcast(-0.693359375f), x);
  r = V::fma(n, V::broadcast(2.12194440e-4f), r);
  V p = V::broadcast(1.98756915e-4f);
  p = V::fma(p, r, V::broadcast(1.39819995e-3f));
  p = V::fma(p, r, V::broadcast(8.33345205e-3f));
  p = V::fma(p, r, V::broadcast(4.16657962e-2f));
  p = V::fma(p, r, V::broadcast(1.66666660e-1f));
  p = V::fma(p, r, V::broadcast(5.00000000e-1f));
  p = V::fma(p, r * r, r + V::broadcast(1.f));
  return V::scaleByPowerOf2(p, n);
}

template <class V>
V erfVector(V x) {
  const V a = V::min(V::abs(x), V::broadcast(4.f));
  const V u = a * a;
  V s = V::broadcast(7.88249745e-05f);
  s = V::fma(s, u, V::broadcast(-0.000801885501f));
  s = V::fma(s, u, V::broadcast(0.00518931216f));
  s = V::fma(s, u, V::broadcast(-0.0268543288f));
  s = V::fma(s, u, V::broadcast(0.112835974f));
  s = V::fma(s, u, V::broadcast(-0.37612626f));
  s = V::fma(s, u, V::broadcast(1.12837911f));
  s = s * a;
  V l = V::broadcast(1.6140616e-06f);
  l = V::fma(l, a, V::broadcast(-4.55906229e-05f));
  l = V::fma(l, a, V::broadcast(0.000592769531f));
  l = V::fma(l, a, V::broadcast(-0.00474022236f));
  l = V::fma(l, a, V::broadcast(0.0263647176f));
  l = V::fma(l, a, V::broadcast(-0.109978244f));
  l = V::fma(l, a, V::broadcast(-0.631937087f));
  l = V::fma(l, a, V::broadcast(-1.13016665f));
  l = V::fma(l, a, V::broadcast(0.000303212961f));
  const V one = V::broadcast(1.f);
  return V::copySign(V::selectLess(a, one, s, one - expVector(l)), x);
}

template <class V>
V sigmoidVector(V x) {
  const V one = V::broadcast(1.f);
  return one / (one + expVector(V::zero() - x));
}

template <class V>
V geluVector(V x) {
  const V half = V::broadcast(0.5f) * x;
  return V::fma(half, erfVector(x * V::broadcast(0.707106781f)), half);
}

template <class V>
V activateVector(V x, Activation activation) {
  switch (activation) {
    case Activation::None:
      return x;
    case Activation::Silu:
      return x * sigmoidVector(x);
    case Activation::Gelu:
      return geluVector(x);
    case Activation::Relu:
      return V::max(x, V::zero());
    case Activation::QuickGelu:
      return x * sigmoidVector(x * V::broadcast(1.702f));
  }
  return x;
}

/// d activation(x) / dx.
template <class V>
V activationSlope(V x, Activation activation) {
  const V one = V::broadcast(1.f);
  switch (activation) {
    case Activation::None:
      return one;
    case Activation::Silu: {
      const V s = sigmoidVector(x);
      return s * V::fma(x, one - s, one);
    }
    case Activation::Gelu: {
      const V half = V::broadcast(0.5f);
      const V share = V::fma(half, erfVector(x * V::broadcast(0.707106781f)), half);
      return V::fma(x * V::broadcast(0.398942280f), expVector((V::zero() - half) * x * x), share);
    }
    case Activation::Relu:
      return V::selectLess(V::zero(), x, one, V::zero());
    case Activation::QuickGelu: {
      const V factor = V::broadcast(1.702f);
      const V s = sigmoidVector(x * factor);
      return s * V::fma(factor * x, one - s, one);
    }
  }
  return one;
}

/// The first n < V::kWidth values, the rest zero.
template <class V>
V loadPartial(const float* p, int64_t n) {
  float lanes[V::kWidth] = {};
  for (int64_t i = 0; i < n; ++i) lanes[i] = p[i];
  return V::load(lanes);
}

template <class V>
void storePartial(V v, float* p, int64_t n) {
  float lanes[V::kWidth];
  v.store(lanes);
  for (int64_t i = 0; i < n; ++i) p[i] = lanes[i];
}

/// Calls body(offset, load, store) for every vector of `count` values; the last one may be partial. `load(p)` reads the
/// values at p + offset, `store(v, p)` writes them.
template <class V, class Body>
inline __attribute__((always_inline)) void forVectors(int64_t count, Body body) {
  int64_t i = 0;
  for (; i + V::kWidth <= count; i += V::kWidth)
    body([i](const float* p) { return V::load(p + i); }, [i](V v, float* p) { v.store(p + i); });
  if (i < count)
    body([i, count](const float* p) { return loadPartial<V>(p + i, count - i); },
         [i, count](V v, float* p) { storePartial<V>(v, p + i, count - i); });
}

}  // namespace
}  // namespace lorikeet

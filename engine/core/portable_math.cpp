#include "core/portable_math.h"

#include <cmath>
#include <limits>

namespace lorikeet {
namespace {

constexpr double kLn2High = 0x1.62e42fee00000p-1;  // ln 2 in two parts, the first with 21 trailing zero bits
constexpr double kLn2Low = 0x1.a39ef35793c76p-33;
constexpr double kHalfPiHigh = 0x1.921fb54400000p+0;  // pi / 2 likewise
constexpr double kHalfPiMiddle = 0x1.0b4611a600000p-34;
constexpr double kHalfPiLow = 0x1.3198a2e037073p-69;
constexpr double kHalfPi = 0x1.921fb54442d18p+0;

/// 2^k for normal results.
double powerOfTwo(int k) { return std::ldexp(1.0, k); }

/// exp(r) - 1 for |r| <= ln(2) / 2: Taylor's series.
double expm1Reduced(double r) {
  double sum = 0;
  for (int n = 17; n >= 2; --n) sum = (sum + 1) * r / n;
  return (sum + 1) * r;
}

/// sin(r) for |r| <= pi / 4.
double sinReduced(double r) {
  const double square = r * r;
  double sum = 0;
  for (int n = 19; n >= 3; n -= 2) sum = (1 + sum) * -square / (n * (n - 1));
  return r + r * sum;
}

/// cos(r) for |r| <= pi / 4.
double cosReduced(double r) {
  const double square = r * r;
  double sum = 0;
  for (int n = 20; n >= 2; n -= 2) sum = (1 + sum) * -square / (n * (n - 1));
  return 1 + sum;
}

struct Reduced {
  double r;      ///< in [-pi/4, pi/4]
  int quadrant;  ///< 0..3
};
Reduced reduceAngle(double x) {
  const double turns = std::floor(x / kHalfPi + 0.5);
  const double r = ((x - turns * kHalfPiHigh) - turns * kHalfPiMiddle) - turns * kHalfPiLow;
  return {r, static_cast<int>(static_cast<long long>(turns) & 3)};
}

}  // namespace

double portableLog(double x) {
  if (x == 0) return -std::numeric_limits<double>::infinity();
  int exponent = 0;
  double m = std::frexp(x, &exponent);  // [0.5, 1)
  if (m < 0.70710678118654752) {
    m *= 2;
    --exponent;
  }
  const double s = (m - 1) / (m + 1);  // log m = 2 atanh s, |s| < 0.172
  const double square = s * s;
  double sum = 0;
  for (int n = 21; n >= 3; n -= 2) sum = (sum + 1.0 / n) * square;
  const double logM = 2 * s + 2 * s * sum;
  return exponent * kLn2High + (logM + exponent * kLn2Low);
}

double portableExp(double x) {
  if (x > 709) return std::numeric_limits<double>::infinity();
  if (x < -700) return 0;
  const double k = std::floor(x / (kLn2High + kLn2Low) + 0.5);
  const double r = (x - k * kLn2High) - k * kLn2Low;
  return powerOfTwo(static_cast<int>(k)) * (1 + expm1Reduced(r));
}

double portableExpm1(double x) { return std::fabs(x) <= 0.34 ? expm1Reduced(x) : portableExp(x) - 1; }

double portablePow(double x, double y) { return x == 0 ? (y == 0 ? 1 : 0) : portableExp(y * portableLog(x)); }

double portableSin(double x) {
  const auto [r, quadrant] = reduceAngle(x);
  const double value = quadrant % 2 == 0 ? sinReduced(r) : cosReduced(r);
  return quadrant < 2 ? value : -value;
}

double portableCos(double x) {
  const auto [r, quadrant] = reduceAngle(x);
  const double value = quadrant % 2 == 0 ? cosReduced(r) : sinReduced(r);
  return quadrant == 0 || quadrant == 3 ? value : -value;
}

double portableTan(double x) { return portableSin(x) / portableCos(x); }

double portableAtan(double x) {
  if (x < 0) return -portableAtan(-x);
  if (x > 1) return kHalfPi - portableAtan(1 / x);
  double r = x / (1 + std::sqrt(1 + x * x));  // half the angle, three times
  r = r / (1 + std::sqrt(1 + r * r));
  r = r / (1 + std::sqrt(1 + r * r));
  const double square = r * r;
  double sum = 0;
  for (int n = 17; n >= 3; n -= 2) sum = (sum + (n % 4 == 1 ? 1.0 : -1.0) / n) * square;
  return 8 * (r + r * sum);
}

double portableAcos(double x) {
  if (x <= -1) return 2 * kHalfPi;
  return 2 * portableAtan(std::sqrt((1 - x) / (1 + x)));
}

}  // namespace lorikeet

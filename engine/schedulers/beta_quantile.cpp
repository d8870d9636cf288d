#include "schedulers/beta_quantile.h"

#include <cmath>

#include "core/portable_math.h"

namespace lorikeet {
namespace {

constexpr double kShape = 0.6;
constexpr double kBetaFunction = 2.4153442080024723;  // gamma(0.6)^2 / gamma(1.2)

/// The continued fraction of the incomplete beta function (DLMF 8.17.22), by Lentz's method; good for x <= 1/2.
double continuedFraction(double x) {
  constexpr double kTiny = 1e-300;
  constexpr int kMaxTerms = 200;
  const auto away = [](double value) { return std::fabs(value) < kTiny ? kTiny : value; };
  double c = 1;
  double d = 1 / away(1 - 2 * kShape * x / (kShape + 1));
  double fraction = d;
  for (int m = 1; m <= kMaxTerms; ++m) {
    const double even = m * (kShape - m) * x / ((kShape + 2 * m - 1) * (kShape + 2 * m));
    d = 1 / away(1 + even * d);
    c = away(1 + even / c);
    fraction *= d * c;
    const double odd = -(kShape + m) * (2 * kShape + m) * x / ((kShape + 2 * m) * (kShape + 2 * m + 1));
    d = 1 / away(1 + odd * d);
    c = away(1 + odd / c);
    fraction *= d * c;
    if (std::fabs(d * c - 1) < 1e-15) break;
  }
  return fraction;
}

/// The share below x <= 1/2.
double distribution(double x) {
  if (x <= 0) return 0;
  return portablePow(x * (1 - x), kShape) * continuedFraction(x) / (kShape * kBetaFunction);
}

}  // namespace

double betaQuantile(double p) {
  if (p > 0.5) return 1 - betaQuantile(1 - p);
  if (p <= 0) return 0;
  double low = 0;
  double high = 0.5;
  constexpr int kHalvings = 200;  // ends long before, when no double lies between
  for (int i = 0; i < kHalvings; ++i) {
    const double middle = (low + high) / 2;
    if (middle <= low || middle >= high) break;
    (distribution(middle) < p ? low : high) = middle;
  }
  return high;
}

}  // namespace lorikeet

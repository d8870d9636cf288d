#include "core/portable_math.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

namespace lorikeet {
namespace {

void expectClose(double value, double expected, double relative, double x) {
  EXPECT_LE(std::fabs(value - expected), relative * std::fabs(expected)) << "x = " << x << ", expected " << expected;
}

TEST(PortableMathTest, ExponentialsAndLogarithmsEqualTheLibrary) {
  for (double x = 1e-300; x < 1e300; x *= 1.37) expectClose(portableLog(x), std::log(x), 1e-15, x);
  for (double x = 0.5; x < 1.5; x += 1e-4) expectClose(portableLog(x), std::log(x), 1e-15, x);
  for (double x = -700; x < 700; x += 0.37) expectClose(portableExp(x), std::exp(x), 2e-15, x);
  for (double x = 1e-12; x < 20; x *= 1.1) {
    expectClose(portableExpm1(x), std::expm1(x), 2e-15, x);
    expectClose(portableExpm1(-x), std::expm1(-x), 2e-15, -x);
    expectClose(portablePow(x, 1.0 / 7), std::pow(x, 1.0 / 7), 2e-15, x);
  }
  EXPECT_EQ(portablePow(0, 2), 0);
}

TEST(PortableMathTest, AnglesEqualTheLibrary) {
  for (double x = -40; x < 40; x += 0.0137) {
    EXPECT_NEAR(portableSin(x), std::sin(x), 4e-16) << x;
    EXPECT_NEAR(portableCos(x), std::cos(x), 4e-16) << x;
    expectClose(portableAtan(x), std::atan(x), 1e-15, x);
  }
  for (double x = -1; x <= 1; x += 0.00137) EXPECT_NEAR(portableAcos(x), std::acos(x), 1e-15) << x;
  expectClose(portableTan(1.5), std::tan(1.5), 1e-14, 1.5);
  EXPECT_EQ(portableAcos(1), 0);
  EXPECT_NEAR(portableAcos(-1), std::numbers::pi, 1e-15);
}

}  // namespace
}  // namespace lorikeet

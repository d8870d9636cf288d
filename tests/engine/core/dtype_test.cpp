#include "core/dtype.h"

#include <gtest/gtest.h>

#include <cmath>

namespace lorikeet {
namespace {

TEST(DTypeTest, EveryHalfSurvivesTheWayToF32AndBack) {
  for (uint32_t bits = 0; bits < 0x10000; ++bits) {
    const float value = f16ToF32(static_cast<uint16_t>(bits));
    if (std::isnan(value)) continue;
    EXPECT_EQ(f32ToF16(value), bits) << std::hex << bits;
  }
}

TEST(DTypeTest, HalfRoundsToNearestEven) {
  EXPECT_EQ(f32ToF16(1.0f + 0x1p-11f), 0x3c00);
  EXPECT_EQ(f32ToF16(1.0f + 3 * 0x1p-11f), 0x3c02);
  EXPECT_EQ(f32ToF16(65519.0f), 0x7bff);
  EXPECT_EQ(f32ToF16(65520.0f), 0x7c00);
  EXPECT_TRUE(std::isnan(f16ToF32(f32ToF16(NAN))));
}

TEST(DTypeTest, BrainFloatRoundsToNearestEven) {
  EXPECT_EQ(f32ToBf16(1.0f), 0x3f80);
  EXPECT_EQ(f32ToBf16(1.0f + 0x1p-8f), 0x3f80);
  EXPECT_EQ(f32ToBf16(1.0f + 3 * 0x1p-8f), 0x3f82);
}

}  // namespace
}  // namespace lorikeet

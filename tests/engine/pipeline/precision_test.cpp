#include <gtest/gtest.h>
#include <lorikeet/engine.h>

#include <cmath>

#include "engine/pipeline/wide_copy.h"
#include "support/golden_runs.h"
#include "support/pictures.h"

namespace lorikeet {
namespace {

using namespace testing;

class PrecisionTest : public ::testing::Test {
 protected:
  PrecisionTest() {
    tiny_.model = wideCopy(goldenPath("tiny-sd1"), temp_.path());
    tiny_.prompt = "a red fox";
    tiny_.width = 64;
    tiny_.height = 48;
    tiny_.steps = 4;
  }
  Image make(GenerateRequest request, Precision precision) {
    request.precision = precision;
    return engine_.generate(request).images.at(0);
  }
  TemporaryFolder temp_;
  Engine engine_{twoThreads()};
  GenerateRequest tiny_;
};

TEST_F(PrecisionTest, Int8ChangesAPictureOfTheStarterModelLittle) {
  GenerateRequest request;
  request.prompt = "a red apple, flat style";
  request.steps = 20;
  const Image exact = make(request, Precision::F32);
  EXPECT_GT(psnr(make(request, Precision::Int8), exact), 30);
  EXPECT_EQ(maxDifference(make(request, Precision::BF16).pixels, exact.pixels), 0);  // its files have 16 bits
}

TEST_F(PrecisionTest, EachPrecisionGivesItsOwnBytesInAnyOrder) {
  const Image f32 = make(tiny_, Precision::F32), bf16 = make(tiny_, Precision::BF16);
  const Image int8 = make(tiny_, Precision::Int8);
  EXPECT_GT(maxDifference(f32.pixels, bf16.pixels), 0);
  EXPECT_GT(maxDifference(bf16.pixels, int8.pixels), 0);
  EXPECT_GT(psnr(bf16, f32), 40);
  EXPECT_GT(psnr(int8, f32), 30);
  EXPECT_EQ(maxDifference(make(tiny_, Precision::F32).pixels, f32.pixels), 0);
  EXPECT_EQ(maxDifference(make(tiny_, Precision::Int8).pixels, int8.pixels), 0);
  Engine alone({.threads = 1});
  tiny_.precision = Precision::Int8;
  EXPECT_EQ(maxDifference(alone.generate(tiny_).images.at(0).pixels, int8.pixels), 0);
}

TEST_F(PrecisionTest, AutomaticKeepsTheModelThatIsLoaded) {
  const Image int8 = make(tiny_, Precision::Int8);
  EXPECT_EQ(maxDifference(make(tiny_, Precision::Auto).pixels, int8.pixels), 0);
}

TEST_F(PrecisionTest, AdaptersDoTheSameOnEightBits) {
  GenerateRequest with = tiny_;
  AdapterUse use;
  use.file = goldenPath("lora") / "kohya_lora" / "adapter.safetensors";
  with.adapters = {use};
  const Image plain = make(tiny_, Precision::Int8), changed = make(with, Precision::Int8);
  EXPECT_LT(psnr(changed, plain), 30);
  EXPECT_GT(psnr(changed, make(with, Precision::F32)), 30);
  EXPECT_EQ(maxDifference(make(tiny_, Precision::Int8).pixels, plain.pixels), 0);
}

TEST_F(PrecisionTest, ThePictureSaysWhatItWasMadeWith) {
  GenerateCallbacks callbacks;
  GenerateRequest made;
  callbacks.picture = [&](int, const GenerateRequest& picture) { made = picture; };
  for (const Precision precision : {Precision::Int8, Precision::Auto}) {
    tiny_.precision = precision;
    engine_.generate(tiny_, callbacks);
    EXPECT_EQ(made.precision, Precision::Int8);
  }
}

}  // namespace
}  // namespace lorikeet

#include <gtest/gtest.h>
#include <lorikeet/engine.h>

#include <algorithm>
#include <cmath>

#include "support/golden_runs.h"
#include "support/pictures.h"

namespace lorikeet {
namespace {

using namespace testing;

class ShortcutsTest : public ::testing::Test {
 protected:
  ShortcutsTest() {
    request_.model = goldenPath("tiny-sd1");
    request_.prompt = "a red fox";
    request_.negativePrompt = "blurry";
    request_.width = 64;
    request_.height = 48;
    request_.steps = 8;
    request_.sampler = Sampler::Euler;
  }
  std::vector<float> latents(const GenerateRequest& request, int image = 0, Image* picture = nullptr) {
    std::vector<float> last;
    GenerateCallbacks callbacks;
    callbacks.latents = [&](int index, const Latents& l) {
      if (index == image && l.name == "latents.final") last.assign(l.values.begin(), l.values.end());
    };
    const GenerateResult result = engine_.generate(request, callbacks);
    if (picture != nullptr) *picture = result.images.at(static_cast<size_t>(image));
    return last;
  }
  Engine engine_{twoThreads()};
  GenerateRequest request_;
};

double distance(const std::vector<float>& a, const std::vector<float>& b) {
  EXPECT_EQ(a.size(), b.size());
  double sum = 0;
  for (size_t i = 0; i < std::min(a.size(), b.size()); ++i) sum += (a[i] - b[i]) * (a[i] - b[i]);
  return std::sqrt(sum);
}

TEST_F(ShortcutsTest, WithoutAnyIntervalThereIsNoGuidance) {
  GenerateRequest unguided = request_;
  unguided.guidanceScale = 1;
  unguided.negativePrompt.clear();
  request_.shortcuts.guidanceStart = request_.shortcuts.guidanceEnd = 0.5;
  EXPECT_EQ(latents(request_), latents(unguided));
}

/// Each of them changes the picture, and the less is left out the less it does.
TEST_F(ShortcutsTest, WhatIsLeftOutMoreOftenChangesMore) {
  const std::vector<float> exact = latents(request_);
  for (int Shortcuts::*every : {&Shortcuts::innerEvery, &Shortcuts::guidanceEvery}) {
    double before = 0;
    for (const int n : {2, 8}) {
      GenerateRequest request = request_;
      request.shortcuts.*every = n;
      const double changed = distance(latents(request), exact);
      EXPECT_GT(changed, before) << n;
      EXPECT_TRUE(std::isfinite(changed));
      before = changed;
    }
  }
}

/// A difference that never changes is what one call per step would have found.
TEST_F(ShortcutsTest, TheFirstStepIsAlwaysExact) {
  request_.steps = 1;
  const std::vector<float> exact = latents(request_);
  request_.shortcuts = {.guidanceEvery = 9, .innerEvery = 9};
  EXPECT_EQ(latents(request_), exact);
}

TEST_F(ShortcutsTest, NothingIsKeptFromOnePictureToTheNext) {
  request_.shortcuts = {.guidanceStart = 0.2, .guidanceEvery = 3, .innerEvery = 5};
  GenerateRequest second = request_;
  second.seed = request_.seed + 1;
  request_.imageCount = 2;
  EXPECT_EQ(latents(request_, 1), latents(second));
}

TEST_F(ShortcutsTest, ALiveRunGivesTheSameAsAJob) {
  request_.shortcuts = {.guidanceEvery = 2, .innerEvery = 3};
  const Image plain = engine_.generate(request_).images.at(0);
  RunMemory memory;
  engine_.generate(request_, {}, {}, &memory);
  const GenerateResult again = engine_.generate(request_, {}, {}, &memory);
  EXPECT_EQ(again.images.at(0).pixels, plain.pixels);
}

/// Weighted prompts are sums of differences from the unconditional half, which is then always there.
TEST_F(ShortcutsTest, PromptsJoinedByAndKeepTheirGuidance) {
  request_.prompt = "a red fox AND a blue hat :0.5";
  const std::vector<float> exact = latents(request_);
  request_.shortcuts.guidanceEvery = 4;
  EXPECT_EQ(latents(request_), exact);
}

TEST_F(ShortcutsTest, MergedTokensChangeMoreTheMoreThereAre) {
  const std::vector<float> exact = latents(request_);
  double before = 0;
  for (const double share : {0.1, 0.6}) {
    request_.shortcuts.mergedTokens = share;
    const double changed = distance(latents(request_), exact);
    EXPECT_GT(changed, before) << share;
    EXPECT_TRUE(std::isfinite(changed));
    before = changed;
  }
}

/// Takes every arithmetic as it is asked for, also where the processor has no instruction for it.
struct SlowArithmetic {
  SlowArithmetic() { setenv("LORIKEET_SLOW_ARITHMETIC", "1", 1); }
  ~SlowArithmetic() { unsetenv("LORIKEET_SLOW_ARITHMETIC"); }
};

double cosine(const std::vector<float>& a, const std::vector<float>& b) {
  double product = 0, first = 0, second = 0;
  for (size_t i = 0; i < a.size(); ++i) product += a[i] * b[i], first += a[i] * a[i], second += b[i] * b[i];
  return product / std::sqrt(first * second);
}

/// How much latents (rms, as a share of their range) and pictures may differ from f32's.
struct ArithmeticCase {
  Arithmetic arithmetic;
  double rms, psnr;
};

/// In UNet and decoder, with a LoRA as without.
TEST_F(ShortcutsTest, ArithmeticOfFewerBitsChangesThePictureLittle) {
  const SlowArithmetic slow;
  request_.width = 256;  // maps large enough for it in every layer but the innermost
  request_.height = 192;
  GenerateRequest adapted = request_;
  adapted.adapters.resize(1);
  adapted.adapters[0].file = goldenPath("lora/kohya_lora/adapter.safetensors");
  for (GenerateRequest request : {request_, adapted}) {
    Image picture, other;
    const std::vector<float> exact = latents(request, 0, &picture);
    const double range = std::abs(*std::max_element(exact.begin(), exact.end()));
    for (const ArithmeticCase& c :
         {ArithmeticCase{Arithmetic::Int16, 1e-3, 45}, ArithmeticCase{Arithmetic::Bf16, 6e-3, 38},
          ArithmeticCase{Arithmetic::Int8, 2e-2, 30}}) {
      request.shortcuts.arithmetic = c.arithmetic;
      const std::vector<float> close = latents(request, 0, &other);
      const double rms = distance(close, exact) / std::sqrt(static_cast<double>(exact.size()));
      EXPECT_GT(rms, 0) << "this is f32";
      EXPECT_LT(rms, c.rms * range) << name(c.arithmetic);
      EXPECT_GT(cosine(close, exact), 0.99) << name(c.arithmetic);
      EXPECT_GT(psnr(other, picture), c.psnr) << name(c.arithmetic);
    }
  }
}

TEST_F(ShortcutsTest, ArithmeticThatTheProcessorLacksIsTheNextThatItHas) {
  for (const Arithmetic exact : {Arithmetic::F32, Arithmetic::Int16}) EXPECT_EQ(availableArithmetic(exact), exact);
  setenv("LORIKEET_VNNI", "0", 1);
  setenv("LORIKEET_BF16", "0", 1);
  EXPECT_EQ(availableArithmetic(Arithmetic::Int8), Arithmetic::Int16);
  EXPECT_EQ(availableArithmetic(Arithmetic::Bf16), Arithmetic::F32);
  request_.shortcuts.arithmetic = Arithmetic::Bf16;
  const std::vector<float> values = latents(request_);
  request_.shortcuts.arithmetic = Arithmetic::F32;
  EXPECT_EQ(values, latents(request_));
  unsetenv("LORIKEET_VNNI");
  unsetenv("LORIKEET_BF16");
}

TEST_F(ShortcutsTest, IntegersGiveTheSameBytesForAnyNumberOfThreads) {
  request_.shortcuts.arithmetic = Arithmetic::Int16;
  EngineConfig config;
  config.threads = 3;
  Engine three(config);
  EXPECT_EQ(engine_.generate(request_).images.at(0).pixels, three.generate(request_).images.at(0).pixels);
}

/// Encoded pictures are used again by later runs, whatever their arithmetic.
TEST_F(ShortcutsTest, AnExactRunAfterOneOfIntegersIsExact) {
  request_.init = randomImage(64, 48, 3);
  const Image exact = engine_.generate(request_).images.at(0);
  RunMemory memory;
  GenerateRequest integers = request_;
  integers.shortcuts.arithmetic = Arithmetic::Int16;
  engine_.generate(integers, {}, {}, &memory);
  EXPECT_EQ(engine_.generate(request_, {}, {}, &memory).images.at(0).pixels, exact.pixels);
}

TEST_F(ShortcutsTest, RefusesWhatMakesNoSense) {
  for (const Shortcuts& shortcuts : {Shortcuts{.guidanceStart = 0.6, .guidanceEnd = 0.4}, Shortcuts{.guidanceEvery = 0},
                                     Shortcuts{.innerEvery = 101}, Shortcuts{.mergedTokens = 0.8},
                                     Shortcuts{.guidanceStart = -0.1}, Shortcuts{.guidanceEnd = std::nan("")}}) {
    request_.shortcuts = shortcuts;
    EXPECT_THROW(validate(request_), Error);
  }
}

}  // namespace
}  // namespace lorikeet

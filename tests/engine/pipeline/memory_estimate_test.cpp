#include <gtest/gtest.h>
#include <lorikeet/engine.h>
#include <lorikeet/memory_estimate.h>

#include <cstdlib>

#include "core/buffer_pool.h"
#include "engine/pipeline/wide_copy.h"
#include "io/model_files.h"
#include "pipeline/activation_estimate.h"
#include "pipeline/diffusion_model.h"
#include "pipeline/memory_estimate.h"
#include "support/golden_runs.h"

namespace lorikeet {
namespace {

using namespace testing;

/// For as long as it lives, so many bytes are available.
class MemoryLimit {
 public:
  explicit MemoryLimit(int64_t bytes) {
    BufferPool::instance().trim();
    const int64_t free = bytes - static_cast<int64_t>(BufferPool::instance().heldBytes());
    setenv("LORIKEET_MEMORY_LIMIT", std::to_string(std::max<int64_t>(free, 1)).c_str(), 1);
  }
  ~MemoryLimit() { unsetenv("LORIKEET_MEMORY_LIMIT"); }
};

class MemoryEstimateTest : public ::testing::TestWithParam<std::string> {
 protected:
  std::filesystem::path modelPath() const {
    return GetParam() == "starter" ? findResources() / "starter" : goldenPath(GetParam());
  }
  /// Bytes of all that is alive at once while `work` runs, when threads have their scratch already.
  template <class Work>
  static int64_t measured(const Work& work) {
    work();
    BufferPool::instance().trim();
    const size_t before = BufferPool::instance().liveBytes();
    work();
    return static_cast<int64_t>(BufferPool::instance().peakBytes() - before);
  }
  static void expectClose(int64_t floats, int64_t measuredBytes, const std::string& what) {
    constexpr int64_t kSmall = int64_t{2} << 20;
    const int64_t estimated = floats * 4;
    constexpr double kClass = 1.125;  // BufferPool rounds blocks up to eight sizes a power of two
    EXPECT_GE(estimated * kClass, measuredBytes) << what;
    EXPECT_LE(estimated, 1.15 * measuredBytes + kSmall) << what;
  }
  ThreadPool pool_{1};  // all scratch is that of one thread
  ExecutionContext context_{pool_};
};

TEST_P(MemoryEstimateTest, MapsOfTheNetworksAreThoseThatAreAlive) {
  const auto model = DiffusionModel::load(context_, modelPath(), findResources());
  const UNetConfig& unet = model->unet.config();
  const AutoencoderConfig& vae = model->vae->config();
  for (const MapSize size : {MapSize{32, 32}, MapSize{24, 40}}) {
    const std::string what = fmt::format("{}, latents {}x{}", GetParam(), size.width, size.height);
    for (const int64_t rows : {1, 2}) {
      const Tensor sample = Tensor::zeros({rows, size.height, size.width, unet.inChannels});
      const Tensor text = Tensor::zeros({rows, 77, unet.contextWidth});
      expectClose(unetFloats(unet, size, rows), measured([&] { model->unet(context_, sample, 500, text); }),
                  fmt::format("{}, UNet, {} rows", what, rows));
    }
    const Tensor latents = Tensor::zeros({1, size.height, size.width, vae.latentChannels});
    const Tensor picture = Tensor::zeros({1, size.height * vae.factor(), size.width * vae.factor(), 3});
    expectClose(decoderFloats(vae, size, VaeTiling::Never), measured([&] { model->vae->decode(context_, latents); }),
                what + ", decoder");
    expectClose(encoderFloats(vae, size, VaeTiling::Never), measured([&] { model->vae->encode(context_, picture); }),
                what + ", encoder");
  }
}

TEST_P(MemoryEstimateTest, WeightsAreThoseThatAreHeld) {
  const ModelShapes shapes = readModelShapes(modelPath());
  for (const Precision precision : {Precision::F32, Precision::BF16, Precision::Int8}) {
    const size_t before = BufferPool::instance().heldBytes();
    const auto model = DiffusionModel::load(context_, modelPath(), findResources(), precision);
    const auto held = static_cast<double>(BufferPool::instance().heldBytes() - before);
    const auto estimated = static_cast<double>(shapes.weightBytes(precision));
    const double pages = 4096.0 * static_cast<double>(model->unet.parameters().all().size());  // blocks fill pages
    EXPECT_NEAR(held, estimated, pages + 0.02 * estimated) << GetParam() << " " << name(precision);
  }
  EXPECT_LT(shapes.weightBytes(Precision::Int8), shapes.weightBytes(Precision::F32));
}

INSTANTIATE_TEST_SUITE_P(Models, MemoryEstimateTest, ::testing::Values("tiny-sd1", "starter"),
                         [](const auto& test) { return test.param == "starter" ? "Starter" : "Tiny"; });

TEST(MemoryEstimate, NamesTheMildestChangeThatFits) {
  GenerateRequest request;
  request.width = request.height = 1024;
  request.vaeTiling = VaeTiling::Never;
  const MemoryEstimate plenty = estimateMemory(request);
  EXPECT_TRUE(plenty.fits());
  EXPECT_EQ(plenty.suggestion, "");
  GenerateRequest inStrips = request;
  inStrips.vaeTiling = VaeTiling::Always;
  const MemoryLimit limit(estimateMemory(inStrips).peak());
  const MemoryEstimate tight = estimateMemory(request);
  EXPECT_FALSE(tight.fits());
  EXPECT_EQ(tight.suggestion.find("decoding in strips would need "), 0u) << tight.suggestion;
  EXPECT_TRUE(estimateMemory(inStrips).fits());
}

TEST(MemoryEstimate, SuggestsFewerPixelsWhereNothingElseHelps) {
  GenerateRequest request;
  request.precision = Precision::Int8;
  request.vaeTiling = VaeTiling::Always;
  request.width = request.height = 1024;
  const MemoryLimit limit(estimateMemory(request).peak());
  request.width = request.height = 2048;
  const MemoryEstimate estimate = estimateMemory(request);
  EXPECT_FALSE(estimate.fits());
  EXPECT_EQ(estimate.suggestion.find("1024x1024 pixels would need "), 0u) << estimate.suggestion;
}

TEST(MemoryEstimate, WhatDoesNotFitIsRefusedBeforeLoading) {
  GenerateRequest request;
  request.prompt = "a fox";
  request.width = request.height = 512;
  const MemoryLimit limit(50'000'000);
  Engine engine(twoThreads());
  bool isLoaded = false;
  GenerateCallbacks callbacks;
  callbacks.progress = [&](const Progress& progress) { isLoaded = isLoaded || progress.stage != Stage::Loading; };
  try {
    engine.generate(request, callbacks);
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::OutOfMemory);
    EXPECT_NE(std::string(error.what()).find("512x512"), std::string::npos) << error.what();
  }
  EXPECT_FALSE(isLoaded);
}

TEST(MemoryEstimate, AutomaticPrecisionIsTheMostExactThatFits) {
  GenerateRequest request;
  const TemporaryFolder temp;
  request.model = wideCopy(goldenPath("tiny-sd1"), temp.path());
  request.width = request.height = 64;
  request.precision = Precision::Auto;
  EXPECT_EQ(estimateMemory(request).precision, Precision::F32);
  request.precision = Precision::BF16;
  const int64_t narrow = estimateMemory(request).peak();
  request.precision = Precision::Auto;
  {
    const MemoryLimit limit(narrow);
    EXPECT_EQ(estimateMemory(request).precision, Precision::BF16);
  }
  const MemoryLimit limit(narrow - 1);
  EXPECT_EQ(estimateMemory(request).precision, Precision::Int8);
}

TEST(MemoryEstimate, PartsOfARequestAddTheirShare) {
  GenerateRequest request;
  request.model = goldenPath("tiny-sd1");
  request.width = request.height = 128;
  const MemoryEstimate plain = estimateMemory(request);
  GenerateRequest twoPasses = request, larger = request;
  twoPasses.hires.scale = 2;
  larger.width = larger.height = 256;
  EXPECT_EQ(estimateMemory(twoPasses).width, 256);
  EXPECT_GT(estimateMemory(larger).decoding, plain.decoding);
  EXPECT_GE(estimateMemory(twoPasses).decoding, estimateMemory(larger).decoding);
  EXPECT_EQ(estimateMemory(twoPasses).denoising, estimateMemory(larger).denoising);
  GenerateRequest controlled = request;
  controlled.controls.resize(1);
  controlled.controls[0].model = goldenPath("tiny-controlnet");
  EXPECT_GT(estimateMemory(controlled).controlNets, 0);
  EXPECT_GT(estimateMemory(controlled).denoising, plain.denoising);
  GenerateRequest adapted = request;
  adapted.adapters.resize(1);
  adapted.adapters[0].file = goldenPath("lora") / "kohya_lora" / "adapter.safetensors";
  EXPECT_GT(estimateMemory(adapted).adapters, 0);
}

}  // namespace
}  // namespace lorikeet

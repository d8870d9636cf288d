#include <gtest/gtest.h>
#include <lorikeet/engine.h>
#include <lorikeet/picture_io.h>
#include <lorikeet/picture_settings.h>

#include <cmath>

#include "imaging/resize.h"
#include "pipeline/latent_resize.h"
#include "pipeline/picture_upscaler.h"
#include "pipeline/second_pass.h"
#include "support/golden_runs.h"
#include "support/pictures.h"

namespace lorikeet {
namespace {

using namespace testing;

class HiresTest : public ::testing::Test {
 protected:
  HiresTest() {
    request_.model = goldenPath("tiny-sd1");
    request_.prompt = "a red fox";
    request_.width = 64;
    request_.height = 48;
    request_.steps = 4;
    request_.sampler = Sampler::Euler;
    request_.hires.scale = 1.5;
    request_.hires.steps = 3;
  }
  GenerateResult make(std::vector<std::string>* names = nullptr) {
    GenerateCallbacks callbacks;
    if (names != nullptr) callbacks.latents = [names](int, const Latents& l) { names->push_back(l.name); };
    callbacks.progress = [this](const Progress& progress) {
      EXPECT_GE(progress.step, lastStep_);
      lastStep_ = progress.step;
      stepCount_ = progress.stepCount;
    };
    lastStep_ = 0;
    return engine_.generate(request_, callbacks);
  }
  std::string refusal() {
    try {
      engine_.generate(request_);
    } catch (const Error& error) {
      return error.what();
    }
    return "";
  }
  Engine engine_{twoThreads()};
  GenerateRequest request_;
  int lastStep_ = 0, stepCount_ = 0;
};

TEST_F(HiresTest, ASecondPassRunsItsOwnStepsAtTheLargerSize) {
  for (const UpscaleMethod method : {UpscaleMethod::Latent, UpscaleMethod::LatentNearest, UpscaleMethod::LatentBicubic,
                                     UpscaleMethod::Nearest, UpscaleMethod::Bicubic, UpscaleMethod::Lanczos}) {
    request_.hires.upscaler = {method, {}};
    std::vector<std::string> names;
    const GenerateResult result = make(&names);
    ASSERT_EQ(result.images.size(), 1U);
    EXPECT_EQ(result.width, 96);
    EXPECT_EQ(result.images[0].width, 96);
    EXPECT_EQ(result.images[0].height, 72);
    EXPECT_EQ(lastStep_, 7);
    EXPECT_EQ(stepCount_, 7);
    EXPECT_EQ(std::count_if(names.begin(), names.end(), [](auto& n) { return n.starts_with("hires.after_step"); }), 3);
    EXPECT_EQ(names.back(), "hires.final");
  }
}

TEST_F(HiresTest, UpscalerFilesAreUsedAndSamplersOfEveryKindRun) {
  request_.hires.upscaler = {UpscaleMethod::Network, goldenPath("upscalers/srvgg-x3.safetensors")};
  for (const Sampler sampler : {Sampler::EulerA, Sampler::Heun, Sampler::DpmPp2M, Sampler::UniPC, Sampler::Lms}) {
    request_.sampler = sampler;
    EXPECT_EQ(make().images.at(0).width, 96) << name(sampler);
    EXPECT_EQ(lastStep_, 7) << name(sampler);
  }
}

TEST_F(HiresTest, WithoutStrengthTheEnlargedPictureStays) {
  request_.hires.strength = 0;
  request_.hires.upscaler = {UpscaleMethod::LatentNearest, {}};
  EXPECT_EQ(make().images.at(0).width, 96);
  EXPECT_EQ(stepCount_, 4);
}

TEST_F(HiresTest, TheFirstPassIsThatOfARunWithoutHires) {
  std::vector<float> first, alone;
  const auto keep = [](std::vector<float>& to) {
    GenerateCallbacks callbacks;
    callbacks.latents = [&to](int, const Latents& l) {
      if (l.name == "latents.final") to = l.values;
    };
    return callbacks;
  };
  engine_.generate(request_, keep(first));
  request_.hires = {};
  engine_.generate(request_, keep(alone));
  EXPECT_EQ(first, alone);
}

TEST_F(HiresTest, ControlsSteerBothPasses) {
  ControlUnit unit;
  unit.type = ControlType::Map;
  unit.picture = goldenPath("inputs/canny.png");
  unit.model = goldenPath("tiny-controlnet");
  const Image without = make().images.at(0);
  request_.controls = {unit};
  EXPECT_NE(make().images.at(0).pixels, without.pixels);
}

TEST_F(HiresTest, BadSettingsGetASentence) {
  request_.hires.scale = 9;
  EXPECT_NE(refusal().find("hires scale must be between 1 and 8"), std::string::npos);
  request_.hires.scale = 2;
  request_.hires.upscaler = {UpscaleMethod::Network, {}};
  EXPECT_NE(refusal().find("no upscaler file"), std::string::npos);
  request_.hires.upscaler = {UpscaleMethod::Network, "absent.pth"};
  EXPECT_NE(refusal().find("\"absent.pth\" is not a file"), std::string::npos);
  request_.hires.upscaler = {};
  request_.init = goldenPath("inputs/photo.png");
  EXPECT_NE(refusal().find("leave it out when starting from a picture"), std::string::npos);
}

TEST_F(HiresTest, SettingsComeBackFromTheInfotext) {
  request_.hires = {2, {UpscaleMethod::LatentBicubic, {}}, 7, 0.45};
  request_.seamless = {true, true};
  request_.vaeTiling = VaeTiling::Always;
  const std::string text = toInfotext(request_, 0, {128, 96, "tiny", "", {}, {}});
  EXPECT_NE(text.find("Size: 64x48"), std::string::npos) << text;
  EXPECT_NE(text.find("Denoising strength: 0.45, Hires upscale: 2, Hires steps: 7, Hires upscaler: Latent (bicubic)"),
            std::string::npos)
      << text;
  const GenerateRequest back = toRequest(*parseInfotext(text)).request;
  EXPECT_EQ(back.hires, request_.hires);
  EXPECT_EQ(back.seamless, request_.seamless);
  EXPECT_EQ(back.vaeTiling, request_.vaeTiling);
  request_.hires.upscaler = {UpscaleMethod::Network, "models/4x-fine.pth"};
  const SettingsRequest network = toRequest(*parseInfotext(toInfotext(request_, 0, {128, 96, "tiny", "", {}, {}})));
  EXPECT_EQ(network.request.hires.upscaler.network, "4x-fine.pth");
  EXPECT_TRUE(network.notes.empty());
  // Of other programs' networks only the name is known.
  const SettingsRequest unknown =
      toRequest(*parseInfotext("fox\nSteps: 20, Sampler: Euler, Seed: 1, Size: 64x64, Hires upscale: 2, Hires "
                               "upscaler: 4x-fine, Version: v1.10"));
  ASSERT_EQ(unknown.notes.size(), 1U);
  EXPECT_NE(unknown.notes[0].find("4x-fine"), std::string::npos);
}

TEST(SecondPassStepsTest, RunsAsManyStepsAsAskedFor) {
  GenerateRequest request;
  request.hires.steps = 10;
  request.hires.strength = 0.5;
  EXPECT_EQ(secondPassSteps(request, 1000).total, 20);
  EXPECT_EQ(secondPassSteps(request, 1000).run, 10);
  request.hires.strength = 1;
  EXPECT_EQ(secondPassSteps(request, 1000).total, 10);
  request.hires = {2, {}, 0, 0.7};
  EXPECT_EQ(secondPassSteps(request, 1000).total, 28);
  EXPECT_EQ(secondPassSteps(request, 1000).run, 20);
  request.hires.strength = 0.001;
  EXPECT_EQ(secondPassSteps(request, 1000).total, 1000);
  EXPECT_EQ(secondPassSteps(request, 1000).run, 1);
}

TEST(ResizeLatentsTest, AgreesWithTorch) {
  const GoldenFile golden(goldenPath("upscalers/latents.safetensors"));
  for (const UpscaleMethod method :
       {UpscaleMethod::Latent, UpscaleMethod::LatentNearest, UpscaleMethod::LatentBicubic}) {
    const std::string key(name(method));
    EXPECT_TRUE(closeTo(resizeLatents(golden.tensor("input"), method, 10, 12), golden.tensor(key), 1e-6)) << key;
  }
}

TEST(UpscaleTest, RealFilesGiveTheirGoldenPictures) {
  LORIKEET_SKIP_WITHOUT_SHARED_DATA();
  Engine engine(twoThreads());
  const fs::path data = sharedPath("testdata");
  const auto enlarge = [&](const char* network, const fs::path& picture) {
    return engine.upscale(loadImage(picture), {{UpscaleMethod::Network, data / "upscaler" / network}, 0}).image;
  };
  const Image cat = enlarge("realesr-animevideov3.pth", data / "golden/chelsea_lr64.png");
  EXPECT_LE(maxDifference(cat.pixels, loadImage(data / "golden/chelsea_animevideov3_x4.png").pixels), 1);
  // The author's picture is older than the weights: alike, but not equal.
  const fs::path author = data / "upscaler/fsrcnn_golden";
  const Image photo = enlarge("FSRCNN_x3.pb", author / "input.png");
  EXPECT_LE(meanDifference(photo.pixels, loadImage(author / "fsrcnnOutput.png").pixels), 2.8);
}

TEST(UpscaleTest, PiecesOfALargePictureJoinWithoutASeam) {
  ThreadPool pool(2);
  const ExecutionContext context(pool);
  const auto network = UpscalerNetwork::load(context, goldenPath("upscalers/srvgg-x3.safetensors"));
  const Image large = randomImage(540, 300, 3);
  const Image pieces = enlargeWithNetwork(context, *network, large);
  ASSERT_EQ(pieces.width, 1620);
  ASSERT_EQ(pieces.height, 900);
  // Every part equals what the network makes of that part with its surroundings.
  for (const int x : {0, 200, 250, 270, 440}) {
    const Image part = enlargeWithNetwork(context, *network, cropImage(large, {x, 100, 100, 100}));
    const Image inner = cropImage(part, {30, 30, 240, 240});
    EXPECT_LE(maxDifference(inner.pixels, cropImage(pieces, {3 * x + 30, 330, 240, 240}).pixels), 1) << x;
  }
}

TEST(UpscaleTest, SizesAreExactAndBadOnesRefused) {
  Engine engine(twoThreads());
  const Image small = randomImage(20, 14, 1);
  EXPECT_EQ(engine.upscale(small, {{UpscaleMethod::Lanczos, {}}, 0}).image.width, 40);
  EXPECT_EQ(engine.upscale(small, {{UpscaleMethod::Bicubic, {}}, 1.5}).image.height, 21);
  const Upscaler network{UpscaleMethod::Network, goldenPath("upscalers/rrdb-x2.safetensors")};
  EXPECT_EQ(engine.upscale(randomImage(21, 13, 2), {network, 0}).image.width, 42);
  EXPECT_EQ(engine.upscale(small, {network, 3}).image.width, 60);
  EXPECT_EQ(engine.upscale(solidImage(1, 1, 9, 9, 9), {network, 0}).image.width, 2);
  EXPECT_THROW(engine.upscale(small, {network, 17}), Error);
  EXPECT_THROW(engine.upscale(small, {network, std::nan("")}), Error);
  EXPECT_THROW(engine.upscale(small, {{UpscaleMethod::Latent, {}}, 2}), Error);
  EXPECT_THROW(engine.upscale(Image{}, {network, 2}), Error);
  EXPECT_THROW(engine.upscale(Image::create(12000, 20), {network, 2}), Error);
  std::stop_source stop;
  stop.request_stop();
  EXPECT_EQ(engine.upscale(small, {network, 2}, {}, stop.get_token()).status, Status::Stopped);
}

TEST(UpscaleTest, TextNamesAMethodOrAFile) {
  EXPECT_EQ(upscalerFromText("lanczos"), (Upscaler{UpscaleMethod::Lanczos, {}}));
  EXPECT_EQ(upscalerFromText("Latent (bicubic)"), (Upscaler{UpscaleMethod::LatentBicubic, {}}));
  EXPECT_EQ(upscalerFromText("a/4x.pth"), (Upscaler{UpscaleMethod::Network, "a/4x.pth"}));
  EXPECT_THROW(upscalerFromText("gigapixel"), Error);
  EXPECT_EQ(inspectUpscaler(goldenPath("upscalers/rrdb-x4.safetensors")).scale, 4);
}

TEST(VaeTilingTest, StripsShowNoDifferenceInAPicture) {
  Engine engine(twoThreads());
  GenerateRequest request;  // the starter model
  request.prompt = "a red apple, flat style";
  request.width = request.height = 256;
  request.steps = 4;
  request.vaeTiling = VaeTiling::Never;
  const Image whole = engine.generate(request).images.at(0);
  request.vaeTiling = VaeTiling::Always;
  EXPECT_LE(maxDifference(engine.generate(request).images.at(0).pixels, whole.pixels), 1);
}

TEST(SeamlessTest, ChangesPicturesOfItsRequestAlone) {
  Engine engine(twoThreads());
  GenerateRequest request;
  request.model = goldenPath("tiny-sd1");
  request.prompt = "leaves";
  request.width = request.height = 64;
  request.steps = 2;
  const Image plain = engine.generate(request).images.at(0);
  request.seamless = {true, true};
  EXPECT_NE(engine.generate(request).images.at(0).pixels, plain.pixels);
  request.seamless = {};
  EXPECT_EQ(engine.generate(request).images.at(0).pixels, plain.pixels);
}

}  // namespace
}  // namespace lorikeet

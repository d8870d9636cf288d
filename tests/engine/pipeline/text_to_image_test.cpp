#include <gtest/gtest.h>
#include <lorikeet/engine.h>
#include <lorikeet/picture_io.h>

#include <cstring>
#include <thread>

#include "support/golden_runs.h"

namespace lorikeet {
namespace {

using testing::goldenPath;
using testing::goldenRequest;
using testing::kPrompt;
using testing::readGoldenJson;
using testing::twoThreads;
namespace fs = std::filesystem;

/// Runs a golden case and compares latents at every step and the pictures.
void expectGolden(Engine& engine, const fs::path& stem, GenerateRequest request) {
  const auto images = testing::expectGoldenLatents(engine, stem.string() + ".safetensors", request,
                                                   request.imageCount * (request.steps + 2));
  ASSERT_EQ(static_cast<int>(images.size()), request.imageCount);
  for (int i = 0; i < request.imageCount; ++i)
    testing::expectSamePicture(
        images[i], request.imageCount == 1 ? stem.string() + ".png" : stem.string() + "." + std::to_string(i) + ".png",
        1);
}

class TextToImageTest : public ::testing::TestWithParam<std::string> {};

TEST_P(TextToImageTest, AgreesWithDiffusersAtEveryStep) {
  static Engine engine(twoThreads());
  const fs::path stem = goldenPath("pipelines") / GetParam();
  GenerateRequest request = goldenRequest(readGoldenJson(stem.string() + ".json"), goldenPath("tiny-sd1"));
  if (GetParam() == "txt2img_clip_skip2_euler") request.clipSkip = 2;
  expectGolden(engine, stem, request);
}

/// Every golden text-to-image run except those that ask for what the engine has no request for: one generator for a
/// batch, and clip skip for one of the two prompts.
std::vector<std::string> goldenRuns() {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(goldenPath("pipelines"))) {
    const std::string name = entry.path().stem().string();
    if (entry.path().extension() == ".json" && name.starts_with("txt2img_") &&
        name.find("one_generator") == std::string::npos && name.find("positive_only") == std::string::npos)
      names.push_back(name);
  }
  std::sort(names.begin(), names.end());
  return names;
}

INSTANTIATE_TEST_SUITE_P(Golden, TextToImageTest, ::testing::ValuesIn(goldenRuns()), [](const auto& run) {
  std::string name = run.param;
  std::replace_if(
      name.begin(), name.end(), [](char c) { return !std::isalnum(static_cast<unsigned char>(c)); }, '_');
  return name;
});

TEST(TextToImageSd2Test, VelocityPredictionModelsAgreeWithDiffusers) {
  LORIKEET_SKIP_WITHOUT_SHARED_DATA();
  const testing::TemporaryFolder folder;
  const fs::path model = folder / "tiny-sd2";
  fs::copy(testing::sharedPath("golden/tiny-sd2"), model, fs::copy_options::recursive);
  fs::permissions(model / "tokenizer", fs::perms::owner_all);
  for (const char* file : {"vocab.json", "merges.txt"})
    fs::copy(goldenPath("tiny-sd1") / "tokenizer" / file, model / "tokenizer" / file);
  Engine engine(twoThreads());
  for (const char* name : {"txt2img_ddim", "txt2img_euler", "txt2img_dpmpp_2m"}) {
    const fs::path stem = testing::sharedPath("golden/sd2") / name;
    expectGolden(engine, stem, goldenRequest(readGoldenJson(stem.string() + ".json"), model));
  }
}

class EngineTest : public ::testing::Test {
 protected:
  EngineTest() {
    request_.model = goldenPath("tiny-sd1");
    request_.prompt = kPrompt;
    request_.width = request_.height = 64;
    request_.steps = 3;
  }
  GenerateRequest request_;
  Engine engine_{twoThreads()};
};

TEST_F(EngineTest, BytesDoNotDependOnThreadsOrPreview) {
  const GenerateResult plain = engine_.generate(request_);
  EngineConfig config;
  config.threads = 5;
  Engine other(config);
  int previews = 0;
  GenerateCallbacks callbacks;
  callbacks.preview = [&](int, int, const Image& image) {
    ++previews;
    EXPECT_EQ(image.width, 8);
  };
  const GenerateResult watched = other.generate(request_, callbacks);
  EXPECT_EQ(plain.images.at(0).pixels, watched.images.at(0).pixels);
  EXPECT_EQ(previews, 3);
}

TEST_F(EngineTest, ImageJOfARequestIsTheImageOfSeedPlusJ) {
  request_.imageCount = 3;
  const GenerateResult together = engine_.generate(request_);
  ASSERT_EQ(together.seeds, (std::vector<uint64_t>{42, 43, 44}));
  request_.imageCount = 1;
  request_.seed = 44;
  EXPECT_EQ(together.images[2].pixels, engine_.generate(request_).images[0].pixels);
}

TEST_F(EngineTest, SizesThatHalveToOddMapsWork) {
  request_.width = 72;
  request_.height = 104;
  const GenerateResult result = engine_.generate(request_);
  EXPECT_EQ(result.images.at(0).width, 72);
  EXPECT_EQ(result.images.at(0).height, 104);
}

TEST_F(EngineTest, StopsAtEveryStageAndKeepsWorking) {
  const std::vector<uint8_t> expected = engine_.generate(request_).images[0].pixels;
  for (const Stage stage : {Stage::Loading, Stage::Text, Stage::Denoising, Stage::Decoding}) {
    engine_.unload();
    std::stop_source stop;
    GenerateCallbacks callbacks;
    callbacks.progress = [&](const Progress& progress) {
      if (progress.stage == stage) stop.request_stop();
    };
    const GenerateResult stopped = engine_.generate(request_, callbacks, stop.get_token());
    EXPECT_EQ(stopped.status, Status::Stopped);
    EXPECT_TRUE(stopped.images.empty());
  }
  EXPECT_EQ(engine_.generate(request_).images[0].pixels, expected);
}

TEST_F(EngineTest, PromptsBeyondOneChunkRunAndAreCounted) {
  request_.prompt.clear();
  for (int i = 0; i < 100; ++i) request_.prompt += "word ";
  const GenerateResult result = engine_.generate(request_);
  EXPECT_EQ(result.promptTokens, 100);
  EXPECT_EQ(result.images.size(), 1u);
}

TEST_F(EngineTest, SettingsOutOfRangeAreRefusedByName) {
  const auto refused = [&](const std::function<void(GenerateRequest&)>& change, const std::string& word) {
    GenerateRequest bad = request_;
    change(bad);
    try {
      engine_.generate(bad);
      ADD_FAILURE() << word << " was not refused";
    } catch (const Error& error) {
      EXPECT_NE(std::string(error.what()).find(word), std::string::npos) << error.what();
    }
  };
  refused([](GenerateRequest& r) { r.steps = 0; }, "steps");
  refused([](GenerateRequest& r) { r.width = 100000; }, "width");
  refused([](GenerateRequest& r) { r.height = 100; }, "height");
  refused([](GenerateRequest& r) { r.imageCount = 0; }, "images");
  refused([](GenerateRequest& r) { r.guidanceScale = NAN; }, "guidance");
  refused([](GenerateRequest& r) { r.clipSkip = 9; }, "lip skip");
  refused([](GenerateRequest& r) { r.model = "/nowhere/model"; }, "/nowhere/model");
  EXPECT_EQ(engine_.generate(request_).status, Status::Done);
}

TEST_F(EngineTest, TimingsAndTokensAreReported) {
  const GenerateResult result = engine_.generate(request_);
  ASSERT_GE(result.timings.size(), 4u);
  EXPECT_EQ(result.timings[0].name, "load");
  EXPECT_EQ(result.timings[2].name, "denoise");
  EXPECT_EQ(result.promptTokens, 13);
  EXPECT_GT(result.peakMemoryBytes, 1 << 20);
}

TEST(StarterModelTest, MakesAPictureAtItsNativeSize) {
  Engine engine(twoThreads());
  GenerateRequest request;
  request.prompt = "a red apple on a blue background, flat style";
  request.steps = 2;
  const GenerateResult result = engine.generate(request);
  EXPECT_EQ(result.width, 128);
  EXPECT_EQ(result.images.at(0).height, 128);
}

}  // namespace
}  // namespace lorikeet

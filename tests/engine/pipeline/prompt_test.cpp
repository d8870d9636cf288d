#include <gtest/gtest.h>
#include <lorikeet/engine.h>

#include <nlohmann/json.hpp>

#include "support/golden.h"
#include "support/golden_json.h"

namespace lorikeet {
namespace {

using testing::closeTo;
using testing::GoldenFile;
using testing::goldenPath;

class PromptTest : public ::testing::Test {
 protected:
  PromptTest() {
    request_.model = goldenPath("tiny-sd1");
    request_.negativePrompt = "blurry, low quality, deformed";
    request_.sampler = Sampler::Euler;
    request_.width = request_.height = 128;
    request_.steps = 6;
  }
  /// Final latents of the request.
  std::vector<float> run() {
    std::vector<float> last;
    GenerateCallbacks callbacks;
    callbacks.latents = [&](int, const Latents& latents) { last = latents.values; };
    engine_.generate(request_, callbacks);
    return last;
  }
  GenerateRequest request_;
  Engine engine_;
};

TEST_F(PromptTest, WeightsAndSeveralChunksGiveTheReferencesLatents) {
  const nlohmann::json golden = testing::readGoldenJson(goldenPath("prompts/emphasis.json"));
  request_.prompt = golden.at("cases").at(4).at("prompt");
  EXPECT_TRUE(closeTo(
      run(), GoldenFile(goldenPath("prompts/txt2img_long_prompt_euler.safetensors")).values("latents.final"), 2e-4));
}

TEST_F(PromptTest, TextualInversionsOfEveryFormGiveTheReferencesLatents) {
  LORIKEET_SKIP_WITHOUT_SHARED_DATA();
  const auto folder = testing::sharedPath("golden/textual_inversion");
  const nlohmann::json golden = testing::readGoldenJson(folder / "txt2img_textual_inversion.json");
  request_.prompt = golden.at("call").at("prompt");
  request_.negativePrompt = golden.at("call").value("negative_prompt", "");
  const std::vector<float> expected =
      GoldenFile(folder / "txt2img_textual_inversion.safetensors").values("latents.final");
  const std::string prompt = request_.prompt;
  for (const char* name : {"glyph.bin", "glyph.safetensors", "glyph.pt"}) {
    request_.embeddings = {folder / name};
    request_.prompt = prompt;
    if (std::string(name) == "glyph.pt")  // A1111's form knows no token: its name triggers
      for (size_t at; (at = request_.prompt.find("<glyph>")) != std::string::npos;)
        request_.prompt.replace(at, 7, "glyph");
    EXPECT_TRUE(closeTo(run(), expected, 2e-4)) << name;
  }
  request_.embeddings = {folder / "glyph_sdxl.safetensors"};
  EXPECT_THROW(run(), Error);
}

TEST_F(PromptTest, AScheduledPromptIsTheFirstUpToItsStepAndThenTheSecond) {
  request_.prompt = "a red fox";
  std::vector<std::vector<float>> plain, scheduled;
  GenerateCallbacks callbacks;
  callbacks.latents = [&](int, const Latents& latents) { plain.push_back(latents.values); };
  engine_.generate(request_, callbacks);
  request_.prompt = "a [red:blue:3] fox";
  callbacks.latents = [&](int, const Latents& latents) { scheduled.push_back(latents.values); };
  engine_.generate(request_, callbacks);
  ASSERT_EQ(plain.size(), scheduled.size());
  for (int step = 0; step <= 3; ++step) EXPECT_EQ(plain[step], scheduled[step]) << step;
  EXPECT_NE(plain[5], scheduled[5]);
}

TEST_F(PromptTest, AndWithOneOfTwoWeightsZeroIsTheOtherPrompt) {
  request_.prompt = "a red fox";
  const std::vector<float> alone = run();
  request_.prompt = "a red fox AND a house :0";
  EXPECT_TRUE(closeTo(run(), alone, 1e-6));
  request_.prompt = "a red fox AND a house :0.8";
  EXPECT_FALSE(closeTo(run(), alone, 1e-3));
}

}  // namespace
}  // namespace lorikeet

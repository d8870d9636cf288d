#include <gtest/gtest.h>

#include "lorikeet/engine.h"
#include "pipeline/infotext_text.h"
#include "support/full_request.h"

namespace lorikeet {
namespace {

GenerateRequest foxRequest() {
  GenerateRequest request;
  request.prompt = "a red fox, in the snow";
  request.negativePrompt = "blurry, deformed";
  request.steps = 25;
  request.sampler = Sampler::DpmPp2M;
  request.schedule = Schedule::Karras;
  request.guidanceScale = 7.5;
  request.seed = 42;
  return request;
}

TEST(InfotextTest, WritesA1111Fields) {
  EXPECT_EQ(toInfotext(foxRequest(), 0, {512, 768, "dreamy", "0123456789", {}, {}}),
            "a red fox, in the snow\n"
            "Negative prompt: blurry, deformed\n"
            "Steps: 25, Sampler: DPM++ 2M, Schedule type: Karras, CFG scale: 7.5, Seed: 42, Size: 512x768, "
            "Model hash: 0123456789, Model: dreamy, RNG: CPU, Version: Lorikeet " +
                std::string(version()));
}

TEST(InfotextTest, WritesTheSeedOfTheImage) {
  const std::string text = toInfotext(foxRequest(), 3, {512, 512, "dreamy", "", {}, {}});
  EXPECT_NE(text.find("Seed: 45,"), std::string::npos);
  EXPECT_EQ(text.find("Model hash"), std::string::npos);
}

TEST(InfotextTest, QuotesValuesThatWouldBreakTheLine) {
  const std::string text = toInfotext(foxRequest(), 0, {512, 512, "big, \"bold\": v2", "", {}, {}});
  EXPECT_NE(text.find(R"(, Model: "big, \"bold\": v2", RNG)"), std::string::npos) << text;
  EXPECT_EQ(quoteInfotextValue("plain name"), "plain name");
  EXPECT_EQ(quoteInfotextValue("two\nlines"), R"("two\nlines")");
}

TEST(InfotextTest, PutsWhatA1111CannotSayIntoOneField) {
  GenerateRequest request = foxRequest();
  request.schedule = Schedule::Default;
  request.spacing = Spacing::Trailing;
  request.noiseSource = NoiseSource::Numpy;
  const std::string text = toInfotext(request, 0, {512, 512, "dreamy", "", {}, {}});
  EXPECT_NE(text.find("Schedule type: Uniform"), std::string::npos) << text;
  EXPECT_NE(text.find(R"(Lorikeet: "{\"schedule\":\"default\",\"spacing\":\"trailing\",\"rng\":\"numpy\"}", Version)"),
            std::string::npos)
      << text;
  EXPECT_EQ(text.find("RNG:"), std::string::npos);
}

TEST(InfotextTest, KeepsPromptsThatTheFormatWouldChange) {
  for (const char* prompt : {"", "one\n\ntwo, Negative prompt: three", " blank before", "blank after ",
                             "a\nNegative prompt: b", "line \nend", "\nfirst", "last\n", "a\r\nb"}) {
    GenerateRequest request = foxRequest();
    request.prompt = prompt;
    const std::string text = toInfotext(request, 0, {512, 512, "dreamy", "", {}, {}});
    EXPECT_EQ(toRequest(*parseInfotext(text)).request.prompt, prompt) << text;
  }
}

/// The request as a picture may tell it to others: no folders, no model (it has fields of its own), one picture.
GenerateRequest asWritten(GenerateRequest request) {
  request.model.clear();
  request.imageCount = 1;
  request.prompting.wildcardFolder.clear();
  request.prompting.embeddingFolder.clear();
  request.prompting.adapterFolders.clear();
  request.prompting.choices = true;  // the texts hold nothing that could be read as one
  return request;
}

TEST(InfotextTest, TheWholeRequestComesBack) {
  GenerateRequest request = test::fullRequest();
  request.adapters.front().enabled = true;
  request.adapters.back().file = "neon.safetensors";
  const PictureFacts facts{request.width, request.height, "dreamy", "0123456789", {{"ink", "abc"}}, {{"easy", "def"}}};
  const std::string text = toInfotext(request, 0, facts);
  EXPECT_EQ(text.find("/models"), std::string::npos) << text;
  const SettingsRequest again = toRequest(*parseInfotext(text));
  EXPECT_TRUE(again.request == asWritten(request)) << text;
  EXPECT_TRUE(again.notes.empty());

  // Image j of several is a request of its own: with a variation its second seed counts on, else its seed.
  const GenerateRequest second = toRequest(*parseInfotext(toInfotext(request, 2, facts))).request;
  EXPECT_EQ(second.seed, request.seed);
  EXPECT_EQ(second.variation.seed, request.variation.seed + 2);
}

TEST(InfotextTest, FoldersOfFilesAreNotTold) {
  GenerateRequest request = foxRequest();
  request.embeddings = {"/home/ann/embeddings/easy.pt"};
  request.init.file = "/home/ann/photo.jpg";
  request.mask.file = "/home/ann/mask.png";
  request.controls.resize(1);
  request.controls[0].picture.file = "/home/ann/lines.png";
  request.controls[0].model = "/home/ann/models/scribble/";
  request.hires = {2, {UpscaleMethod::Network, "/home/ann/esrgan.pth"}, 0, 0.5};
  request.adapters.resize(2);
  request.adapters[0].file = "/home/ann/ink.safetensors";
  request.adapters[1].file = "/home/ann/off.safetensors";
  request.adapters[1].enabled = false;
  const std::string text = toInfotext(request, 0, {512, 512, "dreamy", "", {}, {}});
  EXPECT_EQ(text.find("/home"), std::string::npos) << text;
  EXPECT_EQ(text.find("off.safe"), std::string::npos) << text;
  const GenerateRequest again = toRequest(*parseInfotext(text)).request;
  EXPECT_EQ(again.init.file, "photo.jpg");
  EXPECT_EQ(again.controls.at(0).model, "scribble");
  EXPECT_EQ(again.adapters.at(0).file, "ink.safetensors");
  EXPECT_EQ(again.prompt, request.prompt) << "the tag that A1111 reads is the adapter of the list";
}

TEST(InfotextTest, HashesAsA1111WritesThem) {
  GenerateRequest request = foxRequest();
  PictureFacts facts{512, 512, "dreamy", "0123456789", {}, {}};
  facts.adapterHashes = {{"ink: v2, fine", "aaaabbbbcccc"}, {"neon", "ddddeeeeffff"}};
  facts.embeddingHashes = {{"easy", "111122223333"}};
  const std::string text = toInfotext(request, 0, facts);
  EXPECT_NE(
      text.find(R"(Lora hashes: "ink v2 fine: aaaabbbbcccc, neon: ddddeeeeffff", TI hashes: "easy: 111122223333")"),
      std::string::npos)
      << text;
}

TEST(InfotextTest, MaskFieldsOfA1111) {
  const auto settings = parseInfotext(
      "fox\nSteps: 20, Sampler: Euler, Seed: 1, Size: 512x512, Denoising strength: 0.6, Mask blur: 4, Mask mode: "
      "Inpaint "
      "not masked, Inpaint area: Only masked, Masked area padding: 48, Masked content: latent noise, Version: v1.10.1");
  const GenerateRequest request = toRequest(*settings).request;
  const MaskOptions expected{true, 0, 4, true, 48, MaskedContent::Noise, false, true};
  EXPECT_EQ(request.maskOptions, expected);
  EXPECT_EQ(request.strength, 0.6);
}

/// "sde_noise", "choices" and a text for "seamless" stood in pictures of early versions.
TEST(InfotextTest, OldPicturesAreStillRead) {
  const GenerateRequest request =
      toRequest(*parseInfotext("fox\nSteps: 20, Sampler: Euler, Seed: 1, Lorikeet: "
                               R"("{\"sde_noise\":\"brownian\",\"choices\":false,\"seamless\":\"x\"}")"))
          .request;
  EXPECT_EQ(request.sampling.sdeNoise, SdeNoise::Brownian);
  EXPECT_FALSE(request.prompting.choices);
  EXPECT_TRUE(request.seamless.x && !request.seamless.y);
}

TEST(InfotextTest, AStrangeOwnFieldIsNotedOrIgnored) {
  for (const char* own : {"{\\\"choices\\\": {}, \\\"prompting\\\": 3}", "[]", "{", "7", "{\\\"seamless\\\": []}"}) {
    const auto settings =
        parseInfotext(std::string("fox\nSteps: 20, Sampler: Euler, Seed: 1, Lorikeet: \"") + own + "\"");
    ASSERT_TRUE(settings.has_value());
    EXPECT_EQ(toRequest(*settings).request.steps, 20) << own;
  }
}

TEST(InfotextTest, WritesRareSettingsOnlyWhenTheyAreUsed) {
  GenerateRequest request = foxRequest();
  EXPECT_EQ(toInfotext(request, 0, {512, 512, "", "", {}, {}}).find("Clip skip"), std::string::npos);
  request.clipSkip = 2;
  request.eta = 0.5;
  request.noiseSource = NoiseSource::Philox;
  const std::string text = toInfotext(request, 0, {512, 512, "", "", {}, {}});
  EXPECT_NE(text.find("Clip skip: 2, Eta DDIM: 0.5, RNG: NV"), std::string::npos) << text;
}

TEST(InfotextTest, NamesSamplerParametersAsA1111Does) {
  GenerateRequest request = foxRequest();
  request.seed = 5;
  request.variation = {70, 0.25};
  request.sampling = {0.5, {2, 0.1, 9, 1.01}, 0, SdeNoise::Default, 31337};
  const std::string text = toInfotext(request, 3, {512, 512, "", "", {}, {}});
  EXPECT_NE(text.find("Seed: 5, "), std::string::npos) << text;
  EXPECT_NE(text.find("Variation seed: 73, Variation seed strength: 0.25, ENSD: 31337, Eta: 0.5, Sigma churn: 2, "
                      "Sigma tmin: 0.1, Sigma tmax: 9, Sigma noise: 1.01"),
            std::string::npos)
      << text;
}

}  // namespace
}  // namespace lorikeet

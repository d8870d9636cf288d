#include <gtest/gtest.h>

#include "lorikeet/engine.h"
#include "pipeline/infotext_text.h"

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
  EXPECT_EQ(toInfotext(foxRequest(), 0, 512, 768, "dreamy", "0123456789"),
            "a red fox, in the snow\n"
            "Negative prompt: blurry, deformed\n"
            "Steps: 25, Sampler: DPM++ 2M, Schedule type: Karras, CFG scale: 7.5, Seed: 42, Size: 512x768, "
            "Model hash: 0123456789, Model: dreamy, RNG: CPU, Version: Lorikeet " +
                std::string(version()));
}

TEST(InfotextTest, WritesTheSeedOfTheImage) {
  const std::string text = toInfotext(foxRequest(), 3, 512, 512, "dreamy", "");
  EXPECT_NE(text.find("Seed: 45,"), std::string::npos);
  EXPECT_EQ(text.find("Model hash"), std::string::npos);
}

TEST(InfotextTest, QuotesValuesThatWouldBreakTheLine) {
  const std::string text = toInfotext(foxRequest(), 0, 512, 512, "big, \"bold\": v2", "");
  EXPECT_NE(text.find(R"(, Model: "big, \"bold\": v2", RNG)"), std::string::npos) << text;
  EXPECT_EQ(quoteInfotextValue("plain name"), "plain name");
  EXPECT_EQ(quoteInfotextValue("two\nlines"), R"("two\nlines")");
}

TEST(InfotextTest, PutsWhatA1111CannotSayIntoOneField) {
  GenerateRequest request = foxRequest();
  request.schedule = Schedule::Default;
  request.spacing = Spacing::Trailing;
  request.noiseSource = NoiseSource::Numpy;
  const std::string text = toInfotext(request, 0, 512, 512, "dreamy", "");
  EXPECT_NE(text.find("Schedule type: Uniform"), std::string::npos) << text;
  EXPECT_NE(text.find(R"(Lorikeet: "{\"rng\":\"numpy\",\"schedule\":\"default\",\"spacing\":\"trailing\"}", Version)"),
            std::string::npos)
      << text;
  EXPECT_EQ(text.find("RNG:"), std::string::npos);
}

TEST(InfotextTest, KeepsPromptsThatTheFormatWouldChange) {
  EXPECT_TRUE(survivesInfotext(""));
  EXPECT_TRUE(survivesInfotext("one\n\ntwo, Negative prompt: three"));
  for (const char* prompt :
       {" blank before", "blank after ", "a\nNegative prompt: b", "line \nend", "\nfirst", "last\n", "a\r\nb"})
    EXPECT_FALSE(survivesInfotext(prompt)) << prompt;

  GenerateRequest request = foxRequest();
  request.prompt = "fox\nNegative prompt: not really";
  const std::string text = toInfotext(request, 0, 512, 512, "dreamy", "");
  EXPECT_NE(text.find(R"(\"prompt\":\"fox\\nNegative prompt: not really\"}")"), std::string::npos) << text;
}

TEST(InfotextTest, WritesRareSettingsOnlyWhenTheyAreUsed) {
  GenerateRequest request = foxRequest();
  EXPECT_EQ(toInfotext(request, 0, 512, 512, "", "").find("Clip skip"), std::string::npos);
  request.clipSkip = 2;
  request.eta = 0.5;
  request.noiseSource = NoiseSource::Philox;
  const std::string text = toInfotext(request, 0, 512, 512, "", "");
  EXPECT_NE(text.find("Clip skip: 2, Eta DDIM: 0.5, RNG: NV"), std::string::npos) << text;
}

TEST(InfotextTest, NamesSamplerParametersAsA1111Does) {
  GenerateRequest request = foxRequest();
  request.seed = 5;
  request.variation = {70, 0.25};
  request.sampling = {0.5, {2, 0.1, 9, 1.01}, 0, SdeNoise::Default, 31337};
  const std::string text = toInfotext(request, 3, 512, 512, "", "");
  EXPECT_NE(text.find("Seed: 5, "), std::string::npos) << text;
  EXPECT_NE(text.find("Variation seed: 73, Variation seed strength: 0.25, ENSD: 31337, Eta: 0.5, Sigma churn: 2, "
                      "Sigma tmin: 0.1, Sigma tmax: 9, Sigma noise: 1.01"),
            std::string::npos)
      << text;
}

}  // namespace
}  // namespace lorikeet

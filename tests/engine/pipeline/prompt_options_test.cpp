#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <lorikeet/engine.h>
#include <lorikeet/picture_settings.h>

#include <cstdio>
#include <set>

#include "support/golden.h"

namespace lorikeet {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using testing::goldenPath;
using ::testing::HasSubstr;
using testing::TemporaryFolder;

GenerateRequest smallRequest(const std::string& prompt) {
  GenerateRequest request;
  request.model = goldenPath("tiny-sd1");
  request.prompt = prompt;
  request.sampler = Sampler::Euler;
  request.width = request.height = 64;
  request.steps = 2;
  return request;
}

/// What one run gives: pictures, and the requests that they were made of.
struct MadePictures {
  std::vector<Image> images;
  std::vector<GenerateRequest> pictures;
};

class PromptOptionsTest : public ::testing::Test {
 protected:
  MadePictures make(const GenerateRequest& request) {
    MadePictures result;
    GenerateCallbacks callbacks;
    callbacks.picture = [&](int, const GenerateRequest& picture) { result.pictures.push_back(picture); };
    result.images = engine_.generate(request, callbacks).images;
    return result;
  }
  std::vector<uint8_t> pixels(const GenerateRequest& request) { return make(request).images.at(0).pixels; }
  static std::string failure(const GenerateRequest& request, ErrorKind kind) {
    try {
      checkPrompts(request);
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), kind) << error.what();
      return error.what();
    }
    ADD_FAILURE() << "no error for " << request.prompt;
    return {};
  }
  Engine engine_;
};

TEST_F(PromptOptionsTest, EmphasisModesDoWhatTheirNamesSay) {
  GenerateRequest request = smallRequest("a (red:1.6) fox");
  const auto original = pixels(request);
  request.prompting.emphasis = EmphasisMode::NoNorm;
  const auto noNorm = pixels(request);
  request.prompting.emphasis = EmphasisMode::Ignore;
  const auto ignored = pixels(request);
  request.prompting.emphasis = EmphasisMode::Literal;
  const auto literal = pixels(request);
  EXPECT_NE(original, noNorm);
  EXPECT_NE(original, ignored);
  EXPECT_NE(literal, ignored);
  EXPECT_EQ(ignored, pixels(smallRequest("a red fox")));
  EXPECT_EQ(literal, pixels(smallRequest("a \\(red:1.6\\) fox")));
}

TEST_F(PromptOptionsTest, EveryPictureChoosesByItsOwnSeed) {
  const TemporaryFolder folder;
  folder.write("animals.txt", "fox\nowl\n# no choice\ncat\nhare\nwolf\n");
  GenerateRequest request = smallRequest("a {red|green|blue} __animals__");
  request.negativePrompt = "{blurry|dark}";
  request.prompting.wildcardFolder = folder.path();
  request.imageCount = 4;
  const MadePictures together = make(request);
  ASSERT_EQ(together.pictures.size(), 4u);
  std::set<std::string> prompts;
  for (int i = 0; i < 4; ++i) {
    const GenerateRequest& picture = together.pictures[static_cast<size_t>(i)];
    EXPECT_EQ(picture.seed, 42u + static_cast<uint64_t>(i));
    EXPECT_EQ(picture.imageCount, 1);
    EXPECT_EQ(picture.prompt.find_first_of("{_"), std::string::npos) << picture.prompt;
    EXPECT_EQ(picture.prompting.promptTemplate, request.prompt);
    EXPECT_EQ(picture.prompting.negativeTemplate, request.negativePrompt);
    EXPECT_EQ(picture, requestOfPicture(request, i));
    prompts.insert(picture.prompt);
    // What the picture's settings say makes the same picture, without the wildcards.
    GenerateRequest again = smallRequest(picture.prompt);
    again.negativePrompt = picture.negativePrompt;
    again.seed = picture.seed;
    EXPECT_EQ(pixels(again), together.images[static_cast<size_t>(i)].pixels) << picture.prompt;
  }
  EXPECT_GT(prompts.size(), 1u);
}

TEST_F(PromptOptionsTest, ChoicesCanBeLeftAlone) {
  GenerateRequest request = smallRequest("a {red|green} __fox__");
  request.prompting.choices = false;
  const MadePictures plain = make(request);
  EXPECT_EQ(plain.pictures.at(0).prompt, request.prompt);
  EXPECT_EQ(plain.pictures.at(0).prompting.promptTemplate, "");
}

TEST_F(PromptOptionsTest, ChosenTextsThatMakeNewChoicesStandForThemselves) {
  const TemporaryFolder folder;
  folder.write("open.txt", "{a\n");
  folder.write("close.txt", "b}\n");
  GenerateRequest request = smallRequest("__open__|__close__");
  request.prompting.wildcardFolder = folder.path();
  const GenerateRequest picture = requestOfPicture(request, 0);
  EXPECT_EQ(picture.prompt, "{a|b}");
  EXPECT_FALSE(picture.prompting.choices);
  EXPECT_EQ(requestOfPicture(picture, 0).prompt, "{a|b}");
}

TEST_F(PromptOptionsTest, PointsAtUnknownWildcards) {
  const TemporaryFolder folder;
  folder.write("animals.txt", "fox\n");
  GenerateRequest request = smallRequest("first line\na __animls__");
  request.prompting.wildcardFolder = folder.path();
  EXPECT_THAT(failure(request, ErrorKind::InvalidArgument),
              AllOf(HasSubstr("line 2, column 3"), HasSubstr("\"animls\""), HasSubstr("animals")));
  request.prompting.wildcardFolder.clear();
  EXPECT_THAT(failure(request, ErrorKind::InvalidArgument), HasSubstr("no folder of wildcards"));
  request.prompting.wildcardFolder = folder / "none";
  EXPECT_THAT(failure(request, ErrorKind::NotFound), HasSubstr("none"));
  request = smallRequest("a fox");
  request.negativePrompt = "__x__";
  EXPECT_THAT(failure(request, ErrorKind::InvalidArgument), HasSubstr("negative prompt"));
}

TEST_F(PromptOptionsTest, FindsEmbeddingsOfAFolderByTokenAndFileName) {
  const auto folder = goldenPath("textual_inversion");
  GenerateRequest listed = smallRequest("a <glyph> fox");
  listed.embeddings = {folder / "glyph.safetensors"};
  const auto expected = pixels(listed);
  EXPECT_NE(expected, pixels(smallRequest("a <glyph> fox")));
  for (const char* prompt : {"a <glyph> fox", "a glyph fox", "a glyph_emb_params fox", "a GLYPH fox"}) {
    GenerateRequest request = smallRequest(prompt);
    request.prompting.embeddingFolder = folder;
    const MadePictures found = make(request);
    EXPECT_EQ(found.images.at(0).pixels, expected) << prompt;
    EXPECT_EQ(found.pictures.at(0).embeddings.size(), 1u) << prompt;
  }
  GenerateRequest request = smallRequest("a glyph_sdxl fox");
  request.prompting.embeddingFolder = folder;
  EXPECT_THAT(failure(request, ErrorKind::Unsupported), HasSubstr("SDXL"));
  // One that is not named may be broken.
  request.prompt = "a fox";
  EXPECT_EQ(pixels(request), pixels(smallRequest("a fox")));
}

TEST_F(PromptOptionsTest, SeveralEmbeddingsWorkAtOnceAndWithoutReloadingTheModel) {
  const auto folder = goldenPath("textual_inversion");
  GenerateRequest request = smallRequest("a glyph_emb_params fox, (<glyph>:1.2)");
  request.embeddings = {folder / "glyph_emb_params.safetensors", folder / "glyph.bin"};
  const auto both = pixels(request);
  request.embeddings.pop_back();
  EXPECT_NE(pixels(request), both);
  request.embeddings.clear();
  request.prompt = "a fox";
  const auto without = pixels(request);
  EXPECT_EQ(Engine().generate(request).images.at(0).pixels, without);
}

TEST_F(PromptOptionsTest, RefusesEmbeddingsOfAnotherWidthWithBothNumbers) {
  LORIKEET_SKIP_WITHOUT_SHARED_DATA();
  GenerateRequest request = smallRequest("a fox, easynegative");
  request.embeddings = {testing::sharedPath("testdata/textual_inversion/EasyNegative.safetensors")};
  EXPECT_THAT(failure(request, ErrorKind::Mismatch), AllOf(HasSubstr("768"), HasSubstr("16")));
  request.prompting.embeddingFolder = testing::sharedPath("testdata/textual_inversion");
  request.embeddings.clear();
  EXPECT_THAT(failure(request, ErrorKind::Mismatch), AllOf(HasSubstr("EasyNegative"), HasSubstr("768")));
}

TEST_F(PromptOptionsTest, ReportsWhatAPromptSays) {
  GenerateRequest request = smallRequest("a {red|red} fox, (tail:.) <lora:ink:0.5> # note\nBREAK <glypf>");
  const PromptReport report = readPrompt(request, PromptRole::Positive);
  EXPECT_TRUE(report.hasChoices);
  EXPECT_THAT(report.text, HasSubstr("a red fox"));
  EXPECT_EQ(report.chunkTokens.size(), 2u);
  EXPECT_EQ(report.tokenCount, report.chunkTokens[0] + report.chunkTokens[1]);
  ASSERT_EQ(report.issues.size(), 2u);
  EXPECT_EQ(request.prompt.substr(report.issues[0].position, report.issues[0].length), ":.)");
  EXPECT_EQ(request.prompt.substr(report.issues[1].position, report.issues[1].length), "<glypf>");
  request.prompt = "a <glyph> fox";
  request.prompting.embeddingFolder = goldenPath("textual_inversion");
  const PromptReport known = readPrompt(request, PromptRole::Positive);
  EXPECT_THAT(known.embeddings, ElementsAre("<glyph>"));
  EXPECT_TRUE(known.issues.empty());
}

TEST_F(PromptOptionsTest, MarksPlaces) {
  const std::string text = "erste Zeile\nfüchse (a:.) und mehr";
  const PromptIssue issue{PromptIssue::Severity::Warning, text.find(":."), 3, ""};
  EXPECT_EQ(placeOf(text, issue.position).line, 2u);
  EXPECT_EQ(placeOf(text, issue.position).column, 10u);
  EXPECT_EQ(markPlace(text, issue), "füchse (a:.) und mehr\n         ^^^");
  EXPECT_EQ(placeOf("", 7).column, 1u);
  EXPECT_EQ(markPlace("", {}), "\n^");
}

TEST_F(PromptOptionsTest, AnswersAMegabyteOfBrackets) {
  for (const size_t byteSize : {kMaxPromptBytes, size_t(1) << 20})
    for (const char* part : {"(", "[", "{", ")", "[[a]", "(((", "{|", "((a)", "([{"}) {
      std::string prompt;
      while (prompt.size() < byteSize) prompt += part;
      prompt.resize(byteSize);
      try {
        checkPrompts(smallRequest(prompt));
      } catch (const Error& error) {
        EXPECT_THAT(error.what(), ::testing::AnyOf(HasSubstr("too long"), HasSubstr("choices"))) << part;
      }
    }
}

TEST_F(PromptOptionsTest, RefusesPromptsBeyondReason) {
  std::string words, breaks, ands;
  for (int i = 0; i < 20'000; ++i) {
    words += "red foxes, ";
    breaks += "a BREAK ";
    ands += "a AND ";
  }
  EXPECT_THAT(failure(smallRequest(words), ErrorKind::InvalidArgument), HasSubstr("more than 64 chunks of 75"));
  EXPECT_THAT(failure(smallRequest(breaks), ErrorKind::InvalidArgument), HasSubstr("more than 64 chunks"));
  EXPECT_THAT(failure(smallRequest(ands), ErrorKind::InvalidArgument), HasSubstr("20001 prompts by AND"));
  EXPECT_THROW(engine_.generate(smallRequest(words)), Error);
  EXPECT_THAT(failure(smallRequest(std::string(1 << 20, 'x')), ErrorKind::InvalidArgument), HasSubstr("1048576 bytes"));
  const PromptReport report = readPrompt(smallRequest(words), PromptRole::Positive);
  ASSERT_FALSE(report.issues.empty());
  EXPECT_EQ(report.issues[0].severity, PromptIssue::Severity::Error);
}

TEST_F(PromptOptionsTest, StrangeBytesAndWeightsStillMakeAPicture) {
  for (const std::string& prompt :
       {std::string("a\0b", 3), std::string("a\xed\xa0\x80z"), std::string("\xff\xfe"), std::string("(a:nan)"),
        std::string("(a:1e999)"), std::string("(a:.)"), std::string("(a:99999999999999999999)"), std::string("((a"),
        std::string("a))]]"), std::string("[a:b:"), std::string("{a|b"), std::string("(a:-1e30)")}) {
    const PromptReport report = readPrompt(smallRequest(prompt), PromptRole::Positive);
    for (const PromptIssue& issue : report.issues) EXPECT_NE(issue.severity, PromptIssue::Severity::Error) << prompt;
    EXPECT_EQ(make(smallRequest(prompt)).images.size(), 1u) << prompt;
  }
}

TEST_F(PromptOptionsTest, SettingsGoThroughTheInfotext) {
  GenerateRequest request = smallRequest("a red fox");
  request.width = request.height = 64;
  request.prompting.emphasis = EmphasisMode::NoNorm;
  request.prompting.promptTemplate = "a {red|green} fox, \"x\": y\nz";
  request.prompting.negativeTemplate = "{a|b}";
  const std::string text = toInfotext(request, 0, {64, 64, "tiny", "", {}, {}});
  EXPECT_THAT(text, HasSubstr("Emphasis: No norm"));
  const auto settings = parseInfotext(text);
  ASSERT_TRUE(settings);
  EXPECT_EQ(toRequest(*settings).request.prompting, request.prompting);
  request.prompting = {};
  request.prompt = "a {red|green} fox";
  request.prompting.choices = false;
  EXPECT_EQ(toRequest(*parseInfotext(toInfotext(request, 0, {64, 64, "tiny", "", {}, {}}))).request.prompting,
            request.prompting);
  request.prompt = "a fox";
  EXPECT_THAT(toInfotext(request, 0, {64, 64, "tiny", "", {}, {}}), ::testing::Not(HasSubstr("choices")));
}

TEST_F(PromptOptionsTest, ReadsTemplatesAsDynamicPromptsWritesThem) {
  const auto settings = parseInfotext(
      "a red fox\nNegative prompt: dark\nSteps: 20, Sampler: Euler a, CFG scale: 7, Seed: 5, Size: 512x512\n"
      "Template: a {red|green} fox,\nsecond line\nNegative Template: {dark|bright}");
  ASSERT_TRUE(settings);
  const GenerateRequest request = toRequest(*settings).request;
  EXPECT_EQ(request.prompt, "a red fox");
  EXPECT_EQ(request.negativePrompt, "dark");
  EXPECT_EQ(request.seed, 5u);
  EXPECT_EQ(request.prompting.promptTemplate, "a {red|green} fox,\nsecond line");
  EXPECT_EQ(request.prompting.negativeTemplate, "{dark|bright}");
}

}  // namespace
}  // namespace lorikeet

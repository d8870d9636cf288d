#include "lorikeet/settings_files.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "lorikeet/error.h"
#include "lorikeet/prompt.h"
#include "support/golden.h"

namespace lorikeet {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

/// Two small adapters whose contents differ.
const fs::path kAdapters = fs::path(LORIKEET_SOURCE_DIR) / "tests/golden/lora";

class SettingsFilesTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::vector<fs::path> found;
    for (const auto& entry : fs::recursive_directory_iterator(kAdapters))
      if (entry.path().extension() == ".safetensors" && isAdapterFile(entry.path())) found.push_back(entry.path());
    std::sort(found.begin(), found.end());
    ASSERT_GE(found.size(), 2u);
    first_ = found[0];
    second_ = found[1];
    fs::create_directories(folder_ / "loras/deep");
    folders_.adapters = {folder_ / "nowhere", folder_ / "loras"};
  }

  bool isAdapterFile(const fs::path& file) {
    try {
      return !hashes_.adapter(file).empty();
    } catch (const Error&) {
      return false;
    }
  }

  SettingsRequest find(const std::string& text) {
    const auto settings = parseInfotext(text);
    SettingsRequest result = toRequest(*settings);
    findSettingsFiles(result.request, *settings, folders_, hashes_, result.notes);
    return result;
  }

  testing::TemporaryFolder folder_;
  FileHashes hashes_{folder_ / "hashes.json"};
  SettingsFolders folders_;
  fs::path first_, second_;
};

TEST_F(SettingsFilesTest, TagsOfOtherProgramsBecomeAdapters) {
  fs::copy(first_, folder_ / "loras/deep/ink.safetensors");
  const SettingsRequest found =
      find("a fox <lora:ink:0.5:0.8>, snow <lora:gone:1>\nSteps: 20, Sampler: Euler, Seed: 1, Size: 64x64");
  ASSERT_EQ(found.request.adapters.size(), 1u);
  EXPECT_EQ(found.request.adapters[0].file, folder_ / "loras/deep/ink.safetensors");
  EXPECT_EQ(found.request.adapters[0].weight, 0.8);
  EXPECT_EQ(found.request.adapters[0].textWeight, 0.5);
  EXPECT_EQ(found.request.prompt, "a fox, snow <lora:gone:1>");
  EXPECT_THAT(found.notes, ElementsAre(HasSubstr("\"gone\" was not found")));
}

TEST_F(SettingsFilesTest, RenamedAdaptersAreFoundByTheirHash) {
  fs::copy(first_, folder_ / "loras/another name.safetensors");
  fs::copy(second_, folder_ / "loras/ink.safetensors");
  std::ofstream(folder_ / "loras/broken.safetensors") << "no adapter";
  const std::string hash = hashes_.adapter(first_);
  const SettingsRequest found =
      find("a fox <lora:ink:1>\nSteps: 20, Sampler: Euler, Seed: 1, Lora hashes: \"ink: " + hash.substr(0, 10) + "\"");
  ASSERT_EQ(found.request.adapters.size(), 1u);
  EXPECT_EQ(found.request.adapters[0].file, folder_ / "loras/another name.safetensors")
      << "the file that has the name is another one";
  EXPECT_THAT(found.notes, IsEmpty());

  const SettingsRequest changed =
      find("a fox <lora:ink:1>\nSteps: 20, Sampler: Euler, Seed: 1, Lora hashes: \"ink: 0123456789ab\"");
  ASSERT_EQ(changed.request.adapters.size(), 1u);
  EXPECT_EQ(changed.request.adapters[0].file, folder_ / "loras/ink.safetensors");
  EXPECT_THAT(changed.notes, ElementsAre(HasSubstr("another file")));
}

TEST_F(SettingsFilesTest, OurOwnPicturesFindAllTheirFiles) {
  fs::copy(first_, folder_ / "loras/ink.safetensors");
  fs::create_directories(folder_ / "networks/deep/scribble");
  for (const char* name : {"photo.png", "networks/sharp.pth"}) std::ofstream(folder_ / name) << "x";
  folders_.networks = {folder_ / "networks"};
  folders_.pictures = {folder_.path()};
  GenerateRequest request;
  request.prompt = "a fox";
  request.adapters.resize(1);
  request.adapters[0].file = "/elsewhere/ink.safetensors";
  request.adapters[0].blocks.mid = 0.5;
  request.init.file = "/elsewhere/photo.png";
  request.mask.file = "/elsewhere/mask.png";
  request.controls.resize(1);
  request.controls[0].model = "/elsewhere/scribble";
  request.hires = {2, {UpscaleMethod::Network, "/elsewhere/sharp.pth"}, 0, 0.5};
  const PictureFacts facts{64, 64, "tiny", "", {{"ink", hashes_.adapter(first_)}}, {}};
  const SettingsRequest found = find(toInfotext(request, 0, facts));
  ASSERT_EQ(found.request.adapters.size(), 1u);
  EXPECT_EQ(found.request.adapters[0].file, folder_ / "loras/ink.safetensors");
  EXPECT_EQ(found.request.adapters[0].blocks.mid, 0.5);
  EXPECT_EQ(found.request.prompt, "a fox");
  EXPECT_EQ(found.request.init.file, folder_ / "photo.png");
  EXPECT_TRUE(found.request.mask.empty());
  EXPECT_EQ(found.request.controls.at(0).model, folder_ / "networks/deep/scribble");
  EXPECT_EQ(found.request.hires.upscaler.network, folder_ / "networks/sharp.pth");
  EXPECT_THAT(found.notes, ElementsAre(HasSubstr("mask \"mask.png\" was not found")));
}

TEST_F(SettingsFilesTest, WithoutTheStartPictureThereIsNoMask) {
  GenerateRequest request;
  request.init.file = "/elsewhere/photo.png";
  request.mask.file = "/elsewhere/mask.png";
  request.outpaint.left = 8;
  std::ofstream(folder_ / "mask.png") << "x";
  folders_.pictures = {folder_.path()};
  const SettingsRequest found = find(toInfotext(request, 0, {64, 64, "tiny", "", {}, {}}));
  EXPECT_TRUE(found.request.init.empty() && found.request.mask.empty() && !found.request.outpaint.any());
}

TEST_F(SettingsFilesTest, EmbeddingsAreFoundByNameOrHash) {
  const fs::path golden = fs::path(LORIKEET_SOURCE_DIR) / "tests/golden";
  fs::path embedding;
  for (const auto& entry : fs::recursive_directory_iterator(golden)) {
    try {
      if (entry.is_regular_file() && inspectEmbedding(entry.path()).problem.empty()) embedding = entry.path();
    } catch (const Error&) {
      continue;
    }
    if (!embedding.empty()) break;
  }
  ASSERT_FALSE(embedding.empty());
  fs::create_directories(folder_ / "embeddings");
  fs::copy(embedding, folder_ / "embeddings" / ("renamed" + embedding.extension().string()));
  folders_.embeddings = {folder_ / "embeddings"};
  const SettingsRequest found =
      find("a fox, easy\nSteps: 20, Sampler: Euler, Seed: 1, TI hashes: \"easy: " + hashes_.embedding(embedding) +
           ", lost: 0123456789ab\"");
  ASSERT_EQ(found.request.embeddings.size(), 1u);
  EXPECT_THAT(found.notes, ElementsAre(HasSubstr("\"lost\" was not found")));
}

}  // namespace
}  // namespace lorikeet

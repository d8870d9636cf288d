// Adapters that prompts name, looked up in library folders.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <lorikeet/adapter_info.h>
#include <lorikeet/adapter_tags.h>
#include <lorikeet/error.h>
#include <lorikeet/request.h>
#include <lorikeet/request_json.h>
#include <lorikeet/starter_parts.h>

#include <cstdlib>
#include <filesystem>

#include "support/fake_adapters.h"

namespace lorikeet {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

class AdapterTagsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    const auto* test = ::testing::UnitTest::GetInstance()->current_test_info();
    root_ = fs::temp_directory_path() / (std::string("lorikeet-tags-") + test->name());
    fs::remove_all(root_);
    fs::create_directories(root_ / "a");
    fs::create_directories(root_ / "b");
  }
  void TearDown() override { fs::remove_all(root_); }

  void make(const std::string& file, const std::string& outputName = {}) const {
    test::writeFakeAdapter(root_ / file, outputName.empty() ? "" : "\"ss_output_name\": \"" + outputName + "\"");
  }
  /// What a tag means in both folders, below the root.
  std::string meant(const std::string& name) const {
    const auto uses = adaptersInPrompt("a fox <lora:" + name + ":0.5>", {root_ / "a", root_ / "b"});
    return uses.at(0).file.lexically_relative(root_).string();
  }
  std::string refusal(const std::string& name, ErrorKind kind) const {
    try {
      return "meant " + meant(name);
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), kind) << error.what();
      return error.what();
    }
  }

  fs::path root_;
};

TEST_F(AdapterTagsTest, EveryFolderIsLookedInAndTheFirstCounts) {
  make("a/ink.safetensors");
  make("b/ink.safetensors");
  make("b/styles/neon.safetensors");
  EXPECT_EQ(meant("ink"), "a/ink.safetensors");
  EXPECT_EQ(meant("neon"), "b/styles/neon.safetensors");
  EXPECT_EQ(meant("styles/neon"), "b/styles/neon.safetensors");
  EXPECT_EQ(meant("neon.safetensors"), "b/styles/neon.safetensors");
}

TEST_F(AdapterTagsTest, ThePathComesBeforeTheName) {
  make("a/ink.safetensors");
  make("a/old/ink.safetensors");
  make("a/old/neon.safetensors");
  make("b/new/neon.safetensors");
  EXPECT_EQ(meant("ink"), "a/ink.safetensors");
  EXPECT_EQ(meant("old/ink"), "a/old/ink.safetensors");
  EXPECT_THAT(refusal("neon", ErrorKind::InvalidArgument), HasSubstr("name one of old/neon, new/neon"));
}

TEST_F(AdapterTagsTest, WhatAnAdapterWasMadeAsIsItsNameWhereNoFileHasIt) {
  make("a/download_12345.safetensors", "watercolour");
  make("a/x1.safetensors", "twin");
  make("b/x2.safetensors", "twin");
  make("b/neon.safetensors");
  make("a/y.safetensors", "neon");
  EXPECT_EQ(meant("watercolour"), "a/download_12345.safetensors");
  EXPECT_EQ(meant("neon"), "b/neon.safetensors");
  EXPECT_THAT(refusal("twin", ErrorKind::InvalidArgument), HasSubstr("name one of x1, x2"));
  make("a/download_12345.safetensors", "watercolours");  // a file that changed is read again
  EXPECT_THAT(refusal("watercolour", ErrorKind::NotFound), HasSubstr("no adapter of that name"));
  EXPECT_EQ(meant("watercolours"), "a/download_12345.safetensors");
}

TEST_F(AdapterTagsTest, AFolderThatIsGoneDoesNotTakeTheOthersAlong) {
  make("b/ink.safetensors");
  fs::remove(root_ / "a");
  EXPECT_EQ(meant("ink"), "b/ink.safetensors");
  const std::string told = refusal("inc", ErrorKind::NotFound);
  EXPECT_THAT(told, HasSubstr("/a\" or \""));
  EXPECT_THAT(told, HasSubstr("nearest name: \"ink\""));
  fs::remove_all(root_ / "b");
  EXPECT_THAT(refusal("ink", ErrorKind::NotFound), HasSubstr("does not exist"));
}

TEST_F(AdapterTagsTest, TheStarterModelsAdaptersAreThereForWhoChoseNoFolder) {
  setenv("XDG_DATA_HOME", root_.c_str(), 1);
  const std::vector<AdapterUse> uses = adaptersInPrompt("a fox <lora:ink:0.7>", {});
  unsetenv("XDG_DATA_HOME");
  ASSERT_EQ(uses.size(), 1U);
  EXPECT_EQ(uses[0].file, starterAdapterFolder() / "ink.safetensors");
  EXPECT_EQ(uses[0].weight, 0.7);
  EXPECT_THAT(refusal("ink", ErrorKind::NotFound), HasSubstr("no adapter of that name"));
}

TEST_F(AdapterTagsTest, LinksAreFollowedButNotInCircles) {
  make("b/deep/ink.safetensors");
  make("a/neon.safetensors");
  fs::create_directory_symlink(root_ / "b" / "deep", root_ / "a" / "linked");
  fs::create_directory_symlink(root_ / "a", root_ / "a" / "circle");
  fs::create_directory_symlink(root_, root_ / "a" / "up");
  fs::create_directory_symlink(root_ / "a" / "self", root_ / "a" / "self");
  fs::create_symlink(root_ / "nowhere.safetensors", root_ / "a" / "dangling.safetensors");
  std::vector<std::string> names;
  for (const NamedAdapter& adapter : listAdapters({root_ / "a"})) names.push_back(adapter.name);
  std::sort(names.begin(), names.end());
  EXPECT_EQ(names, (std::vector<std::string>{"dangling", "ink", "neon"}));
}

TEST_F(AdapterTagsTest, HypernetworksAreRefused) {
  try {
    adaptersInPrompt("a fox <hypernet:anime:0.5>", {root_ / "a"});
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::Unsupported);
    EXPECT_THAT(error.what(), HasSubstr("<hypernet:anime>"));
  }
}

TEST_F(AdapterTagsTest, FoldersOfARequestMayBeOneOrSeveral) {
  EXPECT_EQ(readRequestJson(R"({"prompting": {"adapter_dir": "loras"}})").prompting.adapterFolders,
            std::vector<fs::path>{"loras"});
  GenerateRequest request;
  request.prompting.adapterFolders = {"loras", "more"};
  EXPECT_EQ(readRequestJson(toRequestJson(request)), request);
}

TEST_F(AdapterTagsTest, SkimmingTellsWhatTheHeaderTells) {
  test::writeFakeAdapter(
      root_ / "ink.safetensors",
      R"("ss_output_name": "ink v2", "ss_base_model_version": "sd_v1", "sshs_model_hash": "0123456789abcdef")");
  const AdapterInfo skimmed = skimAdapter(root_ / "ink.safetensors");
  const AdapterInfo whole = inspectAdapter(root_ / "ink.safetensors");
  EXPECT_EQ(skimmed.outputName, "ink v2");
  EXPECT_EQ(skimmed.family, "SD 1.x");
  EXPECT_EQ(skimmed.shortHash, "0123456789ab");
  EXPECT_EQ(skimmed.byteSize, whole.byteSize);
  EXPECT_EQ(skimmed.tensorCount, whole.tensorCount);
  EXPECT_TRUE(skimmed.sha256.empty());
  EXPECT_EQ(whole.sha256.size(), 64u);
}

}  // namespace
}  // namespace lorikeet

#include "lorikeet/file_hashes.h"

#include <gtest/gtest.h>

#include "core/message_digest.h"
#include "lorikeet/adapter_info.h"
#include "lorikeet/error.h"
#include "support/golden.h"

namespace lorikeet {
namespace {

namespace fs = std::filesystem;

std::string hashOf(const std::string& text) {
  Sha256 hash;
  hash.add(std::as_bytes(std::span(text)));
  return hash.finish();
}

TEST(FileHashesTest, AreKeptUntilTheFileChanges) {
  const testing::TemporaryFolder folder;
  const fs::path index = folder / "cache/hashes.json", model = folder / "model.ckpt";
  folder.write("model.ckpt", "first");
  EXPECT_EQ(FileHashes(index).model(model), hashOf("first").substr(0, 10));

  // The index answers for a file that stays as it was: what it says is believed, so it must have been asked.
  std::string kept = testing::readFile(index);
  const size_t at = kept.find(hashOf("first"));
  ASSERT_NE(at, std::string::npos) << kept;
  folder.write("cache/hashes.json", kept.replace(at, 10, "believed00"));
  EXPECT_EQ(FileHashes(index).model(model), "believed00");
  folder.write("model.ckpt", "second!");
  EXPECT_EQ(FileHashes(index).model(model), hashOf("second!").substr(0, 10));
  EXPECT_EQ(FileHashes(index).embedding(model), hashOf("second!").substr(0, 12));
}

TEST(FileHashesTest, ADamagedOrUnwritableIndexIsNoObstacle) {
  const testing::TemporaryFolder folder;
  folder.write("model.ckpt", "first");
  for (const char* damaged : {"", "{", "[]", R"({"file:/x": 3, "file:/y": {"size": -1}})"}) {
    folder.write("hashes.json", damaged);
    EXPECT_EQ(FileHashes(folder / "hashes.json").model(folder / "model.ckpt"), hashOf("first").substr(0, 10));
  }
  folder.write("blocker", "");
  EXPECT_EQ(FileHashes(folder / "blocker/hashes.json").model(folder / "model.ckpt"), hashOf("first").substr(0, 10));
  FileHashes hashes(folder / "hashes.json");
  EXPECT_THROW(hashes.model(folder / "absent.ckpt"), Error);
  EXPECT_THROW(hashes.adapter(folder / "model.ckpt"), Error);
}

TEST(FileHashesTest, AFolderIsKnownByItsUnet) {
  const testing::TemporaryFolder folder;
  FileHashes hashes(folder / "hashes.json");
  const fs::path model = fs::path(LORIKEET_SOURCE_DIR) / "tests/golden/tiny-sd1";
  const std::string unet = testing::readFile(model / "unet/diffusion_pytorch_model.safetensors");
  EXPECT_EQ(hashes.model(model), hashOf(unet).substr(0, 10));
  EXPECT_EQ(hashes.model({}).size(), 10u) << "the starter model";
}

}  // namespace
}  // namespace lorikeet

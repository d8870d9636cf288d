#include <gtest/gtest.h>
#include <lorikeet/error.h>
#include <lorikeet/file_kind.h>

#include "support/golden.h"

namespace lorikeet::testing {
namespace {

FileKind kindOf(const std::filesystem::path& path) { return recogniseFile(path).kind; }

TEST(RecogniseFile, TellsFilesOfTheRepositoryApart) {
  EXPECT_EQ(kindOf(goldenPath("tiny-sd1")), FileKind::Model);
  EXPECT_EQ(kindOf(goldenPath("tiny-sd1/vae")), FileKind::Vae);
  EXPECT_EQ(kindOf(goldenPath("tiny-sd1/vae/diffusion_pytorch_model.safetensors")), FileKind::Vae);
  EXPECT_EQ(kindOf(goldenPath("tiny-controlnet")), FileKind::ControlNet);
  EXPECT_EQ(kindOf(goldenPath("inputs/photo.png")), FileKind::Picture);
}

TEST(RecogniseFile, KnowsEveryFormatOfAdapters) {
  int count = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(goldenPath("lora"))) {
    const auto& path = entry.path();
    if (path.filename() == "expected.safetensors" || path.extension() == ".json" || !entry.is_regular_file()) continue;
    EXPECT_EQ(kindOf(path), FileKind::Adapter) << path;
    ++count;
  }
  EXPECT_GE(count, 25);
  EXPECT_EQ(kindOf(goldenPath("lora/peft")), FileKind::Adapter);
}

TEST(RecogniseFile, KnowsFilesOfOtherPrograms) {
  LORIKEET_SKIP_WITHOUT_SHARED_DATA();
  const auto data = [](const char* name) { return sharedPath("testdata") / name; };
  for (const auto& entry : std::filesystem::directory_iterator(data("lora"))) {
    if (entry.path().filename().string().starts_with("badkeys")) continue;  // refused, see below
    EXPECT_EQ(kindOf(entry.path()), FileKind::Adapter) << entry.path();
  }
  EXPECT_THROW(recogniseFile(data("lora/badkeys_lora_unet_unet_new.safetensors")), Error);
  for (const auto& entry : std::filesystem::directory_iterator(data("textual_inversion")))
    EXPECT_EQ(kindOf(entry.path()), FileKind::TextualInversion) << entry.path();
  EXPECT_EQ(kindOf(data("upscaler/realesr-animevideov3.pth")), FileKind::Upscaler);
  EXPECT_EQ(kindOf(data("autoencoder/taef2_decoder.pth")), FileKind::Vae);
  EXPECT_EQ(kindOf(data("photos/rocket.jpg")), FileKind::Picture);
  EXPECT_FALSE(recogniseFile(data("photos/rocket.jpg")).hasSettings);
  EXPECT_TRUE(recogniseFile(data("infotext/a1111_1.10.1_best-1.png")).hasSettings);
  EXPECT_EQ(kindOf(sharedPath("golden/tiny-sd1.safetensors")), FileKind::Model);
  EXPECT_EQ(kindOf(sharedPath("golden/tiny-sd1.ckpt")), FileKind::Model);
  EXPECT_EQ(kindOf(sharedPath("golden/tiny-controlnet.safetensors")), FileKind::ControlNet);
}

void expectRefusal(const std::filesystem::path& path, ErrorKind kind, const char* part) {
  try {
    recogniseFile(path);
    ADD_FAILURE() << path << " was taken for something";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), kind) << error.what();
    EXPECT_NE(std::string(error.what()).find(part), std::string::npos) << error.what();
    EXPECT_EQ(std::string(error.what()).find('\n'), std::string::npos);
  }
}

TEST(RecogniseFile, SaysWhyNothingCanBeDone) {
  const TemporaryFolder folder;
  expectRefusal(folder / "nowhere.safetensors", ErrorKind::NotFound, "nowhere.safetensors");
  expectRefusal(folder.write("empty.safetensors", ""), ErrorKind::Corrupt, "empty");
  expectRefusal(folder.write("notes.txt", "buy milk"), ErrorKind::Unsupported, "notes.txt");
  expectRefusal(folder.path(), ErrorKind::Unsupported, "neither a model nor an adapter");
  const std::string adapter = readFile(goldenPath("lora/kohya_lora/adapter.safetensors"));
  expectRefusal(folder.write("cut.safetensors", adapter.substr(0, adapter.size() / 2)), ErrorKind::Corrupt,
                "cut.safetensors");
  expectRefusal(goldenPath("tiny-sd1/unet/diffusion_pytorch_model.safetensors"), ErrorKind::Unsupported, "UNet alone");
}

TEST(RecogniseFile, ABrokenPictureIsAPicture) {
  const TemporaryFolder folder;
  const std::string photo = readFile(goldenPath("inputs/photo.png"));
  EXPECT_EQ(kindOf(folder.write("cut.png", photo.substr(0, photo.size() / 2))), FileKind::Picture);
}

}  // namespace
}  // namespace lorikeet::testing

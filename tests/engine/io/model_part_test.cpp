#include "io/model_part.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <lorikeet/error.h>
#include <fstream>

#include "io/mapped_file.h"
#include "io/safetensors.h"
#include "io/tensor_values.h"
#include "support/golden.h"

namespace lorikeet {
namespace {

using ::testing::ElementsAre;
using testing::goldenPath;
using ::testing::HasSubstr;
using testing::TemporaryFolder;

TensorMap oneTensor(const std::string& name, float value) {
  return {{name, rawFromFloats({1}, std::vector<float>{value})}};
}

std::string errorOf(const std::filesystem::path& folder) {
  try {
    readModelPart(folder);
  } catch (const Error& error) {
    return error.what();
  }
  return {};
}

TEST(ModelPart, JoinsShards) {
  const TemporaryFolder folder;
  writeSafetensors(folder / "a.safetensors", oneTensor("x", 1));
  writeSafetensors(folder / "b.safetensors", oneTensor("y", 2));
  const auto index = [&](std::string_view map) {
    folder.write("diffusion_pytorch_model.safetensors.index.json", "{\"weight_map\": " + std::string(map) + "}");
  };
  index(R"({"x": "a.safetensors", "y": "b.safetensors"})");
  const ModelPart part = readModelPart(folder.path());
  EXPECT_EQ(part.config, nullptr);
  ASSERT_EQ(part.tensors.size(), 2u);
  EXPECT_THAT(toFloats(part.tensors.at("y")), ElementsAre(2));
  index(R"({"x": "b.safetensors"})");
  EXPECT_THAT(errorOf(folder.path()), HasSubstr("should hold the tensor \"x\""));
  index(R"({"x": "../a.safetensors"})");
  EXPECT_THAT(errorOf(folder.path()), HasSubstr("not a plain file name"));
  index(R"({"x": "c.safetensors"})");
  EXPECT_THAT(errorOf(folder.path()), HasSubstr("c.safetensors\": No such file"));
  index("[]");
  EXPECT_THAT(errorOf(folder.path()), HasSubstr("no \"weight_map\""));
}

TEST(ModelPart, PrefersFullSafetensorsAndTakesWhatThereIs) {
  const TemporaryFolder folder;
  std::filesystem::copy_file(goldenPath("torch/strided.pt"), folder / "pytorch_model.bin");
  EXPECT_EQ(readModelPart(folder.path()).tensors.size(), 8u);
  writeSafetensors(folder / "model.fp16.safetensors", oneTensor("half", 1));
  EXPECT_TRUE(readModelPart(folder.path()).tensors.contains("half"));
  writeSafetensors(folder / "model.safetensors", oneTensor("full", 1));
  EXPECT_TRUE(readModelPart(folder.path()).tensors.contains("full"));
}

size_t residentBytes() {
  std::ifstream stream("/proc/self/statm");
  size_t total = 0;
  size_t resident = 0;
  stream >> total >> resident;
  return resident * static_cast<size_t>(sysconf(_SC_PAGESIZE));
}

TEST(ModelPart, OpensTwoGigabytesByTheHeaderAlone) {
  const TemporaryFolder folder;
  const size_t bytes = size_t{2} << 30;
  std::string header = R"({"x":{"dtype":"F16","shape":[1073741824],"data_offsets":[0,2147483648]}})";
  header.resize((header.size() + 7) / 8 * 8, ' ');
  std::string start(8, '\0');
  start[0] = static_cast<char>(header.size());
  const auto path = folder.write("model.safetensors", start + header);
  std::filesystem::resize_file(path, 8 + header.size() + bytes);  // a hole: takes no room on disk
  const size_t before = residentBytes();
  const ModelPart part = readModelPart(folder.path());
  EXPECT_EQ(part.tensors.at("x").bytes.size(), bytes);
  EXPECT_LT(residentBytes(), before + (size_t{16} << 20));
}

TEST(MappedFile, GivesPagesBackAndReadsThemAgain) {
  const TemporaryFolder folder;
  const std::string contents(size_t{8} << 20, 'x');
  const auto file = MappedFile::open(folder.write("x.bin", contents));
  const auto sum = [&] {
    unsigned total = 0;
    for (const std::byte byte : file->bytes()) total += static_cast<unsigned>(byte);
    return total;
  };
  const unsigned expected = static_cast<unsigned>(contents.size()) * 'x';
  EXPECT_EQ(sum(), expected);
  const size_t before = residentBytes();
  releasePages(file->bytes());
  EXPECT_LT(residentBytes() + (size_t{6} << 20), before);
  EXPECT_EQ(sum(), expected);
  prefetchPages(file->bytes());
  std::vector<std::byte> elsewhere(size_t{1} << 20, std::byte{7});
  releasePages(elsewhere);
  EXPECT_EQ(elsewhere[500'000], std::byte{7});
}

}  // namespace
}  // namespace lorikeet

#include <gtest/gtest.h>

#include <cstring>

#include "io/safetensors.h"
#include "lorikeet/error.h"
#include "lorikeet/result.h"

namespace lorikeet {
namespace {

Latents constant(const std::string& name, float value, int width = 2) {
  return {name, 4, 3, width, std::vector<float>(static_cast<size_t>(4 * 3 * width), value)};
}

std::filesystem::path temporaryFile(const char* name) { return std::filesystem::path(::testing::TempDir()) / name; }

TEST(LatentsFileTest, StacksTheImagesOfEveryName) {
  const auto file = temporaryFile("latents.safetensors");
  saveLatents(file, {{constant("latents.initial", 1), constant("latents.final", 2)},
                     {constant("latents.initial", 3), constant("latents.final", 4)}});
  const SafetensorsFile read = readSafetensors(file);
  ASSERT_EQ(read.tensors.size(), 2u);
  const RawTensor& last = read.tensors.at("latents.final");
  EXPECT_EQ(last.dtype, DType::F32);
  EXPECT_EQ(last.shape, (Shape{2, 4, 3, 2}));
  std::vector<float> values(2 * 4 * 3 * 2);
  ASSERT_EQ(last.bytes.size(), values.size() * sizeof(float));
  std::memcpy(values.data(), last.bytes.data(), last.bytes.size());
  EXPECT_EQ(values.front(), 2);
  EXPECT_EQ(values[23], 2);
  EXPECT_EQ(values[24], 4);
  EXPECT_EQ(values.back(), 4);
}

TEST(LatentsFileTest, RefusesImagesOfDifferentSizes) {
  const auto file = temporaryFile("mixed.safetensors");
  EXPECT_THROW(saveLatents(file, {{constant("latents.final", 1)}, {constant("latents.final", 1, 3)}}), Error);
  EXPECT_THROW(saveLatents(file, {{constant("latents.final", 1)}, {}}), Error);
  EXPECT_FALSE(std::filesystem::exists(file));
}

}  // namespace
}  // namespace lorikeet

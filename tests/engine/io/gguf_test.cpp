#include "io/gguf.h"

#include <gtest/gtest.h>
#include <lorikeet/error.h>

#include "io/gguf_blocks.h"
#include "io/model_files.h"
#include "io/safetensors.h"
#include "io/tensor_file.h"
#include "io/tensor_values.h"
#include "support/gguf_bytes.h"
#include "support/golden.h"

namespace lorikeet::testing {
namespace {

class GgufBlocks : public ::testing::TestWithParam<std::pair<const char*, uint32_t>> {};

TEST_P(GgufBlocks, GiveTheValuesOfTheReference) {
  const auto& [name, id] = GetParam();
  const auto golden = readSafetensors(goldenPath("gguf/blocks.safetensors")).tensors;
  const RawTensor& blocks = golden.at(std::string(name) + ".blocks");
  const std::vector<float> expected = toFloats(golden.at(std::string(name) + ".values"));
  const GgufBlockType* type = ggufBlockType(id);
  ASSERT_NE(type, nullptr);
  EXPECT_EQ(type->name, name);
  ASSERT_EQ(blocks.bytes.size(), 3 * type->byteSize);
  ASSERT_EQ(expected.size(), 3u * static_cast<size_t>(type->elements));
  std::vector<float> values(expected.size());
  for (size_t b = 0; b < 3; ++b)
    type->dequantize(reinterpret_cast<const uint8_t*>(blocks.bytes.data()) + b * type->byteSize,
                     values.data() + b * static_cast<size_t>(type->elements));
  EXPECT_EQ(values, expected);
}

INSTANTIATE_TEST_SUITE_P(All, GgufBlocks,
                         ::testing::Values(std::pair{"Q4_0", 2u}, std::pair{"Q4_1", 3u}, std::pair{"Q5_0", 6u},
                                           std::pair{"Q5_1", 7u}, std::pair{"Q8_0", 8u}, std::pair{"Q2_K", 10u},
                                           std::pair{"Q3_K", 11u}, std::pair{"Q4_K", 12u}, std::pair{"Q5_K", 13u},
                                           std::pair{"Q6_K", 14u}),
                         [](const auto& test) { return std::string(test.param.first); });

TEST(Gguf, ReadsAFileOfTheReferenceWriter) {
  const TensorFile file = readTensorFile(goldenPath("gguf/small.gguf"));
  const auto expected = readSafetensors(goldenPath("gguf/small.safetensors")).tensors;
  EXPECT_EQ(file.metadata.at("general.name"), "small");
  EXPECT_EQ(file.metadata.at("general.architecture"), "sd1");
  ASSERT_EQ(file.tensors.size(), expected.size());
  for (const auto& [name, tensor] : expected) {
    const RawTensor& read = file.tensors.at(name);
    EXPECT_EQ(read.dtype, tensor.dtype) << name;
    EXPECT_EQ(read.shape, tensor.shape) << name;
    EXPECT_TRUE(std::ranges::equal(read.bytes, tensor.bytes)) << name;
  }
}

std::string refusalOf(const std::string& bytes) {
  TemporaryFolder folder;
  try {
    readTensorFile(folder.write("hostile.gguf", bytes));
  } catch (const Error& error) {
    EXPECT_NE(std::string(error.what()).find("hostile.gguf"), std::string::npos);
    return error.what();
  }
  ADD_FAILURE() << "was taken";
  return {};
}

void expectRefused(const std::string& bytes, const std::string& reason) {
  const std::string said = refusalOf(bytes);
  EXPECT_NE(said.find(reason), std::string::npos) << said;
}

TEST(Gguf, RefusesHostileFiles) {
  const std::string values(256, '\0');
  const auto file = [&](const std::vector<uint64_t>& dims, uint32_t type, uint64_t offset) {
    return ggufPadded(ggufHead(1) + ggufTensor("w", dims, type, offset)) + values;
  };
  expectRefused("GGUF", "breaks off");
  expectRefused(ggufHead(0, 0, 1), "version 1");
  expectRefused(ggufHead(uint64_t{1} << 60), "breaks off");
  expectRefused(ggufHead(0, uint64_t{1} << 60), "breaks off");
  expectRefused(ggufHead(1) + ggufNumber(uint64_t{1} << 62), "breaks off");
  expectRefused(file({8, 8}, 0, 32), "lies at bytes 32 + 256");
  expectRefused(file({8, 8}, 0, ~uint64_t{0} - 8), "lies at bytes");
  expectRefused(file({uint64_t{1} << 40, uint64_t{1} << 40}, 0, 0), "impossibly large");
  expectRefused(file({uint64_t{1} << 63}, 1, 0), "impossibly large");
  expectRefused(file({uint64_t{1} << 56}, 0, 0), "lies at bytes");
  expectRefused(file({16, 2}, 2, 0), "whole blocks of Q4_0");
  expectRefused(file({}, 8, 0), "whole blocks");
  expectRefused(file({32, 64}, 8, 0), "lies at bytes 0 + 2176");
  expectRefused(file({8}, 20, 0), "type 20 of ggml");
  expectRefused(file({1, 1, 1, 1, 1, 1, 1, 1, 1}, 0, 0), "9 dimensions");
  expectRefused(ggufPadded(ggufHead(2) + ggufTensor("w", {4}, 0, 0) + ggufTensor("w", {4}, 0, 0)) + values, "twice");
  expectRefused(ggufPadded(ggufHead(1) + ggufTensor("\xff", {4}, 0, 0)) + values, "not UTF-8");
  const std::string alignment = ggufText("general.alignment") + ggufNumber(uint32_t{4});
  expectRefused(ggufHead(0, 1) + alignment + ggufNumber(uint32_t{0}), "alignment is 0");
  expectRefused(ggufHead(0, 1) + alignment + ggufNumber(uint32_t{3}), "alignment is 3");
  std::string nested = ggufHead(0, 1) + ggufText("list") + ggufNumber(uint32_t{9});
  for (int i = 0; i < 50; ++i) nested += ggufNumber(uint32_t{9}) + ggufNumber(uint64_t{1});
  expectRefused(nested, "unknown type 9");
  expectRefused(
      ggufHead(0, 1) + ggufText("list") + ggufNumber(uint32_t{9}) + ggufNumber(uint32_t{8}) + ggufNumber(~uint64_t{0}),
      "longer than the file");
}

TEST(Gguf, HonoursAlignmentAndEmptyTensors) {
  TemporaryFolder folder;
  const std::string alignment = ggufText("general.alignment") + ggufNumber(uint32_t{4}) + ggufNumber(uint32_t{64});
  const std::string head = ggufHead(2, 1) + alignment + ggufTensor("w", {2}, 0, 0) + ggufTensor("none", {0, 3}, 0, 8);
  const std::string values = ggufNumber(1.5f) + ggufNumber(-2.f);
  const GgufFile file = readGguf(folder.write("aligned.gguf", ggufPadded(head, 64) + values));
  EXPECT_EQ(toFloats(file.tensors.at("w")), (std::vector<float>{1.5f, -2.f}));
  EXPECT_EQ(file.tensors.at("none").shape, (Shape{3, 0}));
}

TEST(Gguf, ACheckpointIsAModel) {
  LORIKEET_SKIP_WITHOUT_SHARED_DATA();
  TemporaryFolder folder;
  const auto tensors = readSafetensors(sharedPath("golden/tiny-sd1.safetensors")).tensors;
  std::string head = ggufHead(tensors.size()), values;
  for (const auto& [name, tensor] : tensors) {
    std::vector<uint64_t> dims(tensor.shape.dims().rbegin(), tensor.shape.dims().rend());
    const uint32_t type = tensor.dtype == DType::F16 ? 1 : tensor.dtype == DType::F32 ? 0 : 27;
    head += ggufTensor(name, dims, type, values.size());
    values.append(reinterpret_cast<const char*>(tensor.bytes.data()), tensor.bytes.size());
    values = ggufPadded(std::move(values));
  }
  const ModelFiles read = openModel(folder.write("tiny.gguf", ggufPadded(std::move(head)) + values));
  const ModelFiles expected = openModel(sharedPath("golden/tiny-sd1.safetensors"));
  EXPECT_EQ(read.unet.names(), expected.unet.names());
  EXPECT_EQ(read.vae.names(), expected.vae.names());
  EXPECT_EQ(read.textEncoder.names(), expected.textEncoder.names());
  for (const std::string& name : expected.unet.names())
    EXPECT_TRUE(std::ranges::equal(read.unet.root().get(name).bytes, expected.unet.root().get(name).bytes)) << name;
}

}  // namespace
}  // namespace lorikeet::testing

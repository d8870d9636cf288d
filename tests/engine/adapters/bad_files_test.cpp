#include <gtest/gtest.h>
#include <lorikeet/error.h>

#include <cmath>
#include <limits>

#include "engine/adapters/adapter_test_support.h"

namespace lorikeet::testing {
namespace {

constexpr const char* kModule = "lora_unet_mid_block_attentions_0_proj_in";

const KeyTable& table() {
  static const ModelFiles files = openModel(goldenPath("tiny-sd1"));
  const auto shapes = [](const WeightStore& store) {
    TensorShapes result;
    for (const std::string& name : store.names()) result.emplace(name, store.root().find(name)->shape);
    return result;
  };
  static const KeyTable built(shapes(files.textEncoder), shapes(files.unet));
  return built;
}

RawTensor filled(const Shape& shape, float value) {
  const std::vector<float> values(static_cast<size_t>(shape.elementCount()), value);
  return rawFromFloats(shape, values);
}

class BadFiles : public ::testing::Test {
 protected:
  std::map<std::string, RawTensor> good() const {
    return {{std::string(kModule) + ".lora_down.weight", filled({4, 32, 1, 1}, 0.1f)},
            {std::string(kModule) + ".lora_up.weight", filled({32, 4, 1, 1}, 0.1f)},
            {std::string(kModule) + ".alpha", filled({}, 2)}};
  }
  MatchedAdapter match(const std::map<std::string, RawTensor>& tensors) const {
    const auto path = folder_ / "test.safetensors";
    writeSafetensors(path, tensors);
    return matchAdapter(readAdapterFile(path), table());
  }
  /// The sentence with which the file is refused.
  std::string refusal(const std::map<std::string, RawTensor>& tensors, ErrorKind kind) const {
    try {
      match(tensors);
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), kind) << error.what();
      EXPECT_NE(std::string(error.what()).find("test.safetensors"), std::string::npos) << error.what();
      return error.what();
    }
    ADD_FAILURE() << "the file was taken";
    return {};
  }
  TemporaryFolder folder_;
};

TEST_F(BadFiles, TheGoodOneIsTaken) {
  const MatchedAdapter adapter = match(good());
  EXPECT_EQ(adapter.info.matchedModules, 1);
  EXPECT_DOUBLE_EQ(adapter.modules[0].scale(4), 0.5);
}

TEST_F(BadFiles, NotFiniteValues) {
  for (const float value : {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity()}) {
    auto tensors = good();
    tensors[std::string(kModule) + ".lora_up.weight"] = filled({32, 4, 1, 1}, value);
    EXPECT_NE(refusal(tensors, ErrorKind::Corrupt).find("not finite"), std::string::npos);
  }
}

TEST_F(BadFiles, WholeNumbersWhereWeightsBelong) {
  auto tensors = good();
  tensors[std::string(kModule) + ".lora_up.weight"] =
      rawFromBytes(DType::I32, {32, 4, 1, 1}, std::vector<std::byte>(32 * 4 * 4));
  EXPECT_NE(refusal(tensors, ErrorKind::Corrupt).find("holds I32, expected floating point"), std::string::npos);
  tensors = good();
  tensors[std::string(kModule) + ".alpha"] =
      rawFromBytes(DType::I64, {}, std::vector<std::byte>{std::byte{2}, {}, {}, {}, {}, {}, {}, {}});
  EXPECT_DOUBLE_EQ(match(tensors).modules[0].scale(4), 0.5) << "an alpha may be one";
}

TEST_F(BadFiles, RanksThatContradictOneAnother) {
  auto tensors = good();
  tensors[std::string(kModule) + ".lora_up.weight"] = filled({32, 5, 1, 1}, 0.1f);
  EXPECT_NE(refusal(tensors, ErrorKind::Corrupt).find("down has rank 4, up 5"), std::string::npos);
}

TEST_F(BadFiles, HalfAPair) {
  auto tensors = good();
  tensors.erase(std::string(kModule) + ".lora_up.weight");
  EXPECT_NE(refusal(tensors, ErrorKind::Corrupt).find("incomplete"), std::string::npos);
}

TEST_F(BadFiles, ShapesOfAnotherModel) {
  auto tensors = good();
  tensors[std::string(kModule) + ".lora_down.weight"] = filled({4, 33, 1, 1}, 0.1f);
  EXPECT_NE(refusal(tensors, ErrorKind::Mismatch).find("does not fit"), std::string::npos);
}

TEST_F(BadFiles, AlphaZeroOrMissingCountsAsTheRankAndZeroIsTold) {
  auto tensors = good();
  tensors[std::string(kModule) + ".alpha"] = filled({}, 0);
  const MatchedAdapter zero = match(tensors);
  EXPECT_DOUBLE_EQ(zero.modules[0].scale(4), 1);
  ASSERT_EQ(zero.info.warnings.size(), 1u);
  tensors.erase(std::string(kModule) + ".alpha");
  const MatchedAdapter missing = match(tensors);
  EXPECT_DOUBLE_EQ(missing.modules[0].scale(4), 1);
  EXPECT_TRUE(missing.info.warnings.empty());
}

TEST_F(BadFiles, PartialMatchIsTold) {
  auto tensors = good();
  tensors["lora_unet_no_such_layer.lora_down.weight"] = filled({4, 32}, 0.1f);
  const MatchedAdapter adapter = match(tensors);
  EXPECT_EQ(adapter.info.unmatchedKeys, std::vector<std::string>{"lora_unet_no_such_layer.lora_down.weight"});
  EXPECT_EQ(adapter.info.matchedTensors, 3);
  EXPECT_EQ(adapter.info.warnings.size(), 1u);
}

TEST_F(BadFiles, AHundredThousandKeys) {
  std::map<std::string, RawTensor> tensors;
  const RawTensor one = filled({1, 1}, 1);
  for (int i = 0; i < 50000; ++i) {
    tensors["lora_unet_layer_" + std::to_string(i) + ".lora_down.weight"] = one;
    tensors["lora_unet_layer_" + std::to_string(i) + ".lora_up.weight"] = one;
  }
  EXPECT_NE(refusal(tensors, ErrorKind::Mismatch).find("none of its 100000 tensors"), std::string::npos);
}

TEST_F(BadFiles, TheSameModuleUnderTwoNames) {
  auto tensors = good();
  tensors["unet.mid_block.attentions.0.proj_in.lora.down.weight"] = filled({4, 32, 1, 1}, 0.1f);
  tensors["unet.mid_block.attentions.0.proj_in.lora.up.weight"] = filled({32, 4, 1, 1}, 0.1f);
  EXPECT_NE(refusal(tensors, ErrorKind::Corrupt).find("twice"), std::string::npos);
}

TEST_F(BadFiles, TruncatedMissingAndForeignFiles) {
  const std::string bytes = readFile(goldenPath("lora/kohya_lora/adapter.safetensors"));
  EXPECT_THROW(readAdapterFile(folder_.write("cut.safetensors", bytes.substr(0, bytes.size() / 2))), Error);
  EXPECT_THROW(readAdapterFile(folder_ / "none.safetensors"), Error);
  EXPECT_THROW(readAdapterFile(folder_.path()), Error);
  EXPECT_NE(refusal({{"conv_in.weight", filled({32, 4, 3, 3}, 1)}}, ErrorKind::Unsupported).find("no adapter"),
            std::string::npos);
}

}  // namespace
}  // namespace lorikeet::testing

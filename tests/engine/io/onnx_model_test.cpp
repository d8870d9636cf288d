#include "io/onnx_model.h"

#include <gtest/gtest.h>
#include <lorikeet/error.h>

#include "io/model_part.h"
#include "io/tensor_values.h"
#include "support/golden.h"
#include "support/onnx_bytes.h"

namespace lorikeet::testing {
namespace {

const std::vector<float> kMatrix{1, 2, 3, 4, 5, 6};
const std::vector<float> kVector{7, 8, 9};

/// What torch's exporter makes of a linear layer, a convolution, a group norm and two equal biases.
std::string exportedModel() {
  return onnxModel(
      {onnxTensor("conv_in.weight", {3, 2, 1, 1}, kMatrix), onnxTensor("onnx::MatMul_12", {2, 3}, kMatrix),
       onnxTensor("onnx::Mul_13", {3, 1, 1}, kVector), onnxTensor("onnx::Add_14", {3, 1, 1}, kVector),
       onnxTensor("onnx::Mul_15", {}, std::vector<float>{0.5f}), onnxTensor("layers.0.k_proj.bias", {3}, kVector)},
      {onnxNode("Conv", "/conv_in/Conv", {"sample", "conv_in.weight"}, {"a"}),
       onnxNode("MatMul", "/mid_block/attentions.0/to_q/MatMul", {"a", "onnx::MatMul_12"}, {"b"}),
       onnxNode("Mul", "/mid_block/norm/Mul", {"b", "onnx::Mul_13"}, {"c"}),
       onnxNode("Add", "/mid_block/norm/Add", {"c", "onnx::Add_14"}, {"d"}),
       onnxNode("Mul", "/mid_block/attentions.0/Mul", {"d", "onnx::Mul_15"}, {"e"}),
       onnxNode("Identity", "Identity_3", {"layers.0.k_proj.bias"}, {"layers.1.k_proj.bias"})});
}

TEST(OnnxModel, NamesItsWeightsAsTorchDid) {
  TemporaryFolder folder;
  const TensorMap weights = readOnnxModel(folder.write("unet/model.onnx", exportedModel()));
  ASSERT_EQ(weights.size(), 6u);
  EXPECT_EQ(weights.at("conv_in.weight").shape, (Shape{3, 2, 1, 1}));
  const RawTensor& query = weights.at("mid_block.attentions.0.to_q.weight");
  EXPECT_EQ(query.shape, (Shape{3, 2}));
  EXPECT_EQ(toFloats(query), (std::vector<float>{1, 4, 2, 5, 3, 6})) << "turned back";
  EXPECT_EQ(weights.at("mid_block.norm.weight").shape, Shape{3});
  EXPECT_EQ(toFloats(weights.at("mid_block.norm.bias")), kVector);
  EXPECT_EQ(toFloats(weights.at("layers.1.k_proj.bias")), kVector) << "an equal tensor that was kept once";
  EXPECT_EQ(readModelPart(folder / "unet").tensors.size(), 6u);
}

TEST(OnnxModel, RefusesNodesWithoutPlaces) {
  TemporaryFolder folder;
  const auto file =
      folder.write("model.onnx", onnxModel({onnxTensor("onnx::MatMul_12", {2, 3}, kMatrix)},
                                           {onnxNode("MatMul", "MatMul_7", {"a", "onnx::MatMul_12"}, {"b"})}));
  try {
    readOnnxModel(file);
    ADD_FAILURE();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::Unsupported);
    EXPECT_NE(std::string(error.what()).find("do not tell"), std::string::npos) << error.what();
  }
  EXPECT_THROW(readOnnxModel(folder.write("broken.onnx", exportedModel().substr(0, 200))), Error);
}

}  // namespace
}  // namespace lorikeet::testing

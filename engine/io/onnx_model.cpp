#include "io/onnx_model.h"

#include <fmt/format.h>

#include <lorikeet/error.h>
#include <algorithm>

#include "io/onnx_tensors.h"
#include "io/tensor_values.h"

namespace lorikeet {
namespace {

/// "onnx::MatMul_7077": the exporter computed it or had to give it a name.
bool isRenamed(const std::string& name) { return name.find("::") != std::string::npos || name.starts_with('/'); }

/// "down_blocks.0.attentions.0.proj_in" of a node "/down_blocks.0/attentions.0/proj_in/MatMul"; empty for nodes without
/// a place.
std::string moduleOf(const std::string& node) {
  const size_t last = node.rfind('/');
  if (!node.starts_with('/') || last == 0) return {};
  std::string module = node.substr(1, last - 1);
  std::replace(module.begin(), module.end(), '/', '.');
  return module;
}

/// The dimensions of a [C, 1, 1] that the exporter made of a vector.
bool isPaddedVector(const Shape& shape) {
  return shape.rank() >= 1 && shape[0] > 1 && shape.elementCount() == shape[0];
}

class OnnxNames {
 public:
  explicit OnnxNames(OnnxTensors onnx) : onnx_(std::move(onnx)) {}

  TensorMap weights() {
    for (const auto& [name, tensor] : onnx_.tensors)
      if (!isRenamed(name)) result_.emplace(name, tensor);
    for (const OnnxNode& node : onnx_.nodes) take(node);
    return std::move(result_);
  }

 private:
  void take(const OnnxNode& node) {
    if (node.operation == "Identity" && node.inputs.size() == 1 && node.outputs.size() == 1) {
      const RawTensor* tensor = find(node.inputs[0]);
      if (tensor != nullptr && !isRenamed(node.outputs[0])) result_.emplace(node.outputs[0], *tensor);
      return;
    }
    const std::string module = moduleOf(node.name);
    if (module.empty()) return;
    for (const std::string& input : node.inputs)
      if (const RawTensor* tensor = isRenamed(input) ? find(input) : nullptr) takeRenamed(node, module, *tensor);
  }

  void takeRenamed(const OnnxNode& node, const std::string& module, const RawTensor& tensor) {
    if (node.operation == "MatMul" && tensor.shape.rank() == 2)
      result_.emplace(module + ".weight", transposedMatrix(tensor));
    else if (node.operation == "Mul" && isPaddedVector(tensor.shape))
      result_.emplace(module + ".weight", reshaped(tensor, {tensor.shape[0]}));
    else if (node.operation == "Add" && isPaddedVector(tensor.shape))
      result_.emplace(module + ".bias", reshaped(tensor, {tensor.shape[0]}));
  }

  const RawTensor* find(const std::string& name) const {
    const auto found = onnx_.tensors.find(name);
    return found == onnx_.tensors.end() ? nullptr : &found->second;
  }

  OnnxTensors onnx_;
  TensorMap result_;
};

}  // namespace

TensorMap readOnnxModel(const std::filesystem::path& path) {
  OnnxTensors onnx = readOnnxTensors(path);
  const size_t count = onnx.tensors.size();
  TensorMap weights = OnnxNames(std::move(onnx)).weights();
  const bool isNamed = std::any_of(weights.begin(), weights.end(),
                                   [](const auto& entry) { return entry.first.find(".weight") != std::string::npos; });
  if (!isNamed)
    throw Error(
        ErrorKind::Unsupported,
        fmt::format("\"{}\" is an ONNX model whose nodes do not tell what its {} tensors are; models exported by "
                    "torch 1.13 and newer do.",
                    path.string(), count));
  return weights;
}

}  // namespace lorikeet

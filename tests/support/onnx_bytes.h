#pragma once
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace lorikeet::testing {

/// Just enough of ONNX's protocol buffers to write files of initializers for tests.
inline std::string varintBytes(uint64_t value) {
  std::string bytes;
  for (; value >= 0x80; value >>= 7) bytes.push_back(static_cast<char>(value | 0x80));
  bytes.push_back(static_cast<char>(value));
  return bytes;
}
inline std::string numberField(uint32_t number, uint64_t value) {
  return varintBytes(number << 3) + varintBytes(value);
}
inline std::string bytesField(uint32_t number, std::string_view bytes) {
  return varintBytes(number << 3 | 2) + varintBytes(bytes.size()) + std::string(bytes);
}
inline std::string floatBytes(std::span<const float> values) {
  return {reinterpret_cast<const char*>(values.data()), values.size() * sizeof(float)};
}

/// A TensorProto without its values.
inline std::string onnxHead(std::string_view name, const std::vector<int64_t>& dims, uint64_t type = 1) {
  std::string tensor;
  for (const int64_t dim : dims) tensor += numberField(1, static_cast<uint64_t>(dim));
  return tensor + numberField(2, type) + bytesField(8, name);
}
inline std::string onnxTensor(std::string_view name, const std::vector<int64_t>& dims, std::span<const float> values) {
  return onnxHead(name, dims) + bytesField(9, floatBytes(values));
}
/// A TensorProto whose values lie in another file.
inline std::string onnxExternal(std::string_view name, const std::vector<int64_t>& dims,
                                const std::map<std::string, std::string>& entries) {
  std::string tensor = onnxHead(name, dims) + numberField(14, 1);
  for (const auto& [key, value] : entries) tensor += bytesField(13, bytesField(1, key) + bytesField(2, value));
  return tensor;
}
/// A NodeProto.
inline std::string onnxNode(std::string_view operation, std::string_view name, const std::vector<std::string>& inputs,
                            const std::vector<std::string>& outputs) {
  std::string node;
  for (const std::string& input : inputs) node += bytesField(1, input);
  for (const std::string& output : outputs) node += bytesField(2, output);
  return node + bytesField(3, name) + bytesField(4, operation);
}
/// A ModelProto of these initializers and nodes.
inline std::string onnxModel(const std::vector<std::string>& tensors, const std::vector<std::string>& nodes = {}) {
  std::string graph = bytesField(2, "adapter");
  for (const std::string& node : nodes) graph += bytesField(1, node);
  for (const std::string& tensor : tensors) graph += bytesField(5, tensor);
  return numberField(1, 8) + bytesField(2, "test") + bytesField(7, graph) +
         bytesField(14, bytesField(1, "ss_output_name") + bytesField(2, "ink"));
}

}  // namespace lorikeet::testing

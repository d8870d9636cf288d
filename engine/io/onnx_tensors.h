#pragma once
#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "io/raw_tensor.h"

namespace lorikeet {

/// A node of an ONNX graph, without its attributes.
struct OnnxNode {
  std::string name, operation;
  std::vector<std::string> inputs, outputs;
};

/// The initializers of an ONNX file (onnx.proto: ModelProto.graph.initializer) and the nodes that use them.
struct OnnxTensors {
  std::map<std::string, RawTensor> tensors;
  std::map<std::string, std::string> metadata;  ///< ModelProto.metadata_props
  std::vector<OnnxNode> nodes;
};

/// Reads an ONNX file. Values may lie in the file or in files beside it ("external data"): those must be plain files in
/// its folder or below it, not reached through links that lead out, and long enough for offset and length; where
/// a SHA1 checksum of such a file is given, it is compared. Throws Error(NotFound | Io | Corrupt | Unsupported), the
/// last one for text tensors.
OnnxTensors readOnnxTensors(const std::filesystem::path& path);

/// True if the bytes are a message whose fields are those of an ONNX model with a graph.
bool looksLikeOnnx(std::span<const std::byte> bytes);

}  // namespace lorikeet

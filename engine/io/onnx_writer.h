#pragma once
#include <filesystem>
#include <map>
#include <string>

#include "io/raw_tensor.h"

namespace lorikeet {

/// Writes tensors as the initializers of an ONNX model without nodes (onnx.proto, IR version 8, opset 14), values in
/// the file, and metadata as its properties; beside the target, renamed when it is complete. Throws Error(Io), and
/// Error(Unsupported) for more than 2 GiB, which a protocol buffers message cannot have.
void writeOnnxTensors(const std::filesystem::path& path, const std::map<std::string, RawTensor>& tensors,
                      const std::map<std::string, std::string>& metadata = {});

}  // namespace lorikeet

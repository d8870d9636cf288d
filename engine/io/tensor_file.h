#pragma once
#include <filesystem>
#include <map>
#include <optional>
#include <string>

#include "io/pickle_value.h"
#include "io/raw_tensor.h"

namespace lorikeet {

/// The tensors of a weight file, whatever its format.
struct TensorFile {
  std::filesystem::path path;
  /// By name. Of a torch file: the path through its containers ("0" in a list, "a.b" in nested dictionaries), below
  /// "state_dict" where the file has one.
  std::map<std::string, RawTensor> tensors;
  /// String metadata of a safetensors, ONNX or GGUF file.
  std::map<std::string, std::string> metadata;
  /// The whole contents of a torch file, for what is not a tensor: numbers, strings, lists.
  std::optional<PickleValue> root;
  /// Initializers of an ONNX file: matrices of linear layers are [inputs, outputs] there.
  bool isOnnx = false;
};

/// Opens a safetensors, torch (.pt, .ckpt, .bin, .pth), ONNX (.onnx, .lora) or GGUF file; which of them it is says its
/// content, not its extension.
/// Throws Error(NotFound | Io | Corrupt | Unsupported).
TensorFile readTensorFile(const std::filesystem::path& path);

}  // namespace lorikeet

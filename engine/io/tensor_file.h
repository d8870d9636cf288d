#pragma once
#include <filesystem>
#include <map>
#include <string>

#include "io/raw_tensor.h"

namespace lorikeet {

/// The tensors of a weight file, whatever its format, and its string metadata (safetensors only).
struct TensorFile {
  std::filesystem::path path;
  std::map<std::string, RawTensor> tensors;
  std::map<std::string, std::string> metadata;
};

/// Opens a weight file by its content, not by its extension. Throws Error(NotFound | Io | Corrupt | Unsupported).
TensorFile readTensorFile(const std::filesystem::path& path);

}  // namespace lorikeet

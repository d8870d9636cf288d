#include "io/tensor_file.h"

#include "io/safetensors.h"

namespace lorikeet {

TensorFile readTensorFile(const std::filesystem::path& path) {
  SafetensorsFile file = readSafetensors(path);
  return {path, std::move(file.tensors), std::move(file.metadata)};
}

}  // namespace lorikeet

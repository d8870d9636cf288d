#pragma once
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace lorikeet {

/// What is known of a model without running it.
struct ModelInfo {
  std::filesystem::path path;
  std::string name;        ///< file or folder name without extension
  std::string layout;      ///< "diffusers folder" or "single checkpoint"
  std::string family;      ///< "SD 1.x", "SD 2.x", "SD 1.x inpainting" ...
  std::string prediction;  ///< "epsilon", "v_prediction" or "sample"
  std::string weightType;  ///< "F16", "F32", "mixed" ...
  int nativeWidth = 512;   ///< pixels
  int nativeHeight = 512;  ///< pixels
  int textWidth = 768;     ///< width of the cross-attention context
  int64_t parameterCount = 0;
  int64_t byteSize = 0;            ///< of the weights on disk
  int unusedTensors = 0;           ///< tensors in the files that no layer asked for
  std::vector<std::string> parts;  ///< "text_encoder", "unet", "vae" ...
};

}  // namespace lorikeet

#pragma once
#include <filesystem>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <string>

#include "io/canonical_names.h"

namespace lorikeet {

/// One network of a diffusers folder: its config.json (null if there is none) and its tensors as the files name them.
struct ModelPart {
  std::shared_ptr<const nlohmann::json> config;
  TensorMap tensors;
};

/// The weights of such a folder as they lie there, with an adapter that was put into them, and the metadata of a single
/// safetensors file.
struct WeightFile {
  TensorMap tensors;
  std::map<std::string, std::string> metadata;
};
WeightFile readWeightFile(const std::filesystem::path& folder);

/// Reads a folder such as model/unet: safetensors, torch .bin or an exported model.onnx, in one file or in shards
/// listed by an index.json, an fp16 variant where there is nothing else. Throws Error(NotFound | Corrupt) with the
/// folder and the reason.
ModelPart readModelPart(const std::filesystem::path& folder);

/// The file that such a folder's weights are in, of several shards the first by name. Throws Error(NotFound | Corrupt).
std::filesystem::path firstWeightFile(const std::filesystem::path& folder);

}  // namespace lorikeet

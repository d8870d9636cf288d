#pragma once
#include <filesystem>
#include <map>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <string>

#include "io/weight_store.h"

namespace lorikeet {

/// An opened model, memory-mapped: a diffusers folder or one checkpoint in the original layout. Opening reads headers
/// and configurations only.
struct ModelFiles {
  std::filesystem::path path;
  bool isFolder = false;
  WeightStore textEncoder;
  WeightStore unet;
  WeightStore vae;
  /// config.json of the parts and scheduler_config.json; null where the model has none (single checkpoints), then the
  /// architecture comes from the tensor shapes.
  std::shared_ptr<const nlohmann::json> textEncoderConfig, unetConfig, vaeConfig, schedulerConfig;
  /// Folder with vocab.json and merges.txt; empty: the full CLIP vocabulary of the resources.
  std::filesystem::path tokenizerFolder;
  /// "__metadata__" of a single .safetensors checkpoint ("modelspec.prediction_type" ...); empty otherwise.
  std::map<std::string, std::string> metadata;
};

/// Throws Error(NotFound | Corrupt | Unsupported) with the file and the reason.
ModelFiles openModel(const std::filesystem::path& path);

}  // namespace lorikeet

#pragma once
#include <filesystem>
#include <memory>
#include <nlohmann/json_fwd.hpp>

#include "io/weight_store.h"

namespace lorikeet {

/// An autoencoder that comes alone, memory-mapped, under canonical names; or the decoder of a tiny one (TAESD), under
/// the names that it has in its file (models/autoencoder_tiny.h).
struct VaeFile {
  WeightStore weights;
  bool isTiny = false;
  std::shared_ptr<const nlohmann::json> config;  ///< config.json; null where there is none
};

/// Opens a diffusers folder of a VAE, or a file in diffusers' or the original layout, with or without
/// "first_stage_model." before its names. Throws Error(NotFound | Corrupt), Error(Unsupported) for what is neither an
/// AutoencoderKL nor, by its names, an AutoencoderTiny.
VaeFile openVae(const std::filesystem::path& path);

}  // namespace lorikeet

#pragma once
#include <filesystem>
#include <memory>
#include <nlohmann/json_fwd.hpp>

#include "io/weight_store.h"

namespace lorikeet {

/// An autoencoder that comes alone, memory-mapped, under canonical names.
struct VaeFile {
  WeightStore weights;
  std::shared_ptr<const nlohmann::json> config;  ///< config.json; null where there is none
};

/// Opens a diffusers folder of a VAE, or a file in diffusers' or the original layout, with or without
/// "first_stage_model." before its names. Throws Error(NotFound | Corrupt), Error(Unsupported) for what is no
/// AutoencoderKL.
VaeFile openVae(const std::filesystem::path& path);

}  // namespace lorikeet

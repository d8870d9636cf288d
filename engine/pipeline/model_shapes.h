#pragma once
#include <array>
#include <filesystem>

#include "lorikeet/model_info.h"
#include "lorikeet/request.h"
#include "models/autoencoder_kl.h"
#include "models/unet_config.h"

namespace lorikeet {

struct ModelFiles;

/// What planning a job needs to know of a model, from its headers.
struct ModelShapes {
  ModelInfo info;
  UNetConfig unet;
  AutoencoderConfig vae;
  /// What weights take in memory, by precision; indices are those of Precision.
  std::array<int64_t, 4> networks = {};  ///< text encoder and UNet
  std::array<int64_t, 4> autoencoder = {};
  int64_t unpackedBytes = 0;  ///< what its files take besides, because they had to be unpacked to be read

  int64_t vaeBytes(Precision precision) const { return autoencoder[static_cast<size_t>(precision)]; }
  int64_t weightBytes(Precision precision) const {
    return networks[static_cast<size_t>(precision)] + vaeBytes(precision) + unpackedBytes;
  }
};

/// Throws Error for files that are missing or broken.
ModelShapes readModelShapes(const std::filesystem::path& model);
ModelShapes shapesOf(const ModelFiles& files);

/// Memory that the weights of a network take.
int64_t packedBytes(const WeightStore& weights, WeightStorage storage);

}  // namespace lorikeet

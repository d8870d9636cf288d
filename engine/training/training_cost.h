#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "models/autoencoder_kl.h"
#include "models/clip_text_encoder.h"
#include "models/unet_config.h"
#include "training/low_rank_layer.h"

namespace lorikeet {

/// Products of about the same size: [rows, width] times [width, width].
struct ProductWork {
  int64_t rows = 0, width = 0;
  double forward = 0, backward = 0;  ///< floating point operations
};

/// Work and memory of one image's way through the networks and back, counted from the layers' shapes.
struct TrainingCost {
  std::vector<ProductWork> work;  ///< by level of the network
  int64_t keptFloats = 0;         ///< values that the way back needs
  int64_t checkpointFloats = 0;   ///< those of checkpoints and the largest block alone
  int64_t passingFloats = 0;      ///< at the same time for the way back itself
};

/// With the layers that are trained.
TrainingCost unetCost(const UNetConfig& config, int64_t latentHeight, int64_t latentWidth, int64_t tokens,
                      std::span<const LowRankSettings> layers);
/// Of `tokens` tokens; the way back where the text encoder is trained.
TrainingCost textCost(const ClipTextConfig& config, int64_t tokens);
/// Floating point operations of encoding a picture.
double encoderFlops(const AutoencoderConfig& config, int64_t height, int64_t width);

}  // namespace lorikeet

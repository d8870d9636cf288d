#pragma once
#include <cstdint>
#include <stop_token>

#include "models/clip_text_encoder.h"
#include "models/unet_config.h"

namespace lorikeet {

/// Work and memory of one image's way through the networks and back, counted from the layers' shapes.
struct TrainingCost {
  double forwardFlops = 0;
  double backwardFlops = 0;
  int64_t keptFloats = 0;        ///< values that the way back needs
  int64_t checkpointFloats = 0;  ///< those of checkpoints and the largest block alone
  int64_t passingFloats = 0;     ///< at the same time for the way back itself
};

TrainingCost unetCost(const UNetConfig& config, int64_t latentHeight, int64_t latentWidth, int64_t tokens);
/// Of `tokens` tokens; the way back where the text encoder is trained.
TrainingCost textCost(const ClipTextConfig& config, int64_t tokens);

/// GFLOP/s of a product whose operands stay in the caches, measured for a moment; what an earlier call found counts as
/// well, since other programs may be at work meanwhile. Throws Stopped.
double measureProductSpeed(int threads, const std::stop_token& stop = {});

}  // namespace lorikeet

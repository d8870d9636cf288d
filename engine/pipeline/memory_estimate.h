#pragma once
#include <cstdint>
#include <string_view>

#include "lorikeet/memory_estimate.h"
#include "models/autoencoder_kl.h"
#include "models/unet_config.h"
#include "pipeline/model_shapes.h"

namespace lorikeet {

/// Bytes that one picture of this size needs besides the weights: the larger of a UNet call and the decoding.
int64_t activationBytes(const UNetConfig& unet, const AutoencoderConfig& vae, int width, int height, bool guided,
                        VaeTiling tiling);

/// Bytes that the system could give this process now (MemAvailable), at most LORIKEET_MEMORY_LIMIT; a very large number
/// if that cannot be told.
int64_t availableMemoryBytes();
/// The same, at most `limit` where that is not 0.
int64_t usableMemoryBytes(int64_t limit);
/// Throws Error(OutOfMemory), "WHAT needs about 3.1 GB of memory, but 2.0 GB are free.", unless `needed` bytes are
/// usable; `isLimited` where those are what may be used, not what is free.
void requireMemory(std::string_view what, int64_t needed, int64_t usable, bool isLimited = false);

/// The estimate for a model and precision (not Auto) whose larger pass has that size.
MemoryEstimate estimateMemory(const ModelShapes& model, const GenerateRequest& request, int width, int height,
                              Precision precision);
/// The same with a suggestion where it does not fit.
MemoryEstimate estimateWithAdvice(const ModelShapes& model, const GenerateRequest& request, int width, int height,
                                  Precision precision);
/// The most exact precision that has room, for a size that is planned already.
Precision precisionThatFits(const ModelShapes& model, const GenerateRequest& request, int width, int height);
/// Throws Error(OutOfMemory), with what would fit, unless this does.
void requireFit(const MemoryEstimate& estimate);

}  // namespace lorikeet

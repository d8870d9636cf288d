#pragma once
#include <cstdint>

#include "models/autoencoder_kl.h"
#include "models/unet_config.h"

namespace lorikeet {

/// Bytes that one picture of this size needs besides the weights: the larger of a UNet call and the decoding.
int64_t activationBytes(const UNetConfig& unet, const AutoencoderConfig& vae, int width, int height, bool guided,
                        VaeTiling tiling);

/// Bytes that the system could give this process now (MemAvailable); a very large number if that cannot be told.
int64_t availableMemoryBytes();

}  // namespace lorikeet

#pragma once
#include <cstdint>

#include "models/autoencoder_kl.h"
#include "models/autoencoder_tiny.h"
#include "models/unet_config.h"

namespace lorikeet {

/// The most floats that are alive at once inside each network, computed from the sizes of its maps. They follow the
/// layers' code (nn/resnet_block, nn/transformer_2d, models/unet_blocks, models/autoencoder_kl); a test compares them
/// with what BufferPool handed out.
struct MapSize {
  int64_t height = 0;  ///< of the latents
  int64_t width = 0;
};

/// One UNet call for `rows` rows: two with guidance.
int64_t unetFloats(const UNetConfig& unet, MapSize latents, int64_t rows);
/// The same of a ControlNet's call, and what its result takes until the UNet's call is over.
int64_t controlNetFloats(const UNetConfig& unet, MapSize latents, int64_t rows);
int64_t controlResidualFloats(const UNetConfig& unet, MapSize latents, int64_t rows);
/// Pictures of the autoencoder, to and from latents of that size.
int64_t decoderFloats(const AutoencoderConfig& vae, MapSize latents, VaeTiling tiling);
int64_t tinyDecoderFloats(int64_t channels, MapSize latents);
int64_t encoderFloats(const AutoencoderConfig& vae, MapSize latents, VaeTiling tiling);

}  // namespace lorikeet

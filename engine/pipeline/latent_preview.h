#pragma once
#include <array>

#include "lorikeet/image.h"
#include "models/autoencoder_kl.h"

namespace lorikeet {

/// Turns latents into a small picture, one pixel per latent, with a linear map from latent channels to RGB. The map is
/// fitted to the model's own decoder by least squares, so it works for any autoencoder: at first to a decoded patch of
/// noise, then again to every finished picture.
class LatentPreview {
 public:
  /// Decodes a small patch for the first fit.
  LatentPreview(const ExecutionContext& context, const AutoencoderKL& vae);
  /// Fits to latents [1, C, h, w] (scaled, as the UNet sees them) and the picture that they became.
  void fit(const Tensor& latents, const Image& picture);
  /// latents [1, C, h, w] -> a picture of w x h pixels.
  Image operator()(const Tensor& latents) const;

 private:
  int64_t channels_;
  std::vector<std::array<double, 3>> weights_;  ///< one row a latent channel, the last one constant
};

}  // namespace lorikeet

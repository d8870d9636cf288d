#pragma once
#include <functional>
#include <vector>

#include "models/autoencoder_kl.h"
#include "training/sample_order.h"
#include "training/training_pictures.h"

namespace lorikeet {

/// The pictures of a data set as the autoencoder sees them, encoded once. For random cuts the whole picture is kept and
/// the cut is made in the latents, on the grid of their pixels.
class LatentCache {
 public:
  /// Called before every picture with the number of those that are done.
  using Progress = std::function<void(int done)>;
  /// Throws Error for a picture that cannot be read, Stopped.
  LatentCache(const ExecutionContext& context, const AutoencoderKL& vae, const std::vector<TrainingPicture>& pictures,
              const TrainingData& data, const Progress& progress);

  /// [height, width] of what draw() gives.
  int64_t height() const { return height_; }
  int64_t width() const { return width_; }
  int64_t channels() const { return channels_; }
  /// Draws from the distribution of a sample's picture, scaled as the UNet wants it, into [h, w, C].
  void draw(const SampleDraw& sample, NoiseGenerator& noise, float* latents) const;

 private:
  struct Entry {
    Tensor mean;       ///< [1, h, w, C], scaled
    Tensor deviation;  ///< the same
  };
  Entry encode(const ExecutionContext& context, const AutoencoderKL& vae, const Image& picture) const;
  int64_t height_, width_, channels_;
  bool flips_;
  std::vector<Entry> entries_;  ///< one a picture, or two where they are flipped
};

}  // namespace lorikeet

#pragma once
#include "core/noise_generator.h"
#include "core/tensor.h"

namespace lorikeet {

/// The random numbers of one picture of a request: the sequence of its seed, with the variation and the seed delta that
/// A1111 knows (modules/rng.py: ImageRNG). Not thread-safe.
class PictureNoise : public NoiseGenerator {
 public:
  PictureNoise(const GenerateRequest& request, const PictureSeeds& seeds);

  void normal(std::span<float> out) override { sequence_->normal(out); }
  /// The noise that a run of latents [1, C, h, w] starts from: drawn with one call, turned towards the variation's.
  /// What is drawn afterwards comes from the seed plus the delta where there is one.
  Tensor start(const Shape& shape);

 private:
  NoiseSource source_;
  PictureSeeds seeds_;
  double variation_;
  uint64_t delta_;
  std::unique_ptr<NoiseGenerator> sequence_;
};

/// Spherical interpolation from `from` (share 0) to `to` (share 1), both [1, C, h, w], each column of h values on its
/// own great circle, as A1111's slerp() goes along the second axis of [C, h, w].
Tensor slerpColumns(const Tensor& from, const Tensor& to, double share);

}  // namespace lorikeet

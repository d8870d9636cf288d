#pragma once
#include <span>
#include <vector>

#include "schedulers/scheduler_config.h"

namespace lorikeet {

/// The noise levels of the training timesteps, with torch's f32 roundings: alphasCumprod is the share of the picture
/// in the variance, sigma = sqrt((1 - a) / a) the noise relative to the picture.
class NoiseSchedule {
 public:
  /// Throws Error(Corrupt) where the betas are not between 0 and 1.
  explicit NoiseSchedule(const SchedulerConfig& config);

  int trainTimesteps() const { return static_cast<int>(alphasCumprod_.size()); }
  std::span<const float> alphasCumprod() const { return alphasCumprod_; }
  /// sigma of every training timestep, rising.
  std::span<const float> sigmas() const { return sigmas_; }
  /// sigma at a fractional timestep, linear between neighbours (numpy.interp).
  double sigmaAt(double timestep) const;
  /// sigma at a fractional timestep, linear in log sigma (k-diffusion's t_to_sigma): the inverse of timestepOf.
  double logSigmaAt(double timestep) const;
  /// The timestep with a given sigma, linear in log sigma and clamped to the ends (diffusers' _sigma_to_t).
  double timestepOf(double sigma) const;
  /// Sets the last alpha to 2^-24 instead of 0, as diffusers' sigma samplers do with zero terminal SNR, so that sigma
  /// is finite.
  void avoidInfiniteSigma();

 private:
  void fillSigmas();
  std::vector<float> alphasCumprod_;
  std::vector<float> sigmas_;
  std::vector<float> logSigmas_;
};

}  // namespace lorikeet

#pragma once
#include <span>
#include <vector>

#include "core/tensor.h"
#include "schedulers/noise_schedule.h"

namespace lorikeet {

/// What the network is asked for and how far off it is: DDPM's simple loss (Ho et al., 2020) with min-SNR weighting
/// (Hang et al., 2023).
class DiffusionLoss {
 public:
  /// minSnr: gamma, 0 for no weighting. Throws Error(Unsupported) for models that predict the sample.
  DiffusionLoss(const SchedulerConfig& config, double minSnr);

  int timesteps() const { return schedule_.trainTimesteps(); }
  /// sqrt(a) * latents + sqrt(1 - a) * noise, [N, h, w, C], one timestep an image.
  Tensor noisy(const Tensor& latents, const Tensor& noise, std::span<const int> timesteps) const;

  struct Result {
    double loss = 0;  ///< weighted mean of the squared error
    Tensor gradient;  ///< of the prediction
  };
  Result operator()(const Tensor& prediction, const Tensor& latents, const Tensor& noise,
                    std::span<const int> timesteps) const;
  /// What the squared error at a timestep counts.
  double weight(int timestep) const;

 private:
  float alpha(int timestep) const { return schedule_.alphasCumprod()[static_cast<size_t>(timestep)]; }
  NoiseSchedule schedule_;
  bool predictsVelocity_;
  double minSnr_;
};

}  // namespace lorikeet

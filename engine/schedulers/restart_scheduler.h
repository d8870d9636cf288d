#pragma once
#include "schedulers/staged_scheduler.h"

namespace lorikeet {

/// Restart sampling (arXiv 2306.14878): Heun's steps that, from 20 steps on, go back once or twice from noise level 0.1
/// to 2 with fresh noise and come down again, which repairs errors; the restarts are part of the step count. Follows
/// A1111's modules/sd_samplers_extra.py, restart_sampler.
class RestartScheduler final : public StagedScheduler {
 public:
  RestartScheduler(const SchedulerConfig& config, const SigmaTableSpec& spec, const SchedulerOptions& options);
  void prepare(Tensor& x, int call, NoiseGenerator& noise) override;
  Tensor step(const Tensor& prediction, const Tensor& x, int call, NoiseGenerator& noise) override;
  Tensor addNoise(const Tensor& original, const Tensor& noise, int call) const override;

 private:
  struct Leg {
    double from;
    double to;
  };
  std::vector<Leg> legsWithRestarts() const;
  double levelBefore(int call) const;

  double noiseScale_;
  std::vector<Leg> legs_;
  Tensor start_;       ///< x at the beginning of the leg
  Tensor startSlope_;  ///< slope there
};

}  // namespace lorikeet

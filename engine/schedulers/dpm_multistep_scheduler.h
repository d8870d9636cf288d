#pragma once
#include <array>
#include <deque>

#include "schedulers/log_snr_scheduler.h"

namespace lorikeet {

/// How the second order term of DPM-Solver++ is taken.
enum class SolverType { Midpoint, Heun };

/// DPM-Solver++ (arXiv 2211.01095), multistep of order 1 to 3 over clean latents: the ordinary differential equation,
/// or with `stochastic` the SDE (order 1 or 2) that draws noise on every step. Follows diffusers'
/// DPMSolverMultistepScheduler with algorithm types dpmsolver++ and sde-dpmsolver++.
class DpmMultistepScheduler final : public LogSnrScheduler {
 public:
  struct Variant {
    bool stochastic = false;
    SolverType type = SolverType::Midpoint;
    int order = 2;
    double eta = 1;  ///< share of fresh noise of the SDE, as in k-diffusion
    double noiseScale = 1;
  };
  DpmMultistepScheduler(const SchedulerConfig& config, const SigmaTableSpec& spec, const Variant& variant);
  Tensor step(const Tensor& prediction, const Tensor& x, int call, NoiseGenerator& noise) override;

 private:
  std::array<double, 3> originalWeights(int call, double h, double c) const;
  int orderOfStep(int call) const;
  Variant variant_;
  std::deque<Tensor> originals_;  ///< newest first
};

}  // namespace lorikeet

#pragma once
#include "schedulers/dpm_solver_step.h"
#include "schedulers/staged_scheduler.h"

namespace lorikeet {

/// DPM-Solver-fast (arXiv 2206.00927): solver steps of third order, the last ones of lower order, so that the model is
/// called as often as steps were asked for; equal parts in log sigma from the highest to the lowest level, whatever the
/// schedule. With ancestral noise after each solver step. Follows k-diffusion's sample_dpm_fast as A1111 calls it.
class DpmFastScheduler final : public StagedScheduler {
 public:
  DpmFastScheduler(const SchedulerConfig& config, const SigmaTableSpec& spec, const SchedulerOptions& options);
  Tensor step(const Tensor& prediction, const Tensor& x, int call, NoiseGenerator& noise) override;

 private:
  struct Leg {
    DpmSolverStep solver;
    double up;  ///< fresh noise at its end
  };
  void addLeg(double from, double to, double lowest, int order, double eta);

  double noiseScale_;
  std::vector<Leg> legs_;
  std::vector<int> legOfCall_;
  Tensor start_;                ///< x at the beginning of the leg
  std::vector<Tensor> noises_;  ///< predictions in the leg
};

/// The noise levels that DPM fast and adaptive go between: of the model, or for a run from a picture of what is left of
/// the table. high > low, or a table of a single level.
struct SigmaRange {
  double high = 0;
  double low = 0;
};
SigmaRange solverRange(const NoiseSchedule& noise, std::span<const float> sigmas, double strength);

}  // namespace lorikeet

#pragma once
#include <deque>
#include <vector>

#include "schedulers/log_snr_scheduler.h"

namespace lorikeet {

/// UniPC (arXiv 2302.04867): a multistep predictor over clean latents, corrected with the next model call at no extra
/// cost. Follows diffusers' UniPCMultistepScheduler with predict_x0, solver types bh1 and bh2, orders 1 to 3.
class UniPcScheduler final : public LogSnrScheduler {
 public:
  UniPcScheduler(const SchedulerConfig& config, const SigmaTableSpec& spec);
  Tensor step(const Tensor& prediction, const Tensor& x, int call, NoiseGenerator& noise) override;

 private:
  /// Coefficients of one update from noise level `from` to `to`.
  struct Update {
    double keep = 0;             ///< of x
    double newest = 0;           ///< of the clean latents at `from`
    double scale = 0;            ///< -alpha * B(h), common to all differences
    std::vector<double> rks;     ///< distances of the older levels in units of h, then 1
    std::vector<double> matrix;  ///< R, row by row
    std::vector<double> right;   ///< b
  };
  Update makeUpdate(int from, int to, int order) const;
  Tensor predict(const Tensor& x, int call, int order) const;
  Tensor correct(const Tensor& original, int call) const;

  int maxOrder_;
  bool bh1_;
  int order_ = 0;                 ///< of the last prediction
  std::deque<Tensor> originals_;  ///< newest first
  Tensor last_;                   ///< corrected x of the last call
};

}  // namespace lorikeet

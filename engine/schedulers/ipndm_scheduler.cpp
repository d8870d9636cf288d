#include "schedulers/ipndm_scheduler.h"

#include "schedulers/latent_math.h"

namespace lorikeet {

Tensor IpndmScheduler::step(const Tensor& prediction, const Tensor& x, int call, NoiseGenerator& /*noise*/) {
  constexpr size_t kMaxOrder = 4;
  constexpr double kWeights[kMaxOrder][kMaxOrder] = {
      {1, 0, 0, 0},
      {3.0 / 2, -1.0 / 2, 0, 0},
      {23.0 / 12, -16.0 / 12, 5.0 / 12, 0},
      {55.0 / 24, -59.0 / 24, 37.0 / 24, -9.0 / 24},
  };
  const double sigma = sigmas_[call];
  const double next = sigmas_[call + 1];
  if (next == 0) return originalAt(prediction, x, sigma);
  slopes_.push_front(derivative(prediction, x, sigma));
  if (slopes_.size() > kMaxOrder) slopes_.pop_back();
  const size_t known = slopes_.size();
  const double* w = kWeights[known - 1];
  const double h = next - sigma;
  const auto slope = [&](size_t i) -> const Tensor& { return slopes_[i < known ? i : 0]; };
  return weightedSum({{1, x}, {h * w[0], slope(0)}, {h * w[1], slope(1)}, {h * w[2], slope(2)}, {h * w[3], slope(3)}});
}

}  // namespace lorikeet

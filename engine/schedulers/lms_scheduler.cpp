#include "schedulers/lms_scheduler.h"

#include <algorithm>
#include <cmath>

#include "schedulers/latent_math.h"

namespace lorikeet {

Tensor LmsScheduler::step(const Tensor& prediction, const Tensor& x, int call, NoiseGenerator& /*noise*/) {
  constexpr size_t kMaxOrder = 4;
  slopes_.push_front(derivative(prediction, x, sigmas_[call]));
  if (slopes_.size() > kMaxOrder) slopes_.pop_back();
  const int order = std::min(call + 1, static_cast<int>(kMaxOrder));
  const int known = static_cast<int>(slopes_.size());
  double c[kMaxOrder] = {};
  for (int i = 0; i < known; ++i) c[i] = coefficient(order, call, i);
  const auto slope = [&](int i) -> const Tensor& { return slopes_[i < known ? i : 0]; };
  return weightedSum({{1, x}, {c[0], slope(0)}, {c[1], slope(1)}, {c[2], slope(2)}, {c[3], slope(3)}});
}

/// The integral over the step of Lagrange's polynomial that is 1 at the noise level `current` steps back.
double LmsScheduler::coefficient(int order, int call, int current) const {
  const auto sigma = [&](int stepsBack) { return static_cast<double>(sigmas_[call - stepsBack]); };
  const auto polynomial = [&](double tau) {
    double product = 1;
    for (int k = 0; k < order; ++k)
      if (k != current) product *= (tau - sigma(k)) / (sigma(current) - sigma(k));
    return product;
  };
  // Gauss-Legendre with two points is exact up to the third degree.
  const double middle = (sigma(0) + sigma(-1)) / 2;
  const double half = (sigma(-1) - sigma(0)) / 2;
  const double offset = half / std::sqrt(3.0);
  return half * (polynomial(middle - offset) + polynomial(middle + offset));
}

}  // namespace lorikeet

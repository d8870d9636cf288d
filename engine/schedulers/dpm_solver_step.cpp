#include "schedulers/dpm_solver_step.h"

#include "core/check.h"
#include "core/portable_math.h"
#include "schedulers/latent_math.h"

namespace lorikeet {

DpmSolverStep::DpmSolverStep(double from, double to, int order)
    : from_(from), to_(to), order_(order), width_(to > 0 ? portableLog(from) - portableLog(to) : 0) {
  CHECK(order >= 1 && order <= 3 && (to > 0 || order == 1));
}

double DpmSolverStep::sigma(int i) const { return i == 0 ? from_ : from_ * portableExp(-shareOf(i) * width_); }

Tensor DpmSolverStep::inner(const Tensor& x, const std::vector<Tensor>& noises) const {
  const int next = static_cast<int>(noises.size());
  CHECK(next >= 1 && next < order_);
  const double level = sigma(next);
  if (next == 1) return weightedSum({{1, x}, {level - from_, noises[0]}});
  const double part = shareOf(2) * width_;
  const double bend = -level * 2 * (portableExpm1(part) / part - 1);
  return weightedSum({{1, x}, {level - from_ - bend, noises[0]}, {bend, noises[1]}});
}

Tensor DpmSolverStep::end(const Tensor& x, const std::vector<Tensor>& noises) const {
  CHECK(static_cast<int>(noises.size()) == order_);
  if (order_ == 1) return weightedSum({{1, x}, {to_ - from_, noises[0]}});
  if (order_ == 2) return lowerEnd(x, noises);
  const double bend = -to_ / shareOf(2) * (portableExpm1(width_) / width_ - 1);
  return weightedSum({{1, x}, {to_ - from_ - bend, noises[0]}, {bend, noises[2]}});
}

Tensor DpmSolverStep::lowerEnd(const Tensor& x, const std::vector<Tensor>& noises) const {
  const double bend = (to_ - from_) / (2 * shareOf(1));
  return weightedSum({{1, x}, {to_ - from_ - bend, noises[0]}, {bend, noises[1]}});
}

}  // namespace lorikeet

#pragma once
#include <vector>

#include "core/tensor.h"

namespace lorikeet {

/// One step of DPM-Solver (arXiv 2206.00927) of order 1 to 3 from noise level `from` to `to`, over noise predictions:
/// order n takes n of them, the first at `from`, the next at shares of the way in log sigma (order 2: a half, order 3:
/// a third and two thirds). Follows k-diffusion's DPMSolver.dpm_solver_1_step, _2_step and _3_step. to may be 0 for
/// order 1, which is Euler's step.
class DpmSolverStep {
 public:
  DpmSolverStep(double from, double to, int order);
  int order() const { return order_; }
  /// The noise level of prediction i.
  double sigma(int i) const;
  /// x where the model looks next; x is that of the beginning, noises holds the predictions so far (1 or 2).
  Tensor inner(const Tensor& x, const std::vector<Tensor>& noises) const;
  /// x at the end. noises holds `order` predictions.
  Tensor end(const Tensor& x, const std::vector<Tensor>& noises) const;
  /// The end of second order from the first two predictions of a step of third order, to judge its error.
  Tensor lowerEnd(const Tensor& x, const std::vector<Tensor>& noises) const;

 private:
  double shareOf(int i) const { return static_cast<double>(i) / order_; }
  double from_;
  double to_;
  int order_;
  double width_;  ///< of the step in log sigma
};

}  // namespace lorikeet

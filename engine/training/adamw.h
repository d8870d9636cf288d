#pragma once
#include <span>
#include <vector>

#include "training/low_rank_layer.h"

namespace lorikeet {

/// torch.optim.AdamW in f32 (Loshchilov and Hutter, "Decoupled Weight Decay Regularization", 2019), with torch's betas
/// and epsilon. Every tensor has a learning rate of its own.
class AdamW {
 public:
  struct Parameter {
    TrainedTensor* tensor = nullptr;
    double rate = 1e-4;
    Tensor first = {};   ///< running mean of the gradient
    Tensor second = {};  ///< running mean of its square
  };
  AdamW(std::vector<Parameter> parameters, double weightDecay);

  /// Changes the values by their gradients, every rate times `factor`, and clears the gradients.
  void step(double factor);
  /// Clears the gradients alone.
  void clear();

  std::span<Parameter> parameters() { return parameters_; }
  int steps() const { return steps_; }
  void setSteps(int steps) { steps_ = steps; }

 private:
  std::vector<Parameter> parameters_;
  double weightDecay_;
  int steps_ = 0;
};

/// Scales all gradients so that their norm together is at most `limit` (torch's clip_grad_norm_); 0: does not. Returns
/// the norm before.
double limitGradients(std::span<const AdamW::Parameter> parameters, double limit);

}  // namespace lorikeet

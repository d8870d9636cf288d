#pragma once
#include "nn/parameter.h"
#include "ops/kernels.h"

namespace lorikeet {

/// y = W x + b over the last axis (torch.nn.Linear). A 1x1 convolution on channels-last maps is the same thing, so
/// weights of shape [outputs, inputs, 1, 1] are taken as well.
class Linear {
 public:
  enum class Bias { Required, Optional };
  Linear(const LayerSource& source, int64_t inputs, int64_t outputs, Bias bias = Bias::Optional);

  struct Options {
    Activation activation = Activation::None;
    bool geglu = false;                ///< result is [..., outputs / 2]
    const Tensor* residual = nullptr;  ///< added to the result
  };
  Tensor operator()(const ExecutionContext& context, const Tensor& x) const { return (*this)(context, x, Options{}); }
  Tensor operator()(const ExecutionContext& context, const Tensor& x, const Options& options) const;

 private:
  const MatrixParameter& weight_;
  const ValueParameter* bias_ = nullptr;
};

}  // namespace lorikeet

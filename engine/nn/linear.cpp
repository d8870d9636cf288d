#include "nn/linear.h"

#include "ops/matmul.h"

namespace lorikeet {
namespace {

const MatrixParameter& resolveWeight(const LayerSource& source, int64_t inputs, int64_t outputs) {
  const std::optional<RawTensor> raw = source.weights().find("weight");
  const bool isConvolution = raw && raw->shape.rank() == 4;
  return source.matrix("weight", isConvolution ? Shape{outputs, inputs, 1, 1} : Shape{outputs, inputs});
}

}  // namespace

Linear::Linear(const LayerSource& source, int64_t inputs, int64_t outputs, Bias bias)
    : weight_(resolveWeight(source, inputs, outputs)) {
  if (bias == Bias::Required || source.has("bias")) bias_ = &source.values("bias", {outputs});
}

Tensor Linear::operator()(const ExecutionContext& context, const Tensor& x, const Options& options) const {
  ProductEpilogue epilogue;
  if (bias_ != nullptr) epilogue.bias = bias_->data();
  epilogue.activation = options.activation;
  epilogue.geglu = options.geglu;
  if (options.residual != nullptr) epilogue.residual = options.residual->data();
  return matmul(context, x, weight_.packed(), epilogue);
}

}  // namespace lorikeet

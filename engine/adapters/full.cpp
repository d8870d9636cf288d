// A stored difference: W' = W + m * diff (LyCORIS "full", also for the weights of norms, "w_norm").
#include "adapters/adapter_format.h"
#include "adapters/dense_math.h"
#include "io/tensor_values.h"

namespace lorikeet {
namespace full {
namespace {

const char* roleOf(const AdapterModule& module) { return module.has("diff") ? "diff" : "w_norm"; }

bool recognises(const AdapterModule& module) { return module.has("diff") || module.has("w_norm"); }

int64_t check(const AdapterModule& module, const Shape& weight) {
  const Shape& shape = module.get(roleOf(module)).shape;
  requireShape(shape.elementCount() == weight.elementCount() && shape.rank() > 0 && shape[0] == weight[0], module,
               roleOf(module), weight);
  return 0;
}

Tensor delta(const AdapterModule& module, const Tensor& weight, double multiplier) {
  Tensor change = toTensor(module.get(roleOf(module)));
  multiply(change, multiplier);
  return std::move(change).reshaped(weight.shape());
}

FormatTerms terms(const AdapterModule& module, const RawTensor& weight) {
  return {{}, storedTerm(module.get(roleOf(module)), weight.shape)};
}

}  // namespace
}  // namespace full

const AdapterFormat kFull{"full difference", full::recognises, full::check, full::delta, full::terms};

}  // namespace lorikeet

// (IA)3 (Liu et al., 2022) as LyCORIS stores it: W' = W + m * W * w, w one value for each output channel, or for each
// input channel where "on_input" is set.
#include <vector>

#include "adapters/adapter_format.h"
#include "io/tensor_values.h"

namespace lorikeet {
namespace {

bool recognises(const AdapterModule& module) { return module.has("weight") && module.has("on_input"); }

bool isOnInput(const AdapterModule& module) {
  const std::vector<float> flag = toFloats(module.get("on_input"));
  return !flag.empty() && flag[0] != 0;
}

int64_t check(const AdapterModule& module, const Shape& weight) {
  const int64_t count = module.get("weight").shape.elementCount();
  requireShape(weight.rank() >= 2 && count == weight[isOnInput(module) ? 1 : 0], module, "weight", weight);
  return 0;
}

Tensor delta(const AdapterModule& module, const Tensor& weight, double multiplier) {
  const std::vector<float> factors = toFloats(module.get("weight"));
  const bool onInput = isOnInput(module);
  const int64_t outputs = weight.dim(0), inputs = weight.dim(1);
  const int64_t taps = static_cast<int64_t>(weight.size()) / (outputs * inputs);
  Tensor change(weight.shape());
  for (size_t i = 0; i < weight.size(); ++i) {
    const auto index = static_cast<int64_t>(i);
    const int64_t channel = onInput ? index / taps % inputs : index / (inputs * taps);
    change[i] = static_cast<float>(multiplier * weight[i] * factors[static_cast<size_t>(channel)]);
  }
  return change;
}

}  // namespace

const AdapterFormat kIa3{"(IA)3", recognises, check, delta};

}  // namespace lorikeet

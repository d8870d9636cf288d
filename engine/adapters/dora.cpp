// DoRA (Liu et al., 2024): V = W + delta, W1 = V * magnitude / norm(V) with one norm for each output channel (PEFT's
// vector, LyCORIS' default) or for each input channel (LyCORIS with wd_on_out = False). W' = W + m * (W1 - W).
#include <cmath>
#include <vector>

#include "adapters/adapter_format.h"
#include "io/tensor_values.h"

namespace lorikeet {
namespace {

const char* roleOf(const AdapterModule& module) { return module.has("magnitude") ? "magnitude" : "dora_scale"; }

bool recognises(const AdapterModule& module) { return module.has("dora_scale") || module.has("magnitude"); }

bool isPerOutput(const AdapterModule& module, const Shape& weight) {
  const RawTensor& scale = module.get(roleOf(module));
  if (scale.shape.elementCount() != weight[0]) return false;
  return module.has("magnitude") || scale.shape.rank() == 1 || scale.shape[0] == weight[0];
}

int64_t check(const AdapterModule& module, const Shape& weight) {
  const AdapterFormat* factors = factorFormatOf(module);
  requireShape(factors != nullptr && weight.rank() >= 2, module, "down", weight);
  const int64_t count = module.get(roleOf(module)).shape.elementCount();
  requireShape(isPerOutput(module, weight) || (count == weight[1] && !module.has("magnitude")), module, roleOf(module),
               weight);
  return factors->check(module, weight);
}

Tensor delta(const AdapterModule& module, const Tensor& weight, double multiplier) {
  Tensor change = factorFormatOf(module)->delta(module, weight, 1);
  const std::vector<float> magnitude = toFloats(module.get(roleOf(module)));
  const bool perOutput = isPerOutput(module, weight.shape());
  const int64_t outputs = weight.dim(0), inputs = weight.dim(1);
  const int64_t taps = static_cast<int64_t>(weight.size()) / (outputs * inputs);
  const auto channelOf = [&](size_t i) {
    const auto index = static_cast<int64_t>(i);
    return static_cast<size_t>(perOutput ? index / (inputs * taps) : index / taps % inputs);
  };
  std::vector<double> squares(magnitude.size(), 0.0);
  for (size_t i = 0; i < weight.size(); ++i) {
    const double v = static_cast<double>(weight[i]) + change[i];
    squares[channelOf(i)] += v * v;
  }
  for (size_t i = 0; i < weight.size(); ++i) {
    const size_t channel = channelOf(i);
    const double norm = std::sqrt(squares[channel]);
    const double v = static_cast<double>(weight[i]) + change[i];
    const double full = norm > 0 ? v * magnitude[channel] / norm : v;
    change[i] = static_cast<float>(multiplier * (full - weight[i]));
  }
  return change;
}

}  // namespace

const AdapterFormat kDora{"DoRA", recognises, check, delta};

}  // namespace lorikeet

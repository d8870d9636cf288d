// (IA)3 (Liu et al., 2022). LyCORIS: W' = W + m * W * w, w one value for each output channel, or for each input channel
// where "on_input" is set. PEFT: w = l - 1 by output channel, with the bias, or by input channel for modules that its
// configuration calls feed-forward.
#include <vector>

#include "adapters/adapter_format.h"
#include "io/tensor_values.h"
#include "ops/channel_term.h"

namespace lorikeet {
namespace ia3 {
namespace {

const char* roleOf(const AdapterModule& module) { return module.has("ia3_l") ? "ia3_l" : "weight"; }

bool recognises(const AdapterModule& module) {
  return module.has("ia3_l") || (module.has("weight") && module.has("on_input"));
}

int64_t check(const AdapterModule& module, const Shape& weight) {
  const char* role = roleOf(module);
  const int64_t count = module.get(role).shape.elementCount();
  requireShape(weight.rank() >= 2 && count == weight[scalesInputs(module) ? 1 : 0], module, role, weight);
  return 0;
}

/// w for every channel.
std::vector<float> factorsOf(const AdapterModule& module) {
  std::vector<float> factors = toFloats(module.get(roleOf(module)));
  if (module.has("ia3_l"))
    for (float& factor : factors) factor -= 1;
  return factors;
}

Tensor delta(const AdapterModule& module, const Tensor& weight, double multiplier) {
  const std::vector<float> factors = factorsOf(module);
  const bool onInput = scalesInputs(module);
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

FormatTerms terms(const AdapterModule& module, const RawTensor& weight) {
  const std::vector<float> factors = factorsOf(module);
  const auto axis = scalesInputs(module) ? ChannelTerm::Axis::Inputs : ChannelTerm::Axis::Outputs;
  return {{},
          std::make_shared<ChannelTerm>(Tensor::from({static_cast<int64_t>(factors.size())}, factors), axis,
                                        tapsOf(weight.shape))};
}

}  // namespace
}  // namespace ia3

const AdapterFormat kIa3{"(IA)3", ia3::recognises, ia3::check, ia3::delta, ia3::terms};

/// PEFT stores [outputs, 1] and [1, inputs] for linear layers, [1, channels, 1, 1] for convolutions.
bool scalesInputs(const AdapterModule& module) {
  if (const RawTensor* factors = module.find("ia3_l"))
    return module.scalesInput || (factors->shape.rank() == 2 && factors->shape[0] == 1 && factors->shape[1] > 1);
  const std::vector<float> flag = toFloats(module.get("on_input"));
  return !flag.empty() && flag[0] != 0;
}

bool scalesBias(const AdapterModule& module) { return module.has("ia3_l") && !scalesInputs(module); }

Tensor scaledBiasDelta(const AdapterModule& module, const Tensor& bias, double multiplier) {
  const std::vector<float> factors = ia3::factorsOf(module);
  Tensor change(bias.shape());
  for (size_t i = 0; i < bias.size(); ++i) change[i] = static_cast<float>(multiplier * bias[i] * factors[i]);
  return change;
}

}  // namespace lorikeet

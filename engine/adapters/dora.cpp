// DoRA (Liu et al., 2024): V = W + delta, W1 = V * magnitude / norm(V) with one norm for each output channel (PEFT's
// vector, LyCORIS' default) or for each input channel (LyCORIS with wd_on_out = False). W' = W + m * (W1 - W).
#include <cmath>
#include <vector>

#include "adapters/adapter_format.h"
#include "adapters/dense_math.h"
#include "core/check.h"
#include "io/tensor_values.h"
#include "ops/channel_term.h"
#include "ops/kernels.h"

namespace lorikeet {
namespace dora {
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
  CHECK(factors != nullptr);
  const int64_t count = module.get(roleOf(module)).shape.elementCount();
  requireShape(isPerOutput(module, weight) || (count == weight[1] && !module.has("magnitude")), module, roleOf(module),
               weight);
  return factors->check(module, weight);
}

/// Calls visit(channel, begin, count) for the values of every channel, piece by piece.
template <class Visit>
void forChannels(const Shape& weight, bool perOutput, Visit visit) {
  const int64_t outputs = weight[0], inputs = weight[1], taps = tapsOf(weight);
  for (int64_t o = 0; o < outputs; ++o) {
    if (perOutput) {
      visit(static_cast<size_t>(o), o * inputs * taps, inputs * taps);
      continue;
    }
    for (int64_t i = 0; i < inputs; ++i) visit(static_cast<size_t>(i), (o * inputs + i) * taps, taps);
  }
}

/// In eight sums, so that none waits for the one before.
double squareSum(const float* values, int64_t count) {
  constexpr int kSums = 8;
  double sums[kSums] = {};
  int64_t i = 0;
  for (; i + kSums <= count; i += kSums)
    for (int k = 0; k < kSums; ++k) sums[k] += static_cast<double>(values[i + k]) * values[i + k];
  for (; i < count; ++i) sums[0] += static_cast<double>(values[i]) * values[i];
  return ((sums[0] + sums[1]) + (sums[2] + sums[3])) + ((sums[4] + sums[5]) + (sums[6] + sums[7]));
}

/// magnitude / norm(V) for every channel; 1 where the norm is zero.
std::vector<double> gainsOf(const AdapterModule& module, const Tensor& changed) {
  const std::vector<float> magnitude = toFloats(module.get(roleOf(module)));
  std::vector<double> gains(magnitude.size(), 0.0);
  forChannels(changed.shape(), isPerOutput(module, changed.shape()), [&](size_t channel, int64_t begin, int64_t count) {
    gains[channel] += squareSum(changed.data() + begin, count);
  });
  for (size_t i = 0; i < gains.size(); ++i) gains[i] = gains[i] > 0 ? magnitude[i] / std::sqrt(gains[i]) : 1;
  return gains;
}

/// V = W + delta.
Tensor changedWeight(const AdapterModule& module, const Tensor& weight) {
  Tensor changed = factorFormatOf(module)->delta(module, weight, 1);
  kernels().add(changed.data(), weight.data(), changed.data(), static_cast<int64_t>(changed.size()));
  return changed;
}

Tensor delta(const AdapterModule& module, const Tensor& weight, double multiplier) {
  Tensor change = changedWeight(module, weight);
  const std::vector<double> gains = gainsOf(module, change);
  forChannels(weight.shape(), isPerOutput(module, weight.shape()), [&](size_t channel, int64_t begin, int64_t count) {
    for (auto i = static_cast<size_t>(begin); i < static_cast<size_t>(begin + count); ++i)
      change[i] = static_cast<float>(multiplier * (gains[channel] * change[i] - weight[i]));
  });
  return change;
}

/// Multiplies the product of a pair with 1 + s.
void scalePair(LowRankFactors& pair, const Tensor& excess, bool perOutput, int64_t taps) {
  const auto rank = static_cast<size_t>(pair.down.dim(0)), depth = static_cast<size_t>(pair.down.dim(1));
  const auto perChannel = static_cast<size_t>(taps);
  if (perOutput)
    for (size_t i = 0; i < pair.up.size(); ++i) pair.up[i] *= 1 + excess[i / rank];
  else
    for (size_t i = 0; i < pair.down.size(); ++i) pair.down[i] *= 1 + excess[i % depth / perChannel];
}

/// The gains belong to the factors at full strength, whatever the multiplier. A pair of matrices takes its gains along.
FormatTerms terms(const AdapterModule& module, const RawTensor& weight) {
  FormatTerms change = factorFormatOf(module)->terms(module, weight);
  const std::vector<double> gains = gainsOf(module, changedWeight(module, widened(weight)));
  Tensor excess({static_cast<int64_t>(gains.size())});
  for (size_t i = 0; i < gains.size(); ++i) excess[i] = static_cast<float>(gains[i] - 1);
  const bool perOutput = isPerOutput(module, weight.shape);
  const int64_t taps = tapsOf(weight.shape);
  if (!change.pair.up.empty()) scalePair(change.pair, excess, perOutput, taps);
  const auto axis = perOutput ? ChannelTerm::Axis::Outputs : ChannelTerm::Axis::Inputs;
  change.term = std::make_shared<ChannelTerm>(excess, axis, taps, std::move(change.term));
  return change;
}

bool isWide(const AdapterModule& module, const Shape& weight) {
  const AdapterFormat* factors = factorFormatOf(module);
  return factors->isWide != nullptr && factors->isWide(module, weight);
}

}  // namespace
}  // namespace dora

const AdapterFormat kDora{"DoRA", dora::recognises, dora::check, dora::delta, dora::terms, dora::isWide};

}  // namespace lorikeet

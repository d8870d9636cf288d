#include "training/adamw.h"

#include <algorithm>
#include <cmath>

namespace lorikeet {
namespace {

constexpr double kBeta1 = 0.9, kBeta2 = 0.999, kEpsilon = 1e-8;

}  // namespace

AdamW::AdamW(std::vector<Parameter> parameters, double weightDecay)
    : parameters_(std::move(parameters)), weightDecay_(weightDecay) {
  for (Parameter& parameter : parameters_) {
    parameter.first = Tensor::zeros(parameter.tensor->values.shape());
    parameter.second = Tensor::zeros(parameter.tensor->values.shape());
  }
}

void AdamW::step(double factor) {
  ++steps_;
  const double correction1 = 1 - std::pow(kBeta1, steps_);
  const auto correction2 = static_cast<float>(std::sqrt(1 - std::pow(kBeta2, steps_)));
  for (Parameter& parameter : parameters_) {
    const double rate = parameter.rate * factor;
    const auto keep = static_cast<float>(1 - rate * weightDecay_);
    const auto size = static_cast<float>(rate / correction1);
    Tensor& values = parameter.tensor->values;
    Tensor& gradient = parameter.tensor->gradient;
    for (size_t i = 0; i < values.size(); ++i) {
      const float g = gradient[i];
      float& first = parameter.first[i];
      float& second = parameter.second[i];
      first += static_cast<float>(1 - kBeta1) * (g - first);
      second = static_cast<float>(kBeta2) * second + static_cast<float>(1 - kBeta2) * g * g;
      const float spread = std::sqrt(second) / correction2 + static_cast<float>(kEpsilon);
      values[i] = keep * values[i] - size * first / spread;
    }
  }
  clear();
}

void AdamW::clear() {
  for (Parameter& parameter : parameters_) std::ranges::fill(parameter.tensor->gradient.values(), 0.F);
}

double limitGradients(std::span<const AdamW::Parameter> parameters, double limit) {
  double sum = 0;
  for (const AdamW::Parameter& parameter : parameters)
    for (const float g : parameter.tensor->gradient.values()) sum += static_cast<double>(g) * g;
  const double norm = std::sqrt(sum);
  const double factor = limit / (norm + 1e-6);
  if (limit > 0 && factor < 1)
    for (const AdamW::Parameter& parameter : parameters)
      for (float& g : parameter.tensor->gradient.values()) g *= static_cast<float>(factor);
  return norm;
}

}  // namespace lorikeet

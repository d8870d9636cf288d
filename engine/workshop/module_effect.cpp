#include "workshop/module_effect.h"

#include <fmt/format.h>
#include <lorikeet/error.h>

#include <algorithm>

#include "adapters/adapter_format.h"
#include "adapters/dense_math.h"

namespace lorikeet {
namespace {

bool dependsOnWeights(const AdapterFormat* format) {
  const AdapterFormat* const kinds[] = {&kDora, &kGlora, &kOft, &kPeftOft, &kIa3};
  return std::count(std::begin(kinds), std::end(kinds), format) > 0;
}

[[noreturn]] void failWithoutWeights(const AdapterModule& module, std::string_view kind) {
  throw Error(
      ErrorKind::InvalidArgument,
      fmt::format("What the module {} ({}) changes depends on the model's weights; name the model.", module.key, kind));
}

}  // namespace

ModulePlace placeOf(const ModelNames& names, NetworkPart part, const std::string& module) {
  ModulePlace place{part, module, *names.shapeOf(part, module + ".weight"), names.weight(part, module + ".weight"),
                    {},   {}};
  if (const Shape* bias = names.shapeOf(part, module + ".bias")) place.biasShape = *bias;
  place.bias = names.weight(part, module + ".bias");
  return place;
}

Tensor weightChange(const AdapterModule& module, const ModulePlace& place, double multiplier) {
  const AdapterFormat* format = formatOf(module);
  if (format == nullptr) return {};
  if (!dependsOnWeights(format)) return format->delta(module, Tensor::zeros(place.shape), multiplier);
  if (!place.weight) failWithoutWeights(module, format->name);
  return format->delta(module, widened(*place.weight), multiplier);
}

Tensor biasChangeOf(const AdapterModule& module, const ModulePlace& place, double multiplier) {
  if (!changesBias(module) || !place.biasShape) return {};
  if (biasChange(module) != nullptr) return biasDelta(module, Tensor::zeros(*place.biasShape), multiplier);
  if (!place.bias) failWithoutWeights(module, "(IA)3");
  return biasDelta(module, widened(*place.bias), multiplier);
}

}  // namespace lorikeet

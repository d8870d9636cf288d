#include "training/layer_choice.h"

#include <fmt/format.h>
#include <lorikeet/error.h>

#include <algorithm>
#include <cmath>

#include "training/sample_order.h"
#include "workshop/configured_layers.h"

namespace lorikeet {
namespace {

bool contains(const std::string& name, std::string_view part) { return name.find(part) != std::string::npos; }

bool isAttention(const std::string& module) {
  return std::ranges::any_of(
      std::initializer_list<std::string_view>{".to_q", ".to_k", ".to_v", ".to_out.0", ".self_attn."},
      [&](std::string_view part) { return contains(module, part); });
}

bool isTrained(const TrainingRequest& request, const AdaptableLayer& layer) {
  if (layer.part == NetworkPart::TextEncoder) {
    if (!request.trainsTextEncoder) return false;
    return isAttention(layer.module) || (request.layers != TrainedLayers::Attention && contains(layer.module, ".mlp."));
  }
  const bool inTransformer = contains(layer.module, "attentions.");
  switch (request.layers) {
    case TrainedLayers::Attention:
      return inTransformer && isAttention(layer.module);
    case TrainedLayers::Transformers:
      return inTransformer;
    case TrainedLayers::Everything:
      return inTransformer || contains(layer.module, "resnets.") || contains(layer.module, "samplers.");
  }
  return false;
}

std::vector<LowRankSettings> configured(const TrainingRequest& request, const ModelNames& names) {
  const ConfiguredLayers configuration = readConfiguredLayers(request.configuration, names);
  if (configuration.trainsModel)
    throw Error(ErrorKind::Unsupported,
                fmt::format("\"{}\" asks for the model's own weights to be trained (trainable_model); only adapters "
                            "can be trained.",
                            request.configuration.string()));
  std::vector<LowRankSettings> layers;
  for (const ConfiguredLayer& one : configuration.layers)
    layers.push_back({one.layer.part, one.layer.module, one.layer.shape, one.rank, one.scale, one.trainsScale});
  return layers;
}

}  // namespace

std::vector<LowRankSettings> chooseLayers(const TrainingRequest& request, const ModelNames& names) {
  if (request.kind == TrainingKind::TextualInversion) return {};
  if (!request.configuration.empty()) return configured(request, names);
  std::vector<LowRankSettings> layers;
  const double alpha = request.alpha > 0 ? request.alpha : static_cast<double>(request.rank);
  for (const AdaptableLayer& layer : adaptableLayers(names)) {
    if (!isTrained(request, layer)) continue;
    const int64_t inputs = layer.shape.elementCount() / layer.shape[0];
    const int64_t rank = std::min({request.rank, layer.shape[0], inputs});
    layers.push_back({layer.part, layer.module, layer.shape, rank, alpha / static_cast<double>(request.rank), false});
  }
  return layers;
}

int64_t parametersOf(const std::vector<LowRankSettings>& layers) {
  int64_t sum = 0;
  for (const LowRankSettings& layer : layers)
    sum += layer.rank * (layer.weight[0] + layer.weight.elementCount() / layer.weight[0]) + (layer.trainsScale ? 1 : 0);
  return sum;
}

void initialize(LowRankLayers& layers, uint64_t seed) {
  int64_t index = 0;
  for (const auto& layer : layers.all()) {
    TorchRng random = SampleOrder::initialValues(seed, index++);
    Tensor& down = layer->down().values;
    random.uniform(down.values());
    const double bound = 1 / std::sqrt(static_cast<double>(down.size()) / static_cast<double>(down.dim(0)));
    for (float& value : down.values()) value = static_cast<float>(bound * (2 * static_cast<double>(value) - 1));
  }
}

}  // namespace lorikeet

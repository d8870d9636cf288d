#pragma once
#include <algorithm>
#include <memory>
#include <string>

#include "core/torch_rng.h"
#include "io/model_files.h"
#include "models/unet.h"
#include "pipeline/diffusion_model.h"
#include "support/golden.h"
#include "training/training_networks.h"

namespace lorikeet::testing {

/// Canonical names and shapes of the factors in a golden file, as layers of the given scale.
inline std::vector<LowRankSettings> goldenLayers(const GoldenFile& golden, const DiffusionModel& model, double scale) {
  std::vector<LowRankSettings> layers;
  for (const std::string& name : golden.names()) {
    if (!name.ends_with(".down") || name.starts_with("grad.")) continue;
    LowRankSettings settings;
    settings.part = name.starts_with("unet.") ? NetworkPart::UNet : NetworkPart::TextEncoder;
    const size_t begin = name.find('.') + 1;
    settings.module = name.substr(begin, name.size() - begin - 5);
    const ParameterTable& table =
        settings.part == NetworkPart::UNet ? model.unet.parameters() : model.textEncoder.parameters();
    const Parameter* weight = table.find(settings.module + ".weight");
    EXPECT_NE(weight, nullptr) << settings.module;
    if (weight == nullptr) continue;
    settings.weight = weight->pristine().shape;
    settings.rank = golden.shape(name)[0];
    settings.scale = scale;
    layers.push_back(settings);
  }
  return layers;
}

inline void fillFactors(LowRankLayers& layers, const GoldenFile& golden) {
  for (TrainedTensor* tensor : layers.trained()) {
    const std::vector<float> values = golden.values(tensor->name);
    ASSERT_EQ(values.size(), tensor->values.size()) << tensor->name;
    std::copy(values.begin(), values.end(), tensor->values.data());
  }
}

/// torch.randn(shape, generator=manual_seed(seed)) of [N, C, h, w], channels last.
inline Tensor torchNoise(uint64_t seed, const Shape& shape) {
  Tensor noise(shape);
  TorchRng(seed).normal(noise.values());
  return toChannelsLast(noise);
}

}  // namespace lorikeet::testing

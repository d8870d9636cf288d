#include "pipeline/denoiser.h"

#include <algorithm>

#include "ops/rearrange.h"

namespace lorikeet {
namespace {

/// [1, h, w, C] and [1, h, w, K] -> [rows, h, w, C + K], every row the same.
Tensor joinedRows(const Tensor& latents, const Tensor& extra, int64_t rows) {
  const int64_t inner = latents.dim(3), added = extra.empty() ? 0 : extra.dim(3);
  Tensor joined({rows, latents.dim(1), latents.dim(2), inner + added});
  const int64_t pixels = latents.dim(1) * latents.dim(2);
  float* out = joined.data();
  for (int64_t i = 0; i < rows * pixels; ++i) {
    out = std::copy_n(latents.data() + i % pixels * inner, inner, out);
    if (added > 0) out = std::copy_n(extra.data() + i % pixels * added, added, out);
  }
  return joined;
}

}  // namespace

Tensor Denoiser::predict(const ExecutionContext& context, const Call& call, size_t part, const Tensor& text) {
  const int64_t rows = text.dim(0);
  const Tensor sample = joinedRows(call.latents, call.extraChannels, rows);
  const int every = options_.shortcuts.innerEvery;
  if (inner_.size() <= part) inner_.resize(part + 1);
  InnerResult& inner = inner_[part];
  const bool known = !inner.map.empty() && inner.map.dim(0) >= rows;
  if (known && call.position.call % every != 0) {
    const bool all = inner.map.dim(0) == rows;
    const InnerResult own = all ? InnerResult() : InnerResult{lastRows(inner.map, rows), lastRows(inner.control, rows)};
    return toChannelsFirst(unet_.outerLayers(context, sample, call.timestep, text, all ? inner : own));
  }
  std::optional<ControlResiduals> control;
  if (!controls_.empty())
    control = controls_(context, joinedRows(call.latents, {}, rows), call.timestep, text, call.position);
  return toChannelsFirst(
      unet_(context, sample, call.timestep, text, control ? &*control : nullptr, every > 1 ? &inner : nullptr));
}

/// Outside its interval guidance is that of scale 1: the conditional half alone.
float Denoiser::scaleAt(RunPosition position) const {
  const double share = static_cast<double>(position.call) / position.callCount;
  const bool inside = share >= options_.shortcuts.guidanceStart && share < options_.shortcuts.guidanceEnd;
  return inside ? static_cast<float>(options_.scale) : 1.0f;
}

bool Denoiser::needsUnconditional(const Conditioning& conditioning, RunPosition position) const {
  if (!conditioning.guided) return false;
  // Weighted prompts are sums of differences from it.
  if (!conditioning.more.empty() || conditioning.weight != 1) return true;
  if (scaleAt(position) == 1) return false;
  return difference_.empty() || position.call % options_.shortcuts.guidanceEvery == 0;
}

Tensor Denoiser::operator()(const ExecutionContext& context, const Tensor& latents, const Tensor& extraChannels,
                            float timestep, RunPosition position) {
  const Conditioning& conditioning = conditioning_.at(position.step);
  const Call call{toChannelsLast(latents), extraChannels, timestep, position};
  const float scale = scaleAt(position);
  if (!needsUnconditional(conditioning, position)) {
    Tensor guided = predict(context, call, 0, lastRows(conditioning.text, 1));
    if (conditioning.guided && scale != 1)
      for (size_t i = 0; i < guided.size(); ++i) guided[i] += (scale - 1) * difference_[i];
    return guided;
  }
  const Tensor predictions = predict(context, call, 0, conditioning.text);
  Tensor guided = Tensor::from(latents.shape(), predictions.values().first(latents.size()));
  const float* without = predictions.data();
  const float* with = without + guided.size();
  if (options_.shortcuts.guidanceEvery > 1) {
    difference_ = Tensor(latents.shape());
    for (size_t i = 0; i < guided.size(); ++i) difference_[i] = with[i] - without[i];
  }
  const auto addPart = [&](const float* prediction, double weight) {
    const float factor = scale * static_cast<float>(weight);
    for (size_t i = 0; i < guided.size(); ++i) guided[i] += factor * (prediction[i] - without[i]);
  };
  addPart(with, conditioning.weight);
  for (size_t i = 0; i < conditioning.more.size(); ++i)
    addPart(predict(context, call, i + 1, conditioning.more[i].text).data(), conditioning.more[i].weight);
  return guided;
}

}  // namespace lorikeet

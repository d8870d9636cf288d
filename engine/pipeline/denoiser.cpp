#include "pipeline/denoiser.h"

#include <algorithm>

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

Tensor Denoiser::predict(const ExecutionContext& context, const Tensor& latents, const Tensor& extraChannels,
                         float timestep, RunPosition position, const Tensor& text) const {
  const int64_t rows = text.dim(0);
  std::optional<ControlResiduals> control;
  if (!controls_.empty()) control = controls_(context, joinedRows(latents, {}, rows), timestep, text, position);
  return toChannelsFirst(
      unet_(context, joinedRows(latents, extraChannels, rows), timestep, text, control ? &*control : nullptr));
}

Tensor Denoiser::operator()(const ExecutionContext& context, const Tensor& latents, const Tensor& extraChannels,
                            float timestep, RunPosition position) const {
  const Conditioning& conditioning = conditioning_.at(position.step);
  const Tensor one = toChannelsLast(latents);
  const Tensor predictions = predict(context, one, extraChannels, timestep, position, conditioning.text);
  Tensor guided = Tensor::from(latents.shape(), predictions.values().first(latents.size()));
  if (!conditioning.guided) return guided;
  const float* without = predictions.data();
  const auto addPart = [&](const float* with, double weight) {
    const float scale = guidanceScale_ * static_cast<float>(weight);
    for (size_t i = 0; i < guided.size(); ++i) guided[i] += scale * (with[i] - without[i]);
  };
  addPart(without + guided.size(), conditioning.weight);
  for (const Conditioning::Part& part : conditioning.more)
    addPart(predict(context, one, extraChannels, timestep, position, part.text).data(), part.weight);
  return guided;
}

}  // namespace lorikeet

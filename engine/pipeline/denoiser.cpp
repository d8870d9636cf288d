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

Tensor Denoiser::operator()(const ExecutionContext& context, const Tensor& latents, const Tensor& extraChannels,
                            float timestep, RunPosition position) const {
  const Tensor one = toChannelsLast(latents);
  const int64_t rows = conditioning_.guided ? 2 : 1;
  std::optional<ControlResiduals> control;
  if (!controls_.empty())
    control = controls_(context, joinedRows(one, {}, rows), timestep, conditioning_.text, position);
  const Tensor predictions = toChannelsFirst(unet_(context, joinedRows(one, extraChannels, rows), timestep,
                                                   conditioning_.text, control ? &*control : nullptr));
  Tensor guided(latents.shape());
  const float* without = predictions.data();
  const float* with = predictions.data() + (rows - 1) * guided.size();
  if (rows == 1)
    std::copy_n(with, guided.size(), guided.data());
  else
    for (size_t i = 0; i < guided.size(); ++i) guided[i] = without[i] + guidanceScale_ * (with[i] - without[i]);
  return guided;
}

}  // namespace lorikeet

#include "pipeline/denoiser.h"

#include <algorithm>

namespace lorikeet {

Tensor Denoiser::operator()(const ExecutionContext& context, const Tensor& latents, float timestep) const {
  const Tensor one = toChannelsLast(latents);
  if (!conditioning_.guided) return toChannelsFirst(unet_(context, one, timestep, conditioning_.text));
  Tensor both({2, one.dim(1), one.dim(2), one.dim(3)});
  std::copy_n(one.data(), one.size(), both.data());
  std::copy_n(one.data(), one.size(), both.data() + one.size());
  const Tensor predictions = toChannelsFirst(unet_(context, both, timestep, conditioning_.text));
  Tensor guided(latents.shape());
  const float* without = predictions.data();
  const float* with = predictions.data() + guided.size();
  for (size_t i = 0; i < guided.size(); ++i) guided[i] = without[i] + guidanceScale_ * (with[i] - without[i]);
  return guided;
}

}  // namespace lorikeet

#include "pipeline/text_to_image.h"

#include <fmt/format.h>
#include <lorikeet/error.h>

#include <algorithm>
#include <cmath>

#include "core/noise_generator.h"
#include "imaging/tensor_image.h"
#include "schedulers/make_scheduler.h"

namespace lorikeet {
namespace {

Tensor initialNoise(const Shape& shape, NoiseGenerator& noise, float scale) {
  Tensor latents(shape);
  noise.normal(latents.values());
  for (float& v : latents.values()) v *= scale;
  return latents;
}

}  // namespace

Image TextToImage::operator()(const ExecutionContext& context, int imageIndex, JobReport& report) const {
  report.beginImage(imageIndex, request_.steps);
  report.begin(Stage::Denoising);
  const Tensor latents = denoise(context, request_.seed + static_cast<uint64_t>(imageIndex), report);
  report.end(Stage::Denoising);
  report.latents("latents.final", latents);
  report.begin(Stage::Decoding);
  Image image = decode(context, latents);
  report.end(Stage::Decoding);
  if (preview_ != nullptr) preview_->fit(latents, image);
  return image;
}

Tensor TextToImage::denoise(const ExecutionContext& context, uint64_t seed, JobReport& report) const {
  const auto noise = makeNoiseGenerator(request_.noiseSource, seed);
  const auto scheduler = makeScheduler(request_.sampler, model_.schedulerConfig,
                                       {request_.schedule, request_.spacing, request_.eta}, request_.steps);
  const Denoiser denoiser(model_.unet, conditioning_, request_.guidanceScale);
  const int64_t channels = model_.vae.config().latentChannels;
  const Shape shape{1, channels, request_.height / model_.factor(), request_.width / model_.factor()};
  Tensor x = initialNoise(shape, *noise, scheduler->initialNoiseScale());
  report.latents("latents.initial", x);
  for (int call = 0; call < scheduler->callCount(); ++call) {
    context.throwIfStopped();
    scheduler->prepare(x, call, *noise);
    const Tensor prediction = denoiser(context, scheduler->scaleInput(x, call), scheduler->timesteps()[call]);
    if (preview_ != nullptr && report.callbacks().preview)
      report.callbacks().preview(report.imageIndex(), scheduler->stepsDone(call + 1),
                                 (*preview_)(scheduler->predictOriginal(prediction, x, call)));
    x = scheduler->step(prediction, x, call, *noise);
    report.latents(fmt::format("latents.after_step.{:02}", call), x);
    report.stepDone(scheduler->stepsDone(call + 1));
  }
  return x;
}

Image TextToImage::decode(const ExecutionContext& context, const Tensor& latents) const {
  if (!std::all_of(latents.values().begin(), latents.values().end(), [](float v) { return std::isfinite(v); }))
    throw Error(ErrorKind::Unsupported,
                "The sampler left the range of numbers (NaN); lower the guidance or choose another sampler.");
  Tensor unscaled = toChannelsLast(latents);
  const AutoencoderConfig& config = model_.vae.config();
  for (float& v : unscaled.values()) v = static_cast<float>(v / config.scalingFactor + config.shiftFactor);
  return tensorToImage(model_.vae.decode(context, unscaled));
}

}  // namespace lorikeet

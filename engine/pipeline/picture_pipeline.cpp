#include "pipeline/picture_pipeline.h"

#include <lorikeet/error.h>

#include <algorithm>
#include <cmath>

#include "imaging/tensor_image.h"
#include "pipeline/inpaint.h"
#include "schedulers/make_scheduler.h"

namespace lorikeet {

bool keepsPicture(const GenerateRequest& request) {
  return !request.init.empty() && static_cast<int>(request.steps * request.strength) == 0;
}

Image PicturePipeline::operator()(const ExecutionContext& context, int imageIndex, JobReport& report) const {
  const uint64_t seed = request_.seed + static_cast<uint64_t>(imageIndex);
  const auto noise = makeNoiseGenerator(request_.noiseSource, seed);
  const auto scheduler = makeScheduler(request_.sampler, model_.schedulerConfig,
                                       {request_.schedule, request_.spacing, request_.eta}, request_.steps);
  const int firstCall = plan_.hasPicture() ? scheduler->firstCall(request_.strength) : 0;
  const int stepCount = scheduler->stepCount() - scheduler->stepsDone(firstCall);
  report.beginImage(imageIndex, stepCount);
  recorder_.beginImage(seed, stepCount);
  if (keepsPicture(request_)) return plan_.source;
  report.begin(Stage::Denoising);
  const Denoiser denoiser(model_.unet, conditioning_, request_.guidanceScale, controls_);
  LatentRun run = start(context, seed, *scheduler, *noise);
  const Tensor latents = denoise(context, denoiser, *scheduler, *noise, std::move(run), preview_, recorder_, report);
  report.end(Stage::Denoising);
  report.latents("latents.final", latents);
  report.begin(Stage::Decoding);
  const Image painted = decode(context, latents);
  report.end(Stage::Decoding);
  if (preview_ != nullptr) preview_->fit(latents, painted);
  return plan_.finish(painted);
}

Shape PicturePipeline::latentShape() const {
  const int factor = model_.factor();
  return {1, model_.vae.config().latentChannels, plan_.workHeight / factor, plan_.workWidth / factor};
}

LatentRun PicturePipeline::start(const ExecutionContext& context, uint64_t seed, const Scheduler& scheduler,
                                 NoiseGenerator& noise) const {
  if (!plan_.hasPicture()) return startFromNoise(latentShape(), scheduler, noise);
  if (plan_.isInpainting()) return startUnderMask(context, seed, scheduler, noise);
  const LatentDistribution picture = encode(context, imageToTensor(plan_.work));
  return startFromPicture(picture, model_.vae.config(), scheduler, noise, request_.strength);
}

LatentRun PicturePipeline::startUnderMask(const ExecutionContext& context, uint64_t seed, const Scheduler& scheduler,
                                          NoiseGenerator& noise) const {
  const bool seesMask = model_.unet.config().inChannels > model_.vae.config().latentChannels;
  std::optional<LatentDistribution> picture, maskedPicture;
  if (!seesMask || request_.strength < 1) picture = encode(context, imageToTensor(plan_.start(seed)));
  if (seesMask) maskedPicture = encode(context, maskedImageToTensor(plan_.work, plan_.workMask));
  const InpaintSource source{picture ? &*picture : nullptr, maskedPicture ? &*maskedPicture : nullptr, plan_.workMask,
                             plan_.options.soft};
  return startInpainting(source, latentShape(), model_.vae.config(), scheduler, noise, request_.strength);
}

LatentDistribution PicturePipeline::encode(const ExecutionContext& context, const Tensor& picture) const {
  return recorder_.encoding([&] { return model_.vae.encode(context, picture); });
}

Image PicturePipeline::decode(const ExecutionContext& context, const Tensor& latents) const {
  if (!std::all_of(latents.values().begin(), latents.values().end(), [](float v) { return std::isfinite(v); }))
    throw Error(ErrorKind::Unsupported,
                "The sampler left the range of numbers (NaN); lower the guidance or choose another sampler.");
  Tensor unscaled = toChannelsLast(latents);
  const AutoencoderConfig& config = model_.vae.config();
  for (float& v : unscaled.values()) v = static_cast<float>(v / config.scalingFactor + config.shiftFactor);
  return tensorToImage(model_.vae.decode(context, unscaled));
}

}  // namespace lorikeet

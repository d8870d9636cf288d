#include "pipeline/picture_pipeline.h"

#include <lorikeet/error.h>

#include <algorithm>
#include <cmath>

#include "core/buffer_pool.h"
#include "imaging/tensor_image.h"
#include "pipeline/inpaint.h"
#include "pipeline/latent_resize.h"
#include "schedulers/make_scheduler.h"

namespace lorikeet {

bool keepsPicture(const GenerateRequest& request) {
  return !request.init.empty() && static_cast<int>(request.steps * request.strength) == 0;
}

Image PicturePipeline::operator()(const ExecutionContext& context, int imageIndex, JobReport& report) const {
  const PictureSeeds seeds = seedsOf(request_, imageIndex);
  const uint64_t seed = seeds.seed;
  PictureNoise noise(request_, seeds);
  const auto scheduler = this->scheduler(request_.steps, seed, plan_.hasPicture() ? request_.strength : 1);
  const int firstCall = plan_.hasPicture() ? scheduler->firstCall(request_.strength) : 0;
  const int firstSteps = scheduler->stepCount() - scheduler->stepsDone(firstCall);
  report.beginImage(imageIndex, firstSteps + (plan_.hasSecondPass() ? secondSteps().run : 0));
  parts_.recorder.beginImage(imageIndex, firstSteps);
  if (keepsPicture(request_)) return plan_.source;
  report.begin(Stage::Denoising);
  Denoiser denoiser(model_.unet, conditioning_, {request_.guidanceScale, request_.shortcuts}, parts_.controls);
  LatentRun run = start(context, seed, *scheduler, noise);
  Tensor latents =
      denoise(context, denoiser, *scheduler, noise, std::move(run), parts_.preview, parts_.recorder, report);
  report.end(Stage::Denoising);
  BufferPool::instance().trim();  // decoding works on maps of other sizes
  report.latents("latents.final", latents);
  if (plan_.hasSecondPass()) latents = secondPass(context, latents, seeds, report);
  report.begin(Stage::Decoding);
  const Image painted = decode(context, latents);
  report.end(Stage::Decoding);
  BufferPool::instance().trim();
  if (parts_.preview != nullptr) parts_.preview->fit(latents, painted);
  return plan_.finish(painted, context.stopToken());
}

std::unique_ptr<Scheduler> PicturePipeline::scheduler(int steps, uint64_t seed, double strength) const {
  SchedulerOptions options;
  options.schedule = request_.schedule;
  options.spacing = request_.spacing;
  options.eta = request_.eta;
  options.sampling = request_.sampling;
  options.seed = seed;
  options.strength = strength;
  return makeScheduler(request_.sampler, model_.schedulerConfig, options, steps);
}

SecondPassSteps PicturePipeline::secondSteps() const {
  return secondPassSteps(request_, model_.schedulerConfig.trainTimesteps);
}

Tensor PicturePipeline::secondPass(const ExecutionContext& context, const Tensor& first, const PictureSeeds& seeds,
                                   JobReport& report) const {
  report.begin(Stage::Decoding);
  Tensor latents = enlarged(context, first);
  report.end(Stage::Decoding);
  const SecondPassSteps steps = secondSteps();
  if (steps.run == 0) return latents;
  report.begin(Stage::Denoising);
  const auto scheduler = this->scheduler(steps.total, seeds.seed, shareOfSecondPass(steps));
  PictureNoise noise(request_, seeds);
  Denoiser denoiser(model_.unet, conditioning_, {request_.guidanceScale, request_.shortcuts}, parts_.hiresControls);
  LatentRun run = startSecondPass(latents, steps, *scheduler, noise, request_.steps, request_.steps);
  latents = denoise(context, denoiser, *scheduler, noise, std::move(run), parts_.preview, parts_.recorder, report);
  report.end(Stage::Denoising);
  report.latents("hires.final", latents);
  return latents;
}

/// The first pass' latents at the size of the second: resized themselves, or by way of the enlarged picture.
Tensor PicturePipeline::enlarged(const ExecutionContext& context, const Tensor& latents) const {
  const UpscaleMethod method = request_.hires.upscaler.method;
  const int factor = model_.factor(), width = plan_.hiresWidth, height = plan_.hiresHeight;
  if (isLatent(method)) return resizeLatents(latents, method, height / factor, width / factor, context.wrap());
  const Image picture = enlargePicture(context, method, parts_.upscaler, decode(context, latents), width, height);
  const AutoencoderConfig& config = model_.vae->config();
  Tensor encoded = toChannelsFirst(model_.vae->encode(context, imageToTensor(picture), request_.vaeTiling).mean);
  for (float& v : encoded.values()) v = static_cast<float>((v - config.shiftFactor) * config.scalingFactor);
  return encoded;
}

Shape PicturePipeline::latentShape() const {
  const int factor = model_.factor();
  return {1, model_.vae->config().latentChannels, plan_.workHeight / factor, plan_.workWidth / factor};
}

LatentRun PicturePipeline::start(const ExecutionContext& context, uint64_t seed, const Scheduler& scheduler,
                                 PictureNoise& noise) const {
  if (!plan_.hasPicture()) return startFromNoise(latentShape(), scheduler, noise);
  const Encoded& from = encoded(context, seed);
  const AutoencoderConfig& config = model_.vae->config();
  if (!plan_.isInpainting()) return startFromPicture(*from.picture, config, scheduler, noise, request_.strength);
  const InpaintSource source{from.picture ? &*from.picture : nullptr,
                             from.maskedPicture ? &*from.maskedPicture : nullptr, plan_.workMask, plan_.options.soft,
                             restoresKept()};
  return startInpainting(source, latentShape(), config, scheduler, noise, request_.strength);
}

const PicturePipeline::Encoded& PicturePipeline::encoded(const ExecutionContext& context, uint64_t seed) const {
  const bool seesMask = model_.unet.config().inChannels > model_.vae->config().latentChannels;
  // Random content under the mask differs from picture to picture.
  if (!encoded_.picture || plan_.startVaries())
    if (!plan_.isInpainting() || !seesMask || restoresKept() || request_.strength < 1)
      encoded_.picture = encode(context, imageToTensor(plan_.start(seed)));
  if (!encoded_.maskedPicture && plan_.isInpainting() && seesMask)
    encoded_.maskedPicture = encode(context, maskedImageToTensor(plan_.work, plan_.workMask));
  return encoded_;
}

LatentDistribution PicturePipeline::encode(const ExecutionContext& context, const Tensor& picture) const {
  // in f32 always: runs with other shortcuts use it again
  const ExecutionContext exact = context.withArithmetic(Arithmetic::F32);
  return parts_.recorder.encoding(picture, [&] { return model_.vae->encode(exact, picture, request_.vaeTiling); });
}

Image PicturePipeline::decode(const ExecutionContext& context, const Tensor& latents) const {
  if (!std::all_of(latents.values().begin(), latents.values().end(), [](float v) { return std::isfinite(v); }))
    throw Error(ErrorKind::Unsupported,
                "The sampler left the range of numbers (NaN); lower the guidance or choose another sampler.");
  if (model_.tinyDecoder) return tensorToImage((*model_.tinyDecoder)(context, toChannelsLast(latents)));
  Tensor unscaled = toChannelsLast(latents);
  const AutoencoderConfig& config = model_.vae->config();
  for (float& v : unscaled.values()) v = static_cast<float>(v / config.scalingFactor + config.shiftFactor);
  return tensorToImage(model_.vae->decode(context, unscaled, request_.vaeTiling));
}

}  // namespace lorikeet

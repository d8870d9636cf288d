#pragma once
#include "lorikeet/request.h"
#include "pipeline/denoise_loop.h"
#include "pipeline/picture_plan.h"

namespace lorikeet {

/// Makes the pictures of one request (diffusers' StableDiffusion pipelines): the start that the request asks for, the
/// denoising loop, decoding, and what the picture is put back into. Reports progress, latents and previews. Everything
/// handed over must outlive it. Throws Error, Stopped.
class PicturePipeline {
 public:
  PicturePipeline(const DiffusionModel& model, const GenerateRequest& request, const PromptConditioning& conditioning,
                  const PicturePlan& plan, const ControlStack& controls, RunRecorder& recorder, LatentPreview* preview)
      : model_(model),
        request_(request),
        conditioning_(conditioning),
        plan_(plan),
        controls_(controls),
        recorder_(recorder),
        preview_(preview) {}
  /// Image `imageIndex` of the request, from seed + imageIndex.
  Image operator()(const ExecutionContext& context, int imageIndex, JobReport& report) const;

 private:
  LatentRun start(const ExecutionContext& context, uint64_t seed, const Scheduler& scheduler,
                  NoiseGenerator& noise) const;
  LatentRun startUnderMask(const ExecutionContext& context, uint64_t seed, const Scheduler& scheduler,
                           NoiseGenerator& noise) const;
  LatentDistribution encode(const ExecutionContext& context, const Tensor& picture) const;
  Image decode(const ExecutionContext& context, const Tensor& latents) const;
  Shape latentShape() const;

  const DiffusionModel& model_;
  const GenerateRequest& request_;
  const PromptConditioning& conditioning_;
  const PicturePlan& plan_;
  const ControlStack& controls_;
  RunRecorder& recorder_;
  LatentPreview* preview_;
};

/// True when the request is too weak to change its picture: int(steps * strength) is 0.
bool keepsPicture(const GenerateRequest& request);

}  // namespace lorikeet

#pragma once
#include "lorikeet/request.h"
#include "pipeline/denoise_loop.h"
#include "pipeline/picture_noise.h"
#include "pipeline/picture_plan.h"
#include "pipeline/picture_upscaler.h"
#include "pipeline/second_pass.h"

namespace lorikeet {

/// What a request needs besides the model.
struct PipelineParts {
  const ControlStack& controls;
  const ControlStack& hiresControls;          ///< of the second pass
  const UpscalerNetwork* upscaler = nullptr;  ///< where the second pass uses one
  RunRecorder& recorder;
  LatentPreview* preview = nullptr;  ///< may be null
};

/// Makes the pictures of one request (diffusers' StableDiffusion pipelines): the start that the request asks for, the
/// denoising loop, a second one at a larger size where it is asked for, decoding, and what the picture is put back
/// into. Reports progress, latents and previews. Everything handed over must outlive it. Throws Error, Stopped.
class PicturePipeline {
 public:
  PicturePipeline(const DiffusionModel& model, const GenerateRequest& request, const PromptConditioning& conditioning,
                  const PicturePlan& plan, const PipelineParts& parts)
      : model_(model), request_(request), conditioning_(conditioning), plan_(plan), parts_(parts) {}
  /// Image `imageIndex` of the request, from seed + imageIndex.
  Image operator()(const ExecutionContext& context, int imageIndex, JobReport& report) const;

 private:
  /// What every picture of the request starts from, encoded once.
  struct Encoded {
    std::optional<LatentDistribution> picture;
    std::optional<LatentDistribution> maskedPicture;
  };
  const Encoded& encoded(const ExecutionContext& context, uint64_t seed) const;
  Tensor secondPass(const ExecutionContext& context, const Tensor& first, const PictureSeeds& seeds,
                    JobReport& report) const;
  Tensor enlarged(const ExecutionContext& context, const Tensor& latents) const;
  LatentRun start(const ExecutionContext& context, uint64_t seed, const Scheduler& scheduler,
                  PictureNoise& noise) const;
  LatentDistribution encode(const ExecutionContext& context, const Tensor& picture) const;
  Image decode(const ExecutionContext& context, const Tensor& latents) const;
  /// The starter's UNet for masks sees what is kept, but does not draw it again exactly.
  bool restoresKept() const { return request_.model.empty(); }
  Shape latentShape() const;
  std::unique_ptr<Scheduler> scheduler(int steps, uint64_t seed, double strength) const;
  SecondPassSteps secondSteps() const;

  const DiffusionModel& model_;
  const GenerateRequest& request_;
  const PromptConditioning& conditioning_;
  const PicturePlan& plan_;
  PipelineParts parts_;
  mutable Encoded encoded_;
};

/// True when the request is too weak to change its picture: int(steps * strength) is 0.
bool keepsPicture(const GenerateRequest& request);

}  // namespace lorikeet

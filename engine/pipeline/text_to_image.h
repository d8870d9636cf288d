#pragma once
#include "lorikeet/request.h"
#include "pipeline/denoiser.h"
#include "pipeline/job_report.h"
#include "pipeline/latent_preview.h"

namespace lorikeet {

/// One picture of a request (diffusers' StableDiffusionPipeline): noise from seed + imageIndex, the denoising loop,
/// decoding. Reports progress, latents and previews. Throws Error, Stopped.
class TextToImage {
 public:
  TextToImage(const DiffusionModel& model, const GenerateRequest& request, const Conditioning& conditioning,
              LatentPreview* preview)
      : model_(model), request_(request), conditioning_(conditioning), preview_(preview) {}
  Image operator()(const ExecutionContext& context, int imageIndex, JobReport& report) const;

 private:
  Tensor denoise(const ExecutionContext& context, uint64_t seed, JobReport& report) const;
  Image decode(const ExecutionContext& context, const Tensor& latents) const;

  const DiffusionModel& model_;
  const GenerateRequest& request_;
  const Conditioning& conditioning_;
  LatentPreview* preview_;
};

}  // namespace lorikeet

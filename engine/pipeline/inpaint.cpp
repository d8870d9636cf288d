#include "pipeline/inpaint.h"

#include <memory>

#include "imaging/tensor_image.h"
#include "schedulers/latent_math.h"

namespace lorikeet {
namespace {

/// What the kept part of a picture goes back to after every step.
struct KeptPart {
  Tensor picture;  ///< [1, C, h, w]
  Tensor noise;
  Tensor mask;  ///< [1, h, w, 1]
  bool soft = false;
  int firstCall = 0;

  /// 1 where the model's latents stay after a call, 0 where the picture returns, or its share.
  float repainted(size_t pixel, double runShare) const {
    return soft ? (1 - mask[pixel] > runShare ? 0.F : 1.F) : mask[pixel];
  }

  void restore(Tensor& latents, int call, const Scheduler& scheduler) const {
    const Tensor original = scheduler.addNoise(picture, noise, call + 1);
    const double runShare = static_cast<double>(call + 1 - firstCall) / (scheduler.callCount() - firstCall);
    const size_t plane = mask.size();
    for (size_t i = 0; i < latents.size(); ++i) {
      const float share = repainted(i % plane, runShare);
      latents[i] = (1 - share) * original[i] + share * latents[i];
    }
  }
};

/// [1, h, w, 1 + C]: the mask, then the latents of the masked picture.
Tensor maskedChannels(const Tensor& mask, const Tensor& maskedLatents) {
  const Tensor latents = toChannelsLast(maskedLatents);
  const int64_t channels = latents.dim(3);
  Tensor extra({1, latents.dim(1), latents.dim(2), 1 + channels});
  float* out = extra.data();
  for (size_t i = 0; i < mask.size(); ++i) {
    *out++ = mask[i];
    out = std::copy_n(latents.data() + i * channels, channels, out);
  }
  return extra;
}

}  // namespace

LatentRun startInpainting(const InpaintSource& source, const Shape& shape, const AutoencoderConfig& config,
                          const Scheduler& scheduler, PictureNoise& noise, double strength) {
  LatentRun run;
  run.firstCall = scheduler.firstCall(strength);
  auto kept = std::make_shared<KeptPart>();
  if (source.picture != nullptr) kept->picture = drawLatents(*source.picture, config, noise);
  kept->noise = noise.start(shape);
  if (strength < 1)
    run.latents = scheduler.addNoise(kept->picture, kept->noise, run.firstCall);
  else
    run.latents = weightedSum({{scheduler.initialNoiseScale(), kept->noise}});

  const int factor = config.factor();
  if (source.maskedPicture != nullptr) {
    run.extraChannels =
        maskedChannels(maskToLatents(source.mask, factor), drawLatents(*source.maskedPicture, config, noise));
    if (!source.restoresKept) return run;
  } else {
    drawNoise(noise, shape);  // diffusers encodes the masked picture for 4-channel models as well
  }
  kept->mask = source.soft ? softMaskToLatents(source.mask, factor) : maskToLatents(source.mask, factor);
  kept->soft = source.soft;
  kept->firstCall = run.firstCall;
  run.afterStep = [kept, &scheduler](Tensor& latents, int call) { kept->restore(latents, call, scheduler); };
  return run;
}

}  // namespace lorikeet

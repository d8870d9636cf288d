#pragma once
#include "lorikeet/request.h"
#include "pipeline/latent_run.h"
#include "pipeline/picture_noise.h"
#include "schedulers/scheduler.h"

namespace lorikeet {

/// The steps of a second pass, by A1111's rule: `run` steps are run, the last ones of a schedule of `total`.
struct SecondPassSteps {
  int total = 1;
  int run = 0;
};
SecondPassSteps secondPassSteps(const GenerateRequest& request, int trainTimesteps);
/// The strength at which a schedule of `total` steps runs its last `run`.
double shareOfSecondPass(const SecondPassSteps& steps);

/// A run that starts from enlarged latents [1, C, h, w] with fresh noise. `firstPassSteps` are reported before it;
/// prompts that change with the steps begin anew.
LatentRun startSecondPass(const Tensor& latents, const SecondPassSteps& steps, const Scheduler& scheduler,
                          PictureNoise& noise, int firstPassSteps, int promptSteps);

}  // namespace lorikeet

#include "pipeline/second_pass.h"

#include <algorithm>

#include "schedulers/latent_math.h"

namespace lorikeet {

SecondPassSteps secondPassSteps(const GenerateRequest& request, int trainTimesteps) {
  const double strength = std::min(request.hires.strength, 0.999);
  SecondPassSteps steps{1, request.hires.steps > 0 ? request.hires.steps : request.steps};
  if (strength <= 0) return {1, 0};
  steps.total = std::max(1, static_cast<int>(std::min(1e6, steps.run / strength)));
  if (steps.total <= trainTimesteps) return steps;
  return {trainTimesteps, std::clamp(static_cast<int>(trainTimesteps * strength), 1, steps.run)};
}

double shareOfSecondPass(const SecondPassSteps& steps) {
  return std::min(1.0, (steps.run == 0 ? 0 : steps.run + 0.5) / steps.total);
}

LatentRun startSecondPass(const Tensor& latents, const SecondPassSteps& steps, const Scheduler& scheduler,
                          PictureNoise& noise, int firstPassSteps, int promptSteps) {
  LatentRun run;
  run.name = "hires";
  run.stepsBefore = firstPassSteps;
  run.promptSteps = promptSteps;
  // Half a step more than wanted, so that the scheduler's int() gives exactly steps.run.
  run.firstCall = scheduler.firstCall(shareOfSecondPass(steps));
  run.latents = scheduler.addNoise(latents, noise.start(latents.shape()), run.firstCall);
  return run;
}

}  // namespace lorikeet

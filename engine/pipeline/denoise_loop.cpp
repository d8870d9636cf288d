#include "pipeline/denoise_loop.h"

#include <fmt/format.h>

#include <algorithm>

namespace lorikeet {

Tensor denoise(const ExecutionContext& context, const Denoiser& denoiser, Scheduler& scheduler, NoiseGenerator& noise,
               LatentRun run, const LatentPreview* preview, JobReport& report) {
  const int first = run.firstCall;
  const int skippedSteps = scheduler.stepsDone(first);
  Tensor& x = run.latents;
  const int runSteps = scheduler.stepCount() - skippedSteps;
  report.latents(run.name + ".initial", x);
  for (int call = first; call < scheduler.callCount(); ++call) {
    context.throwIfStopped();
    scheduler.prepare(x, call, noise);
    int promptStep = scheduler.stepsDone(call);
    if (run.promptSteps > 0) promptStep = (promptStep - skippedSteps) * run.promptSteps / std::max(1, runSteps);
    const Tensor prediction =
        denoiser(context, scheduler.scaleInput(x, call), run.extraChannels, scheduler.timesteps()[call],
                 {call - first, scheduler.callCount() - first, promptStep});
    const int step = run.stepsBefore + scheduler.stepsDone(call + 1) - skippedSteps;
    if (preview != nullptr && report.callbacks().preview)
      report.callbacks().preview(report.imageIndex(), step, (*preview)(scheduler.predictOriginal(prediction, x, call)));
    x = scheduler.step(prediction, x, call, noise);
    if (run.afterStep) run.afterStep(x, call);
    report.latents(fmt::format("{}.after_step.{:02}", run.name, call - first), x);
    report.stepDone(step);
  }
  return std::move(x);
}

}  // namespace lorikeet

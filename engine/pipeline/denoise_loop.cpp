#include "pipeline/denoise_loop.h"

#include <fmt/format.h>

#include <algorithm>

namespace lorikeet {

Tensor denoise(const ExecutionContext& context, Denoiser& denoiser, Scheduler& scheduler, NoiseGenerator& noise,
               LatentRun run, const LatentPreview* preview, RunRecorder& recorder, JobReport& report) {
  const int first = run.firstCall;
  const int skippedSteps = scheduler.stepsDone(first);
  int announcedStep = -1;
  Tensor& x = run.latents;
  const int runSteps = scheduler.stepCount() - skippedSteps;
  report.latents(run.name + ".initial", x);
  for (int call = first; call < scheduler.callCount(); ++call) {
    context.throwIfStopped();
    scheduler.prepare(x, call, noise);
    const int stepNow = run.stepsBefore + scheduler.stepsDone(call) - skippedSteps;
    const auto callOfRun = static_cast<size_t>(call - first);
    const Tensor* known = recorder.recall(callOfRun, stepNow);
    Tensor prediction;
    if (known != nullptr) {
      prediction = known->clone();
    } else {
      if (stepNow != announcedStep) report.beforeStep(stepNow);
      announcedStep = stepNow;
      int promptStep = scheduler.stepsDone(call);
      if (run.promptSteps > 0) promptStep = (promptStep - skippedSteps) * run.promptSteps / std::max(1, runSteps);
      prediction = denoiser(context, scheduler.scaleInput(x, call), run.extraChannels, scheduler.timesteps()[call],
                            {call - first, scheduler.callCount() - first, promptStep});
      recorder.record(callOfRun, stepNow, prediction);
    }
    const int step = run.stepsBefore + scheduler.stepsDone(call + 1) - skippedSteps;
    if (known == nullptr && preview != nullptr && report.callbacks().preview)
      report.callbacks().preview(report.imageIndex(), step, (*preview)(scheduler.predictOriginal(prediction, x, call)));
    x = scheduler.step(prediction, x, call, noise);
    if (run.afterStep) run.afterStep(x, call);
    report.latents(fmt::format("{}.after_step.{:02}", run.name, call - first), x);
    report.stepDone(step);
  }
  return std::move(x);
}

}  // namespace lorikeet

#pragma once
#include "pipeline/denoiser.h"
#include "pipeline/job_report.h"
#include "pipeline/latent_preview.h"
#include "pipeline/latent_run.h"
#include "pipeline/run_recorder.h"
#include "schedulers/scheduler.h"

namespace lorikeet {

/// The denoising loop of every pipeline: model call (or its answer from the recorder), sampler step, the run's own
/// change, report. Returns the final latents [1, C, h, w]. preview may be null. Throws Stopped.
Tensor denoise(const ExecutionContext& context, Denoiser& denoiser, Scheduler& scheduler, NoiseGenerator& noise,
               LatentRun run, const LatentPreview* preview, RunRecorder& recorder, JobReport& report);

}  // namespace lorikeet

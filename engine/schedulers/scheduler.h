#pragma once
#include <span>
#include <vector>

#include "core/noise_generator.h"
#include "core/tensor.h"
#include "schedulers/noise_schedule.h"
#include "schedulers/scheduler_config.h"

namespace lorikeet {

/// One denoising run of one image: a table of model calls and the update after each. It keeps the history that
/// multistep methods need, so it is made anew for every image (makeScheduler; cheap) and its calls go in order:
///
///   Tensor x = noise * initialNoiseScale()               // or addNoise(latents, noise, firstCall(strength))
///   for (int call = first; call < scheduler->callCount(); ++call) {
///     scheduler->prepare(x, call, generator);
///     Tensor prediction = unet(scheduler->scaleInput(x, call), scheduler->timesteps()[call]);
///     x = scheduler->step(prediction, x, call, generator);
///   }
///
/// Tensors are latents [1, C, h, w]. Coefficients and sums are computed in double and rounded once to f32, without the
/// C library's functions: the same bytes on every machine. Not thread-safe.
class Scheduler {
 public:
  virtual ~Scheduler() = default;
  Scheduler(const Scheduler&) = delete;
  Scheduler& operator=(const Scheduler&) = delete;

  /// Timestep of every model call, not always a whole number. Adaptive samplers append to it while they run, so read
  /// callCount() anew for every call.
  std::span<const float> timesteps() const { return timesteps_; }
  /// Noise level of every step with the final one, as diffusers' `sigmas`; empty for samplers that have none.
  std::span<const float> sigmas() const { return sigmas_; }
  int callCount() const { return static_cast<int>(timesteps_.size()); }
  /// The number of steps that was asked for.
  int stepCount() const { return stepCount_; }
  /// How many of the steps are complete when the first callsDone model calls are.
  virtual int stepsDone(int callsDone) const;
  /// The share [0, 1] of a run that begins with the call `first` which is over when the first callsDone calls are.
  virtual double shareDone(int callsDone, int first) const;
  /// What standard normal noise is multiplied with to be the start of a run from nothing.
  virtual float initialNoiseScale() const = 0;
  /// The call at which a run from a given picture starts: int(steps * strength) steps are left. strength in [0, 1], the
  /// one that the scheduler was made for; callCount() when nothing is left to do.
  virtual int firstCall(double strength) const;
  PredictionType predictionType() const { return config_.predictionType; }

  /// Adds fresh noise to x where the sampler wants it before the model looks (sigma churn); mostly nothing.
  virtual void prepare(Tensor& x, int call, NoiseGenerator& noise);
  /// x as the model wants to see it.
  virtual Tensor scaleInput(const Tensor& x, int call) const = 0;
  /// The latents after a model call. prediction is the model's (guided) output, x what stood before scaleInput.
  virtual Tensor step(const Tensor& prediction, const Tensor& x, int call, NoiseGenerator& noise) = 0;
  /// The clean latents that a prediction means, for previews.
  virtual Tensor predictOriginal(const Tensor& prediction, const Tensor& x, int call) const = 0;
  /// original with as much noise as x has before a call; original itself for callCount(). For starting from a picture
  /// and for the kept part while inpainting (after call i: addNoise(original, noise, i + 1)).
  virtual Tensor addNoise(const Tensor& original, const Tensor& noise, int call) const = 0;

 protected:
  int stepsLeft(double strength) const;
  Scheduler(const SchedulerConfig& config, int steps, int callsPerStep = 1)
      : config_(config), schedule_(config), stepCount_(steps), callsPerStep_(callsPerStep) {}

  SchedulerConfig config_;
  NoiseSchedule schedule_;
  int stepCount_;
  int callsPerStep_;
  std::vector<float> timesteps_;
  std::vector<float> sigmas_;
};

}  // namespace lorikeet

#pragma once
#include <cstdint>
#include <string>

namespace lorikeet {

/// Sampling algorithms by their diffusers or k-diffusion names. name() gives the command line's word ("dpmpp_2m"),
/// label() A1111's ("DPM++ 2M"); samplerFromName() understands both.
enum class Sampler {
  Ddim,
  Pndm,
  Lms,
  Euler,
  EulerA,
  Heun,
  DpmPp2M,
  UniPC,
  Dpm2,
  Dpm2A,
  DpmPp2S,
  DpmPp2MSde,
  DpmPp2MSdeHeun,
  Deis,
  Lcm,
  Tcd,
  Ddpm,
  DpmPpSde,
  DpmPp2SA,
  DpmPp3MSde,
  Restart,
  DpmFast,
  DpmAdaptive,
  Ipndm,
  HeunPp2,
};

/// How the noise levels are spread over the steps. Default: what the model's scheduler configuration says. Turbo
/// is Forge's, the others are A1111's.
enum class Schedule {
  Default,
  Uniform,
  Karras,
  Exponential,
  Polyexponential,
  SgmUniform,
  KlOptimal,
  AlignYourSteps,
  Simple,
  Normal,
  DdimUniform,
  Beta,
  Turbo,
};

/// Which of the training timesteps are visited (diffusers' timestep_spacing). Default: the sampler's own.
enum class Spacing { Default, Leading, Linspace, Trailing };

/// Whose random number sequence the initial noise follows. Torch: torch's CPU generator.
enum class NoiseSource { Torch, Numpy, Philox };

/// Where SDE samplers take the noise of their steps from: the generator, or a Brownian motion that is the same for any
/// number of steps. Default: Brownian for DPM++ SDE and 3M SDE, the generator for 2M SDE, as diffusers has them; A1111
/// uses Brownian noise for all of them.
enum class SdeNoise { Default, Generator, Brownian };

/// Noise that Euler, Heun, HeunPP2 and DPM2 add before their steps (arXiv 2206.00364's s_churn, s_tmin, s_tmax), and
/// the scale of all noise that a sampler adds on its way (s_noise). A1111's "Sigma churn" and so on.
struct SigmaChurn {
  double churn = 0;    ///< divided by the steps: by how much a level is raised, at most 41 %; 0: not at all
  double lowest = 0;   ///< only from this noise level on
  double highest = 0;  ///< up to this noise level; 0: no limit
  double noise = 1;    ///< 1: as much as the method wants

  bool operator==(const SigmaChurn&) const = default;
};

/// What A1111 keeps in its settings page of sampler parameters. Samplers that do not know a value pass it over.
struct SamplingOptions {
  double ancestralEta = 1;  ///< share of fresh noise of ancestral and SDE samplers, 0..1
  SigmaChurn churn;
  double scheduleRho = 0;  ///< bend of Karras' and the polyexponential schedule; 0: their own (7 and 1)
  SdeNoise sdeNoise = SdeNoise::Default;
  /// Not 0: noise that is added on the way comes from the seed plus this (A1111's "Eta noise seed delta", ENSD).
  uint64_t noiseSeedDelta = 0;

  bool operator==(const SamplingOptions&) const = default;
};

/// Starting noise between that of the seed and that of another one, on the great circle through both, as A1111 has it.
struct Variation {
  uint64_t seed = 0;
  double strength = 0;  ///< 0: the request's seed alone, 1: this one alone

  bool operator==(const Variation&) const = default;
};

/// The schedule that A1111 pairs with a sampler where its menu says Automatic.
Schedule automaticSchedule(Sampler sampler);

/// What Schedule::Default means for a sampler where the model does not say: Uniform, but A1111's own for the samplers
/// that diffusers does not have.
Schedule defaultSchedule(Sampler sampler);

/// False for samplers that go by the model's timesteps (DDIM, PLMS, LCM, TCD, DDPM) with a schedule of noise levels.
bool takesSchedule(Sampler sampler, Schedule schedule);
/// One sentence for people about a pair that takesSchedule refuses.
std::string scheduleRefusal(Sampler sampler, Schedule schedule);

}  // namespace lorikeet

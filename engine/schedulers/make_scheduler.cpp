#include "schedulers/make_scheduler.h"

#include <fmt/format.h>

#include "core/check.h"
#include "lorikeet/error.h"
#include "schedulers/ddim_scheduler.h"
#include "schedulers/ddpm_scheduler.h"
#include "schedulers/deis_scheduler.h"
#include "schedulers/dpm2_scheduler.h"
#include "schedulers/dpm_adaptive_scheduler.h"
#include "schedulers/dpm_ancestral_scheduler.h"
#include "schedulers/dpm_fast_scheduler.h"
#include "schedulers/dpm_multistep_scheduler.h"
#include "schedulers/dpm_multistep_sde_scheduler.h"
#include "schedulers/dpm_sde_scheduler.h"
#include "schedulers/dpm_singlestep_scheduler.h"
#include "schedulers/euler_ancestral_scheduler.h"
#include "schedulers/euler_scheduler.h"
#include "schedulers/heun_scheduler.h"
#include "schedulers/heunpp2_scheduler.h"
#include "schedulers/ipndm_scheduler.h"
#include "schedulers/lcm_scheduler.h"
#include "schedulers/lms_scheduler.h"
#include "schedulers/pndm_scheduler.h"
#include "schedulers/restart_scheduler.h"
#include "schedulers/tcd_scheduler.h"
#include "schedulers/unipc_scheduler.h"
#include "schedulers/web_ui_schedules.h"

namespace lorikeet {
namespace {

Spacing resolvedSpacing(Sampler sampler, const SchedulerConfig& config, const SchedulerOptions& options) {
  if (options.spacing != Spacing::Default) return options.spacing;
  if (sampler == Sampler::DpmPp2S) return defaultSpacing(sampler);  // diffusers' class has no such setting
  return config.spacing != Spacing::Default ? config.spacing : defaultSpacing(sampler);
}

Schedule resolvedSchedule(Sampler sampler, const SchedulerConfig& config, const SchedulerOptions& options) {
  if (options.schedule != Schedule::Default) return options.schedule;
  if (defaultSchedule(sampler) != Schedule::Uniform) return defaultSchedule(sampler);
  return config.schedule != Schedule::Default ? config.schedule : Schedule::Uniform;
}

DpmMultistepScheduler::Variant dpmVariant(Sampler sampler, const SchedulerConfig& config,
                                          const SchedulerOptions& options) {
  const bool heun = sampler == Sampler::DpmPp2MSdeHeun || (sampler == Sampler::DpmPp2M && config.solverType == "heun");
  return {.stochastic = sampler != Sampler::DpmPp2M,
          .type = heun ? SolverType::Heun : SolverType::Midpoint,
          .order = 2,
          .eta = options.sampling.ancestralEta,
          .noiseScale = options.sampling.churn.noise};
}

bool takesExactTimesteps(Sampler sampler) {
  switch (sampler) {
    case Sampler::Lms:
    case Sampler::DpmPpSde:
    case Sampler::DpmPp2MSde:
    case Sampler::DpmPp2MSdeHeun:
    case Sampler::DpmPp3MSde:
      return true;
    default:
      return false;
  }
}

SigmaTableSpec tableSpec(Sampler sampler, const SchedulerConfig& config, const SchedulerOptions& options, int steps) {
  SigmaTableSpec spec;
  spec.schedule = resolvedSchedule(sampler, config, options);
  spec.spacing = isWebUiSchedule(spec.schedule) ? Spacing::Linspace : resolvedSpacing(sampler, config, options);
  spec.stepsOffset = config.stepsOffset;
  spec.finalSigma = config.finalSigma;
  spec.steps = steps;
  spec.rho = options.sampling.scheduleRho;
  spec.exactTimesteps = takesExactTimesteps(sampler);
  spec.discardPenultimate = sampler == Sampler::DpmPp3MSde;  // as A1111 has it for this sampler
  return spec;
}

void checkOptions(Sampler sampler, const SchedulerOptions& options) {
  for (const double eta : {options.eta, options.sampling.ancestralEta})
    if (!(eta >= 0 && eta <= 1))
      throw Error(ErrorKind::InvalidArgument, fmt::format("Eta must lie between 0 and 1, not {}.", eta));
  if (!takesSchedule(sampler, options.schedule))
    throw Error(ErrorKind::InvalidArgument, scheduleRefusal(sampler, options.schedule));
}

std::unique_ptr<Scheduler> makeKDiffusionScheduler(Sampler sampler, const SchedulerConfig& config,
                                                   const SchedulerOptions& options, const SigmaTableSpec& spec) {
  switch (sampler) {
    case Sampler::DpmPpSde:
      return std::make_unique<DpmSdeScheduler>(config, spec, options);
    case Sampler::DpmPp2SA:
      return std::make_unique<DpmAncestralScheduler>(config, spec, options);
    case Sampler::DpmPp2MSde:
    case Sampler::DpmPp2MSdeHeun:
      return std::make_unique<DpmMultistepSdeScheduler>(
          config, spec, options, 2, sampler == Sampler::DpmPp2MSde ? SolverType::Midpoint : SolverType::Heun);
    case Sampler::DpmPp3MSde:
      return std::make_unique<DpmMultistepSdeScheduler>(config, spec, options, 3, SolverType::Midpoint);
    case Sampler::Restart:
      return std::make_unique<RestartScheduler>(config, spec, options);
    case Sampler::DpmFast:
      return std::make_unique<DpmFastScheduler>(config, spec, options);
    case Sampler::DpmAdaptive:
      return std::make_unique<DpmAdaptiveScheduler>(config, spec, options);
    case Sampler::Ipndm:
      return std::make_unique<IpndmScheduler>(config, spec);
    case Sampler::HeunPp2:
      return std::make_unique<HeunPp2Scheduler>(config, spec, options);
    default:
      break;
  }
  CHECK(!"a Sampler");
  return nullptr;
}

}  // namespace

std::unique_ptr<Scheduler> makeScheduler(Sampler sampler, const SchedulerConfig& config,
                                         const SchedulerOptions& options, int steps) {
  checkOptions(sampler, options);
  const Spacing spacing = resolvedSpacing(sampler, config, options);
  const SigmaTableSpec spec = tableSpec(sampler, config, options, steps);
  switch (sampler) {
    case Sampler::Ddim:
      return std::make_unique<DdimScheduler>(config, spacing, options.eta, steps);
    case Sampler::Pndm:
      return std::make_unique<PndmScheduler>(config, spacing, steps);
    case Sampler::Lms:
      return std::make_unique<LmsScheduler>(config, spec);
    case Sampler::Euler:
      return std::make_unique<EulerScheduler>(config, spec, options.sampling.churn);
    case Sampler::EulerA:
      return std::make_unique<EulerAncestralScheduler>(config, spec, options.sampling.ancestralEta,
                                                       options.sampling.churn.noise);
    case Sampler::Heun:
      return std::make_unique<HeunScheduler>(config, spec, options.sampling.churn);
    case Sampler::DpmPp2MSde:
    case Sampler::DpmPp2MSdeHeun:
      if (options.sampling.sdeNoise == SdeNoise::Brownian)
        return makeKDiffusionScheduler(sampler, config, options, spec);
      [[fallthrough]];
    case Sampler::DpmPp2M:
      return std::make_unique<DpmMultistepScheduler>(config, spec, dpmVariant(sampler, config, options));
    case Sampler::UniPC:
      return std::make_unique<UniPcScheduler>(config, spec);
    case Sampler::Dpm2:
    case Sampler::Dpm2A:
      return std::make_unique<Dpm2Scheduler>(config, spec, options, sampler == Sampler::Dpm2A);
    case Sampler::DpmPp2S:
      return std::make_unique<DpmSinglestepScheduler>(config, spec);
    case Sampler::Deis:
      return std::make_unique<DeisScheduler>(config, spec);
    case Sampler::Lcm:
      return std::make_unique<LcmScheduler>(config, steps);
    case Sampler::Tcd:
      return std::make_unique<TcdScheduler>(config, options.eta, steps);
    case Sampler::Ddpm:
      return std::make_unique<DdpmScheduler>(config, spacing, steps);
    default:
      return makeKDiffusionScheduler(sampler, config, options, spec);
  }
}

Spacing defaultSpacing(Sampler sampler) {
  switch (sampler) {
    case Sampler::Ddim:
    case Sampler::Pndm:
    case Sampler::Ddpm:
      return Spacing::Leading;
    default:
      return Spacing::Linspace;
  }
}

}  // namespace lorikeet

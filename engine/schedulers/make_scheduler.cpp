#include "schedulers/make_scheduler.h"

#include <fmt/format.h>

#include "core/check.h"
#include "lorikeet/error.h"
#include "schedulers/ddim_scheduler.h"
#include "schedulers/ddpm_scheduler.h"
#include "schedulers/deis_scheduler.h"
#include "schedulers/dpm2_scheduler.h"
#include "schedulers/dpm_multistep_scheduler.h"
#include "schedulers/dpm_singlestep_scheduler.h"
#include "schedulers/euler_ancestral_scheduler.h"
#include "schedulers/euler_scheduler.h"
#include "schedulers/heun_scheduler.h"
#include "schedulers/lcm_scheduler.h"
#include "schedulers/lms_scheduler.h"
#include "schedulers/pndm_scheduler.h"
#include "schedulers/tcd_scheduler.h"
#include "schedulers/unipc_scheduler.h"

namespace lorikeet {
namespace {

Spacing resolvedSpacing(Sampler sampler, const SchedulerConfig& config, const SchedulerOptions& options) {
  if (options.spacing != Spacing::Default) return options.spacing;
  if (sampler == Sampler::DpmPp2S) return defaultSpacing(sampler);  // diffusers' class has no such setting
  return config.spacing != Spacing::Default ? config.spacing : defaultSpacing(sampler);
}

Schedule resolvedSchedule(const SchedulerConfig& config, const SchedulerOptions& options) {
  if (options.schedule != Schedule::Default) return options.schedule;
  return config.schedule != Schedule::Default ? config.schedule : Schedule::Uniform;
}

DpmMultistepScheduler::Variant dpmVariant(Sampler sampler, const SchedulerConfig& config) {
  const bool heun = sampler == Sampler::DpmPp2MSdeHeun || (sampler == Sampler::DpmPp2M && config.solverType == "heun");
  return {
      .stochastic = sampler != Sampler::DpmPp2M, .type = heun ? SolverType::Heun : SolverType::Midpoint, .order = 2};
}

}  // namespace

std::unique_ptr<Scheduler> makeScheduler(Sampler sampler, const SchedulerConfig& config,
                                         const SchedulerOptions& options, int steps) {
  if (!(options.eta >= 0 && options.eta <= 1))
    throw Error(ErrorKind::InvalidArgument, fmt::format("Eta must lie between 0 and 1, not {}.", options.eta));
  const Spacing spacing = resolvedSpacing(sampler, config, options);
  const SigmaTableSpec spec{resolvedSchedule(config, options), spacing, config.stepsOffset, config.finalSigma, steps};
  switch (sampler) {
    case Sampler::Ddim:
      return std::make_unique<DdimScheduler>(config, spacing, options.eta, steps);
    case Sampler::Pndm:
      return std::make_unique<PndmScheduler>(config, spacing, steps);
    case Sampler::Lms:
      return std::make_unique<LmsScheduler>(config, spec);
    case Sampler::Euler:
      return std::make_unique<EulerScheduler>(config, spec);
    case Sampler::EulerA:
      return std::make_unique<EulerAncestralScheduler>(config, spec);
    case Sampler::Heun:
      return std::make_unique<HeunScheduler>(config, spec);
    case Sampler::DpmPp2M:
    case Sampler::DpmPp2MSde:
    case Sampler::DpmPp2MSdeHeun:
      return std::make_unique<DpmMultistepScheduler>(config, spec, dpmVariant(sampler, config));
    case Sampler::UniPC:
      return std::make_unique<UniPcScheduler>(config, spec);
    case Sampler::Dpm2:
    case Sampler::Dpm2A:
      return std::make_unique<Dpm2Scheduler>(config, spec, sampler == Sampler::Dpm2A);
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
  }
  CHECK(!"a Sampler");
  return nullptr;
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

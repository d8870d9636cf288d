#include "schedulers/make_scheduler.h"

#include <fmt/format.h>

#include "lorikeet/error.h"
#include "schedulers/ddim_scheduler.h"
#include "schedulers/euler_scheduler.h"

namespace lorikeet {
namespace {

Spacing resolvedSpacing(Sampler sampler, const SchedulerConfig& config, const SchedulerOptions& options) {
  if (options.spacing != Spacing::Default) return options.spacing;
  return config.spacing != Spacing::Default ? config.spacing : defaultSpacing(sampler);
}

Schedule resolvedSchedule(const SchedulerConfig& config, const SchedulerOptions& options) {
  if (options.schedule != Schedule::Default) return options.schedule;
  return config.schedule != Schedule::Default ? config.schedule : Schedule::Uniform;
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
    case Sampler::Euler:
      return std::make_unique<EulerScheduler>(config, spec);
    default:
      break;
  }
  throw Error(ErrorKind::Unsupported, fmt::format("The sampler {} is not there yet.", label(sampler)));
}

Spacing defaultSpacing(Sampler sampler) {
  switch (sampler) {
    case Sampler::Ddim:
    case Sampler::Pndm:
      return Spacing::Leading;
    default:
      return Spacing::Linspace;
  }
}

}  // namespace lorikeet

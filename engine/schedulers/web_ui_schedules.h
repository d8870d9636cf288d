#pragma once
#include <vector>

#include "schedulers/noise_schedule.h"

namespace lorikeet {

/// True for the schedules that name their noise levels themselves, from the model's whole range and whatever the
/// timestep spacing: those of A1111 (modules/sd_schedulers.py) and Forge that diffusers does not have.
bool isWebUiSchedule(Schedule schedule);

/// Their noise levels, falling, with the final one. Sources in A1111 1.10, modules/sd_schedulers.py:
/// SgmUniform sgm_uniform (timesteps in equal parts, without the last), KlOptimal kl_optimal (ends at the lowest level,
/// not at 0), AlignYourSteps get_align_your_steps_sigmas (arXiv 2404.14507, the table for SD 1.5), Simple
/// simple_scheduler, Normal normal_scheduler, DdimUniform ddim_scheduler (may have more levels than steps),
/// Polyexponential k-diffusion's get_sigmas_polyexponential; in Forge,
/// modules/sd_schedulers.py: Turbo turbo_scheduler. rho bends Polyexponential.
std::vector<double> webUiSigmas(Schedule schedule, const NoiseSchedule& noise, int steps, double rho);

}  // namespace lorikeet

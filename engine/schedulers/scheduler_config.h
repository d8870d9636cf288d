#pragma once
#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "lorikeet/request.h"

namespace lorikeet {

/// What the UNet's output means: the noise, sqrt(alpha) * noise - sqrt(1 - alpha) * picture, or the clean picture.
enum class PredictionType { Epsilon, VPrediction, Sample };

enum class BetaSchedule { Linear, ScaledLinear, SquaredCosCapV2 };

/// What the last sigma of a table is: 0, or that of the first training timestep.
enum class FinalSigma { Zero, SigmaMin };

/// The noise process that a model was trained with and what its author chose for sampling: diffusers'
/// scheduler_config.json. The defaults are those of Stable Diffusion 1.x checkpoints, which have no such file. Members
/// without a value are decided by the sampler's class, as in diffusers.
struct SchedulerConfig {
  int trainTimesteps = 1000;
  double betaStart = 0.00085;
  double betaEnd = 0.012;
  BetaSchedule betaSchedule = BetaSchedule::ScaledLinear;
  std::vector<float> trainedBetas;  ///< used instead of a beta schedule when not empty
  PredictionType predictionType = PredictionType::Epsilon;
  int stepsOffset = 1;
  bool rescaleBetasZeroSnr = false;
  Spacing spacing = Spacing::Default;     ///< timestep_spacing
  Schedule schedule = Schedule::Default;  ///< use_karras_sigmas and the like
  std::optional<bool> setAlphaToOne = false;
  std::optional<bool> clipSample = false;
  double clipSampleRange = 1;
  bool thresholding = false;
  double dynamicThresholdingRatio = 0.995;
  double sampleMaxValue = 1;
  bool skipPrkSteps = true;
  std::optional<int> solverOrder;
  std::string solverType;  ///< "midpoint", "heun", "bh1" ...; empty: the sampler's own
  std::optional<bool> lowerOrderFinal;
  bool eulerAtFinal = false;
  FinalSigma finalSigma = FinalSigma::Zero;
  int originalInferenceSteps = 50;  ///< of the distillation, LCM and TCD
  double timestepScaling = 10;      ///< LCM
};

/// Reads the members of a scheduler_config.json; absent ones get the defaults of the class that the file names.
/// Throws Error: Corrupt for a wrong type or an impossible value, Unsupported for an unknown beta schedule, prediction
/// type or sigma table.
SchedulerConfig parseSchedulerConfig(const nlohmann::json& config);
/// The same from a file. Throws Error: NotFound, Io, Corrupt.
SchedulerConfig loadSchedulerConfig(const std::filesystem::path& file);

}  // namespace lorikeet

#include "schedulers/scheduler_config.h"

#include <fmt/format.h>

#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <string>

#include "lorikeet/error.h"

namespace lorikeet {
namespace {

using nlohmann::json;

[[noreturn]] void throwCorrupt(const std::string& what) {
  throw Error(ErrorKind::Corrupt, "The scheduler configuration is not valid: " + what + ".");
}
[[noreturn]] void throwUnsupported(const std::string& key, const std::string& value) {
  throw Error(ErrorKind::Unsupported,
              fmt::format("The scheduler configuration's {} \"{}\" is not supported.", key, value));
}

/// A member's value; the fallback where it is absent or null.
template <class T>
T read(const json& config, const char* key, T fallback) {
  const auto found = config.find(key);
  if (found == config.end() || found->is_null()) return fallback;
  try {
    return found->get<T>();
  } catch (const json::exception&) {
    throwCorrupt(fmt::format("{} is {}", key, found->dump()));
  }
}

std::optional<bool> readFlag(const json& config, const char* key) {
  if (!config.contains(key)) return std::nullopt;
  return read(config, key, false);
}

BetaSchedule readBetaSchedule(const json& config, const std::string& fallback) {
  const auto name = read<std::string>(config, "beta_schedule", fallback);
  if (name == "linear") return BetaSchedule::Linear;
  if (name == "scaled_linear") return BetaSchedule::ScaledLinear;
  if (name == "squaredcos_cap_v2") return BetaSchedule::SquaredCosCapV2;
  throwUnsupported("beta_schedule", name);
}

PredictionType readPredictionType(const json& config) {
  const auto name = read<std::string>(config, "prediction_type", "epsilon");
  if (name == "epsilon") return PredictionType::Epsilon;
  if (name == "v_prediction") return PredictionType::VPrediction;
  if (name == "sample") return PredictionType::Sample;
  throwUnsupported("prediction_type", name);
}

Spacing readSpacing(const json& config) {
  const auto name = read<std::string>(config, "timestep_spacing", "");
  if (name.empty()) return Spacing::Default;
  if (name == "leading") return Spacing::Leading;
  if (name == "linspace") return Spacing::Linspace;
  if (name == "trailing") return Spacing::Trailing;
  throwUnsupported("timestep_spacing", name);
}

FinalSigma readFinalSigma(const json& config) {
  const auto name = read<std::string>(config, "final_sigmas_type", "zero");
  if (name == "zero") return FinalSigma::Zero;
  if (name == "sigma_min") return FinalSigma::SigmaMin;
  throwUnsupported("final_sigmas_type", name);
}

Schedule readSchedule(const json& config) {
  if (read(config, "use_karras_sigmas", false)) return Schedule::Karras;
  if (read(config, "use_exponential_sigmas", false)) return Schedule::Exponential;
  if (read(config, "use_beta_sigmas", false)) return Schedule::Beta;
  return Schedule::Default;
}

/// Settings that change what is sampled and that Lorikeet does not know: refused rather than ignored.
void refuseUnknownProcesses(const json& config) {
  for (const char* key : {"use_lu_lambdas", "use_flow_sigmas", "use_dynamic_shifting"})
    if (read(config, key, false)) throwUnsupported(key, "true");
  const auto interpolation = read<std::string>(config, "interpolation_type", "linear");
  if (interpolation != "linear") throwUnsupported("interpolation_type", interpolation);
  const auto timestepType = read<std::string>(config, "timestep_type", "discrete");
  if (timestepType != "discrete") throwUnsupported("timestep_type", timestepType);
}

/// diffusers' defaults for the betas of the class that wrote the file.
struct BetaDefaults {
  double start = 0.0001;
  double end = 0.02;
  const char* schedule = "linear";
};
BetaDefaults betaDefaults(const std::string& className) {
  if (className == "LCMScheduler" || className == "TCDScheduler") return {0.00085, 0.012, "scaled_linear"};
  for (const char* name :
       {"HeunDiscreteScheduler", "KDPM2DiscreteScheduler", "KDPM2AncestralDiscreteScheduler", "DPMSolverSDEScheduler"})
    if (className == name) return {0.00085, 0.012, "linear"};
  return {};
}

/// Python writes infinite numbers as -Infinity ("lambda_min_clipped"), which is no JSON: they become null.
std::string withoutInfinities(std::string text) {
  for (const std::string_view word : {": -Infinity", ": Infinity", ": NaN"})
    for (size_t at = text.find(word); at != std::string::npos; at = text.find(word, at))
      text.replace(at, word.size(), ": null");
  return text;
}

void checkRanges(const SchedulerConfig& config) {
  constexpr int kMaxTimesteps = 1'000'000;
  if (config.trainTimesteps < 2 || config.trainTimesteps > kMaxTimesteps)
    throwCorrupt(fmt::format("num_train_timesteps is {}", config.trainTimesteps));
  if (!(config.betaStart >= 0 && config.betaStart < 1 && config.betaEnd >= 0 && config.betaEnd < 1))
    throwCorrupt(fmt::format("betas run from {} to {}", config.betaStart, config.betaEnd));
  if (config.stepsOffset < 0 || config.stepsOffset >= config.trainTimesteps)
    throwCorrupt(fmt::format("steps_offset is {}", config.stepsOffset));
  if (config.originalInferenceSteps < 1)
    throwCorrupt(fmt::format("original_inference_steps is {}", config.originalInferenceSteps));
  if (!(config.dynamicThresholdingRatio >= 0 && config.dynamicThresholdingRatio <= 1))
    throwCorrupt(fmt::format("dynamic_thresholding_ratio is {}", config.dynamicThresholdingRatio));
  if (!(config.sampleMaxValue > 0)) throwCorrupt(fmt::format("sample_max_value is {}", config.sampleMaxValue));
  if (!(config.clipSampleRange > 0)) throwCorrupt(fmt::format("clip_sample_range is {}", config.clipSampleRange));
}

}  // namespace

SchedulerConfig parseSchedulerConfig(const json& json) {
  if (!json.is_object()) throwCorrupt("it is no JSON object");
  refuseUnknownProcesses(json);
  const BetaDefaults defaults = betaDefaults(read<std::string>(json, "_class_name", ""));
  SchedulerConfig config;
  config.trainTimesteps = read(json, "num_train_timesteps", 1000);
  config.betaStart = read(json, "beta_start", defaults.start);
  config.betaEnd = read(json, "beta_end", defaults.end);
  config.betaSchedule = readBetaSchedule(json, defaults.schedule);
  config.trainedBetas = read(json, "trained_betas", std::vector<float>());
  if (!config.trainedBetas.empty()) config.trainTimesteps = static_cast<int>(config.trainedBetas.size());
  config.predictionType = readPredictionType(json);
  config.stepsOffset = read(json, "steps_offset", 0);
  config.rescaleBetasZeroSnr = read(json, "rescale_betas_zero_snr", false);
  config.spacing = readSpacing(json);
  config.schedule = readSchedule(json);
  config.setAlphaToOne = readFlag(json, "set_alpha_to_one");
  config.clipSample = readFlag(json, "clip_sample");
  config.clipSampleRange = read(json, "clip_sample_range", 1.0);
  config.thresholding = read(json, "thresholding", false);
  config.dynamicThresholdingRatio = read(json, "dynamic_thresholding_ratio", 0.995);
  config.sampleMaxValue = read(json, "sample_max_value", 1.0);
  config.skipPrkSteps = read(json, "skip_prk_steps", false);
  if (json.contains("solver_order")) config.solverOrder = read(json, "solver_order", 2);
  config.solverType = read<std::string>(json, "solver_type", "");
  config.lowerOrderFinal = readFlag(json, "lower_order_final");
  config.eulerAtFinal = read(json, "euler_at_final", false);
  config.finalSigma = readFinalSigma(json);
  config.originalInferenceSteps = read(json, "original_inference_steps", 50);
  config.timestepScaling = read(json, "timestep_scaling", 10.0);
  checkRanges(config);
  return config;
}

SchedulerConfig loadSchedulerConfig(const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  if (!stream) throw Error(ErrorKind::NotFound, fmt::format("There is no readable file {}.", file.string()));
  const json parsed = json::parse(withoutInfinities({std::istreambuf_iterator<char>(stream), {}}), nullptr, false);
  if (parsed.is_discarded()) throw Error(ErrorKind::Corrupt, fmt::format("{} is not valid JSON.", file.string()));
  try {
    return parseSchedulerConfig(parsed);
  } catch (const Error& error) {
    throw Error(error.kind(), fmt::format("{}: {}", file.string(), error.what()), error.details());
  }
}

}  // namespace lorikeet

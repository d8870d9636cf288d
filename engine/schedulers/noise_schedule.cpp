#include "schedulers/noise_schedule.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numbers>

#include "core/portable_math.h"
#include "lorikeet/error.h"

namespace lorikeet {
namespace {

/// torch.linspace in f32: from both ends towards the middle.
std::vector<float> linspace(double start, double end, int count) {
  std::vector<float> values(static_cast<size_t>(count));
  const auto first = static_cast<float>(start);
  const auto last = static_cast<float>(end);
  const float step = count > 1 ? (last - first) / static_cast<float>(count - 1) : 0;
  for (int i = 0; i < count; ++i)
    values[i] = i < count / 2 ? first + step * static_cast<float>(i) : last - step * static_cast<float>(count - i - 1);
  return values;
}

/// betas_for_alpha_bar with the cosine of improved DDPM.
std::vector<float> cosineBetas(int count) {
  constexpr double kMaxBeta = 0.999;
  const auto alphaBar = [](double t) {
    const double cosine = portableCos((t + 0.008) / 1.008 * std::numbers::pi / 2);
    return cosine * cosine;
  };
  std::vector<float> betas;
  for (int i = 0; i < count; ++i) {
    const double ratio = alphaBar(static_cast<double>(i + 1) / count) / alphaBar(static_cast<double>(i) / count);
    betas.push_back(static_cast<float>(std::min(1 - ratio, kMaxBeta)));
  }
  return betas;
}

std::vector<float> makeBetas(const SchedulerConfig& config) {
  if (!config.trainedBetas.empty()) return config.trainedBetas;
  switch (config.betaSchedule) {
    case BetaSchedule::Linear:
      return linspace(config.betaStart, config.betaEnd, config.trainTimesteps);
    case BetaSchedule::SquaredCosCapV2:
      return cosineBetas(config.trainTimesteps);
    case BetaSchedule::ScaledLinear:
      break;
  }
  auto betas = linspace(std::sqrt(config.betaStart), std::sqrt(config.betaEnd), config.trainTimesteps);
  for (float& beta : betas) beta *= beta;
  return betas;
}

/// torch.cumprod of 1 - beta: the running product is double, each result f32.
std::vector<float> cumulativeAlphas(std::span<const float> betas) {
  std::vector<float> result;
  double product = 1;
  for (const float beta : betas) {
    product *= 1.0f - beta;
    result.push_back(static_cast<float>(product));
  }
  return result;
}

/// rescale_zero_terminal_snr (arXiv 2305.08891, algorithm 1) in f32.
std::vector<float> rescaledToZeroSnr(std::span<const float> betas) {
  std::vector<float> roots = cumulativeAlphas(betas);
  for (float& root : roots) root = std::sqrt(root);
  const float first = roots.front();
  const float last = roots.back();
  const float scale = first / (first - last);
  std::vector<float> result;
  float previous = 1;
  for (const float root : roots) {
    const float shifted = (root - last) * scale;
    const float alphaBar = shifted * shifted;
    result.push_back(1.0f - alphaBar / previous);
    previous = alphaBar;
  }
  return result;
}

}  // namespace

NoiseSchedule::NoiseSchedule(const SchedulerConfig& config) {
  std::vector<float> betas = makeBetas(config);
  for (const float beta : betas)
    if (!(beta >= 0 && beta < 1))
      throw Error(ErrorKind::Corrupt,
                  fmt::format("The scheduler's betas must lie between 0 and 1, but one of them is {}.", beta));
  if (config.rescaleBetasZeroSnr) betas = rescaledToZeroSnr(betas);
  alphasCumprod_ = cumulativeAlphas(betas);
  fillSigmas();
}

double NoiseSchedule::sigmaAt(double timestep) const {
  const double clamped = std::clamp(timestep, 0.0, static_cast<double>(sigmas_.size() - 1));
  const auto low = static_cast<size_t>(clamped);
  if (low + 1 >= sigmas_.size()) return sigmas_.back();
  const double slope = static_cast<double>(sigmas_[low + 1]) - sigmas_[low];
  return slope * (clamped - static_cast<double>(low)) + sigmas_[low];
}

double NoiseSchedule::logSigmaAt(double timestep) const {
  const double clamped = std::clamp(timestep, 0.0, static_cast<double>(sigmas_.size() - 1));
  const auto low = static_cast<size_t>(clamped);
  const double weight = clamped - static_cast<double>(low);
  if (weight == 0) return sigmas_[low];
  return portableExp((1 - weight) * logSigmas_[low] + weight * logSigmas_[low + 1]);
}

double NoiseSchedule::timestepOf(double sigma) const {
  const double logSigma = portableLog(std::max(sigma, 1e-10));
  const auto above = std::upper_bound(logSigmas_.begin(), logSigmas_.end(), logSigma,
                                      [](double value, float entry) { return value - entry < 0; });
  const auto position = std::max<std::ptrdiff_t>(above - logSigmas_.begin() - 1, 0);
  const size_t low = std::min(static_cast<size_t>(position), logSigmas_.size() - 2);
  const double span = static_cast<double>(logSigmas_[low]) - logSigmas_[low + 1];
  const double weight = std::clamp((logSigmas_[low] - logSigma) / span, 0.0, 1.0);
  return (1 - weight) * static_cast<double>(low) + weight * static_cast<double>(low + 1);
}

void NoiseSchedule::avoidInfiniteSigma() {
  alphasCumprod_.back() = 0x1p-24f;
  fillSigmas();
}

void NoiseSchedule::fillSigmas() {
  sigmas_.clear();
  logSigmas_.clear();
  for (const float alpha : alphasCumprod_) {
    sigmas_.push_back(std::sqrt((1.0f - alpha) / alpha));
    logSigmas_.push_back(static_cast<float>(portableLog(sigmas_.back())));
  }
}

}  // namespace lorikeet

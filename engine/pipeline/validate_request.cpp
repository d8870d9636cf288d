#include <fmt/format.h>
#include <lorikeet/error.h>
#include <lorikeet/request.h>
#include <lorikeet/starter_parts.h>

#include <cmath>

#include "core/require_range.h"

namespace lorikeet {
namespace {

constexpr int kMaxSide = 8192;
constexpr int kMaxSteps = 1000;
constexpr int kMaxImages = 10000;
constexpr double kMaxGuidance = 100;

void requireSide(const char* setting, int pixels) {
  if (pixels == 0) return;
  requireRange(setting, pixels, 8, kMaxSide);
  if (pixels % 8 != 0)
    throw Error(ErrorKind::InvalidArgument, fmt::format("{} must be a multiple of 8, not {}.", setting, pixels));
}

/// Settings that mean nothing without the picture or mask that they speak of.
void requirePictures(const GenerateRequest& request) {
  if (request.init.empty() && !request.mask.empty())
    throw Error(ErrorKind::InvalidArgument, "There is a mask but no picture to repaint.");
  if (request.init.empty() && request.outpaint.any())
    throw Error(ErrorKind::InvalidArgument, "There is no picture to extend.");
}

void validateSteering(const GenerateRequest& request) {
  requirePictures(request);
  requireRange("The strength", request.strength, 0.0, 1.0);
  requireRange("The mask blur", request.maskOptions.blur, 0.0, 256.0);
  requireRange("The mask growth", request.maskOptions.grow, -1024, 1024);
  requireRange("The padding", request.maskOptions.padding, 0, kMaxSide);
  const OutpaintMargins& margins = request.outpaint;
  for (const int margin : {margins.left, margins.top, margins.right, margins.bottom})
    requireRange("An outpainting margin", margin, 0, kMaxSide);
}

void validateControl(const ControlUnit& unit, const GenerateRequest& request) {
  requireRange("The control scale", unit.scale, 0.0, 2.0);
  requireRange("The control's start", unit.start, 0.0, 1.0);
  requireRange("The control's end", unit.end, 0.0, 1.0);
  if (unit.start >= unit.end)
    throw Error(ErrorKind::InvalidArgument,
                fmt::format("The control's start ({}) must lie before its end ({}).", unit.start, unit.end));
  if (controlNetOf(request, unit).empty())
    throw Error(ErrorKind::InvalidArgument, "A control unit has no ControlNet model; choose one.");
  if (unit.type == ControlType::StraightLines && unit.lines.network.empty())
    throw Error(ErrorKind::InvalidArgument,
                "Straight lines are found by M-LSD tiny, whose file (mlsd_tiny_512_fp32.pth) is not chosen.");
  if (unit.picture.empty() && request.init.empty())
    throw Error(ErrorKind::InvalidArgument, "A control unit has no picture to look at.");
}

void validateHires(const GenerateRequest& request) {
  const HiresOptions& hires = request.hires;
  requireRange("The hires scale", hires.scale, 1.0, 8.0);
  requireRange("The number of hires steps", hires.steps, 0, kMaxSteps);
  requireRange("The hires strength", hires.strength, 0.0, 1.0);
  if (!hires.enabled()) return;
  if (!request.init.empty())
    throw Error(ErrorKind::InvalidArgument,
                "The second pass (hires) enlarges pictures made from text; leave it out when starting from a picture.");
  if (hires.upscaler.method == UpscaleMethod::Network && hires.upscaler.network.empty())
    throw Error(ErrorKind::InvalidArgument, "The second pass (hires) has no upscaler file; choose one.");
}

void validateSampling(const GenerateRequest& request) {
  requireRange("Eta", request.eta, 0.0, 1.0);
  requireRange("The variation strength", request.variation.strength, 0.0, 1.0);
  const SamplingOptions& sampling = request.sampling;
  requireRange("The ancestral eta", sampling.ancestralEta, 0.0, 1.0);
  requireRange("The sigma churn", sampling.churn.churn, 0.0, 100.0);
  requireRange("The lowest churned noise level", sampling.churn.lowest, 0.0, 1e6);
  requireRange("The highest churned noise level", sampling.churn.highest, 0.0, 1e6);
  requireRange("The noise scale", sampling.churn.noise, 0.0, 2.0);
  if (sampling.scheduleRho != 0) requireRange("Rho", sampling.scheduleRho, 0.1, 100.0);
}

void validateShortcuts(const Shortcuts& shortcuts) {
  constexpr int kMostCalls = 100;
  requireRange("The start of guidance", shortcuts.guidanceStart, 0.0, 1.0);
  requireRange("The end of guidance", shortcuts.guidanceEnd, 0.0, 1.0);
  if (shortcuts.guidanceStart > shortcuts.guidanceEnd)
    throw Error(ErrorKind::InvalidArgument, "Guidance ends before it starts.");
  requireRange("The calls between two of the unconditional half", shortcuts.guidanceEvery, 1, kMostCalls);
  requireRange("The share of merged tokens", shortcuts.mergedTokens, 0.0, 0.75);
  requireRange("The calls between two of the inner layers", shortcuts.innerEvery, 1, kMostCalls);
}

}  // namespace

void validate(const GenerateRequest& request) {
  requireSide("The width", request.width);
  requireSide("The height", request.height);
  requireRange("The number of steps", request.steps, 1, kMaxSteps);
  requireRange("The number of images", request.imageCount, 1, kMaxImages);
  requireRange("The guidance scale", request.guidanceScale, 0.0, kMaxGuidance);
  validateSampling(request);
  validateShortcuts(request.shortcuts);
  requireRange("Clip skip", request.clipSkip, 1, 256);
  validateSteering(request);
  for (const ControlUnit& unit : request.controls) validateControl(unit, request);
  validateHires(request);
  validate(request.adapters);
}

}  // namespace lorikeet

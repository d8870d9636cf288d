#include <fmt/format.h>
#include <lorikeet/error.h>
#include <lorikeet/request.h>

#include <cmath>

namespace lorikeet {
namespace {

constexpr int kMaxSide = 8192;
constexpr int kMaxSteps = 1000;
constexpr int kMaxImages = 10000;
constexpr double kMaxGuidance = 100;

template <class Value>
void requireRange(const char* setting, Value value, Value lowest, Value highest) {
  if (value >= lowest && value <= highest) return;  // false for NaN
  throw Error(ErrorKind::InvalidArgument,
              fmt::format("{} must be between {} and {}, not {}.", setting, lowest, highest, value));
}

void requireSide(const char* setting, int pixels) {
  if (pixels == 0) return;
  requireRange(setting, pixels, 8, kMaxSide);
  if (pixels % 8 != 0)
    throw Error(ErrorKind::InvalidArgument, fmt::format("{} must be a multiple of 8, not {}.", setting, pixels));
}

}  // namespace

void validate(const GenerateRequest& request) {
  requireSide("The width", request.width);
  requireSide("The height", request.height);
  requireRange("The number of steps", request.steps, 1, kMaxSteps);
  requireRange("The number of images", request.imageCount, 1, kMaxImages);
  requireRange("The guidance scale", request.guidanceScale, 0.0, kMaxGuidance);
  requireRange("Eta", request.eta, 0.0, 1.0);
  requireRange("Clip skip", request.clipSkip, 1, 256);
}

}  // namespace lorikeet

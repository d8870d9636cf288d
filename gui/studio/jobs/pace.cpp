#include "studio/jobs/pace.h"

#include <algorithm>

namespace lorikeet {
namespace {

/// Work of one step in evaluations of a pixel. Guidance above 1 evaluates the negative prompt as well.
double workOfStep(const GenerateRequest& request) {
  constexpr int kUsualSide = 512;  // stands in for a model's native size
  const double width = request.width > 0 ? request.width : kUsualSide;
  const double height = request.height > 0 ? request.height : kUsualSide;
  return width * height * (request.guidanceScale > 1 ? 2 : 1) * double(1 + request.controls.size());
}

}  // namespace

void Pace::learn(const GenerateRequest& request, const Progress& progress) {
  if (progress.secondsPerStep <= 0) return;
  anySecondsPerWork_ = progress.secondsPerStep / workOfStep(request);
  secondsPerWork_[request.model] = anySecondsPerWork_;
}

double Pace::secondsOf(const GenerateRequest& request) const {
  const auto known = secondsPerWork_.find(request.model);
  const double secondsPerWork = known == secondsPerWork_.end() ? anySecondsPerWork_ : known->second;
  const double share = request.init.empty() ? 1.0 : std::clamp(request.strength, 0.0, 1.0);
  return secondsPerWork * workOfStep(request) * request.steps * share * request.imageCount;
}

}  // namespace lorikeet

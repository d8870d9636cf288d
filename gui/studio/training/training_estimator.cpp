#include "studio/training/training_estimator.h"

#include <lorikeet/error.h>

#include "studio/jobs/convert.h"

namespace lorikeet {
namespace {

TrainingForecast forecastOf(const TrainingRequest& request, const std::stop_token& stop) {
  try {
    return {estimateTraining(request, stop), {}, {}};
  } catch (const Error& error) {
    return {{}, toQString(error.what()), toQString(error.details())};
  } catch (const std::exception& error) {
    if (stop.stop_requested()) return {};
    return {{}, TrainingEstimator::tr("The training cannot be estimated."), toQString(error.what())};
  } catch (...) {  // how a stop is answered
    return {};
  }
}

}  // namespace

void TrainingEstimator::ask(const TrainingRequest& request) {
  question_.ask([request](const std::stop_token& stop) { return forecastOf(request, stop); },
                [this](const TrainingForecast& forecast) { emit answered(forecast); });
}

}  // namespace lorikeet

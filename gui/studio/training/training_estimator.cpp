#include "studio/training/training_estimator.h"

#include <lorikeet/error.h>

#include "studio/jobs/convert.h"

namespace lorikeet {
namespace {

/// People type several digits.
constexpr int kQuestionDelayMs = 300;

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

TrainingEstimator::TrainingEstimator(QObject* parent) : QObject(parent), thread_(this) {
  delay_.setSingleShot(true);
  delay_.setInterval(kQuestionDelayMs);
  connect(&delay_, &QTimer::timeout, this, &TrainingEstimator::work);
}

TrainingEstimator::~TrainingEstimator() { cancel(); }

void TrainingEstimator::ask(const TrainingRequest& request) {
  cancel();
  request_ = request;
  isBusy_ = true;
  delay_.start();
}

void TrainingEstimator::cancel() {
  stop_.request_stop();
  thread_.clear();
  delay_.stop();
  ++question_;
  isBusy_ = false;
}

void TrainingEstimator::work() {
  stop_ = std::stop_source();
  thread_.run([request = request_, stop = stop_.get_token()] { return forecastOf(request, stop); },
              [this, question = question_](const TrainingForecast& forecast) {
                if (question != question_) return;
                isBusy_ = false;
                emit answered(forecast);
              });
}

}  // namespace lorikeet

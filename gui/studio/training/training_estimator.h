#pragma once
#include "studio/jobs/delayed_question.h"
#include "studio/training/training_setup.h"

namespace lorikeet {

/// What a training would take, or why it cannot begin.
struct TrainingForecast {
  TrainingEstimate estimate;
  QString problem;  ///< one sentence; empty: it can begin
  QString details;  ///< more lines, may be empty
};

/// Estimates trainings off the window's thread. Of questions that come quickly after each other only the last one is
/// answered.
class TrainingEstimator : public QObject {
  Q_OBJECT
 public:
  using QObject::QObject;

  void ask(const TrainingRequest& request);
  /// Drops the question that waits or is being worked on.
  void cancel() { question_.cancel(); }

 signals:
  void answered(const lorikeet::TrainingForecast& forecast);

 private:
  DelayedQuestion question_;
};

}  // namespace lorikeet

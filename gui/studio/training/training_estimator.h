#pragma once
#include <QObject>
#include <QTimer>
#include <stop_token>

#include "studio/jobs/background_queue.h"
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
  explicit TrainingEstimator(QObject* parent = nullptr);
  ~TrainingEstimator() override;

  void ask(const TrainingRequest& request);
  /// Drops the question that waits or is being worked on.
  void cancel();
  /// A question waits or is being worked on.
  bool isBusy() const { return isBusy_; }

 signals:
  void answered(const lorikeet::TrainingForecast& forecast);

 private:
  void work();

  TrainingRequest request_;
  QTimer delay_;
  std::stop_source stop_;
  quint64 question_ = 0;
  bool isBusy_ = false;
  BackgroundQueue thread_;
};

}  // namespace lorikeet

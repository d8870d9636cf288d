#pragma once
#include <QObject>
#include <memory>
#include <stop_token>

#include "studio/jobs/background_queue.h"
#include "studio/workshop/workshop_input.h"

namespace lorikeet {

/// Runs one operation of the workshop at a time on a thread of its own. The destructor stops it and waits; what it was
/// writing is gone then.
class WorkshopJob : public QObject {
  Q_OBJECT
 public:
  explicit WorkshopJob(QObject* parent = nullptr);
  ~WorkshopJob() override;

  bool isRunning() const { return stop_ != nullptr; }
  /// Does nothing while another one runs.
  void start(const WorkshopOperation& operation, const WorkshopInput& input);
  void stop();

 signals:
  void started();
  /// secondsLeft: 0 while nothing is known.
  void progressed(int done, int total, const QString& module, double secondsLeft);
  void finished(const lorikeet::WorkshopReport& report);

 private:
  std::shared_ptr<std::stop_source> stop_;  ///< null: nothing runs
  BackgroundQueue thread_;
};

}  // namespace lorikeet

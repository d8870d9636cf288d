#pragma once
#include <QObject>
#include <QThread>
#include <stop_token>

#include "studio/jobs/engine_worker.h"
#include "studio/jobs/job.h"

namespace lorikeet {

/// The window's end of the engine: starts and stops jobs on the worker thread and repeats its signals in the window's
/// thread. Never waits for the engine, except in shutDown().
class JobRunner : public QObject {
  Q_OBJECT
 public:
  explicit JobRunner(const EngineConfig& config = {}, QObject* parent = nullptr);
  ~JobRunner() override;

  /// Begins a job and gives its number. Only one runs at a time: call it when isRunning() is false.
  JobId start(const GenerateRequest& request, const JobOptions& options = {});
  /// Asks the running job to stop; finished() follows soon.
  void stop();
  /// Gives the running job another stack of adapters from its next step on.
  void changeAdapters(const std::vector<AdapterUse>& uses);
  /// Begins a run for looking at only, with one picture, in place of the live run that there may be. A job takes
  /// precedence: call it when isRunning() is false; start() ends it. Its signals carry the number that comes back.
  JobId startLive(const GenerateRequest& request);
  void stopLive();
  bool isLiveRunning() const { return live_ != 0; }
  /// Loads a model in the background unless a job runs; a later call or job takes precedence.
  void preload(const std::filesystem::path& model, Precision precision = Precision::F32);

  /// Stops the engine, waits for it (0.2 s as it promises) and delivers what it had finished. No job can begin after.
  void shutDown();

  bool isRunning() const { return running_ != 0; }
  bool isStopping() const { return isRunning() && stop_.stop_requested(); }

 signals:
  void started(JobId job, const GenerateRequest& request);
  void stopping(JobId job);
  void progressed(JobId job, const Progress& progress);
  void previewed(const JobPreview& preview);
  void pictureFinished(const JobPicture& picture);
  void finished(const JobSummary& summary);
  void failed(const JobFailure& failure);
  /// A file of the stack cannot be used; the picture is made without it.
  void adapterProblem(const QString& file, const QString& reason);
  void livePreviewed(const JobPreview& preview);
  void livePicture(const JobPicture& picture);
  /// Not of a live run that another run took the place of. The failure's message is empty unless it failed.
  void liveFinished(const JobSummary& summary, const JobFailure& failure);
  void modelLoading();
  void modelLoaded(const ModelInfo& model);
  void modelFailed(const JobFailure& failure);
  /// isRunning() or isStopping() changed.
  void stateChanged();
  /// A job or a live run has begun, or neither is left.
  void busyChanged(bool isBusy);

 private:
  void connectWorker();
  void connectLive();
  void end();
  void endLive();
  void announceBusy();

  QThread thread_;
  EngineWorker* worker_ = nullptr;
  std::stop_source stop_;
  std::stop_source preloadStop_;
  std::filesystem::path preloading_;
  Precision preloadingAs_ = Precision::F32;
  std::stop_source liveStop_;
  std::shared_ptr<AdapterTrack> adapters_;  ///< of the running job
  JobId running_ = 0;
  JobId live_ = 0;
  JobId last_ = 0;
  bool wasBusy_ = false;
};

}  // namespace lorikeet

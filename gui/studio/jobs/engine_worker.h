#pragma once
#include <lorikeet/engine.h>

#include <QObject>
#include <memory>
#include <stop_token>

#include "studio/jobs/adapter_track.h"
#include "studio/jobs/job.h"

namespace lorikeet {

/// What a job should send while it runs.
struct JobOptions {
  bool previews = true;
  bool followsStack = true;                     ///< takes part in changes of the adapter stack while it runs
  std::shared_ptr<AdapterTrack> adapters = {};  ///< these changes; may be null
};

/// Owns the engine and runs its jobs, one after the other, on the thread it was moved to. Talks to the window by queued
/// signals that carry values only. Whatever the engine throws becomes a failure, never the end of the program.
class EngineWorker : public QObject {
  Q_OBJECT
 public:
  explicit EngineWorker(const EngineConfig& config) : config_(config) {}

  /// Loads a model ahead of its first picture.
  void load(const std::filesystem::path& model, Precision precision, std::stop_token stop);
  /// Runs one job to its end; exactly one of finished() and failed() follows.
  void generate(JobId job, const GenerateRequest& request, const JobOptions& options, std::stop_token stop);
  /// A run for looking at only: signals of its own, of which liveFinished() is the last one. What it has in common with
  /// the run before it is not computed again.
  void generateLive(JobId job, const GenerateRequest& request, std::stop_token stop);

 signals:
  void loaded(const ModelInfo& model);
  void loadFailed(const JobFailure& failure);
  void progressed(JobId job, const Progress& progress);
  void previewed(const JobPreview& preview);
  void pictureFinished(const JobPicture& picture);
  void finished(const JobSummary& summary);
  void failed(const JobFailure& failure);
  void adapterProblem(const QString& file, const QString& reason);
  void livePreviewed(const JobPreview& preview);
  void livePicture(const JobPicture& picture);
  /// With an empty message unless it failed.
  void liveFinished(const JobSummary& summary, const JobFailure& failure);

 private:
  Engine& engine();
  bool holds(const std::filesystem::path& model, Precision precision) const {
    return holdsModel_ && heldPath_ == model && heldPrecision_ == precision;
  }
  const ModelInfo& hold(const std::filesystem::path& model, Precision precision, std::stop_token stop);
  GenerateCallbacks callbacksFor(JobId job, const GenerateRequest& request, const JobOptions& options);
  /// Joins the job's track of adapters to the callbacks.
  void followAdapters(GenerateCallbacks& callbacks, const std::shared_ptr<AdapterTrack>& track);

  EngineConfig config_;
  std::unique_ptr<Engine> engine_;
  RunMemory memory_;
  ModelInfo held_;
  bool holdsModel_ = false;
  std::filesystem::path heldPath_;
  Precision heldPrecision_ = Precision::F32;
};

}  // namespace lorikeet

#pragma once
#include <lorikeet/file_hashes.h>

#include <QImage>
#include <QObject>
#include <optional>
#include <vector>

#include "studio/jobs/background_queue.h"
#include "studio/settings/settings.h"
#include "studio/training/training_report.h"
#include "studio/training/training_setup.h"

namespace lorikeet {

struct TrainingLink;

/// A training that was begun and not finished, and how far its state on disk is.
struct UnfinishedTraining {
  TrainingSetup setup;
  int steps = 0;
  QString name() const;
};

/// The studio's training: one at a time, on a thread of its own, held up while pictures are made if that is wanted.
/// It keeps what the window shows, so that windows may come and go. What was begun is remembered in the settings until
/// it is finished or discarded, also when the program crashes. Lives in the window's thread.
class TrainingSession : public QObject {
  Q_OBJECT
 public:
  enum class State { Idle, Running, Paused, Waiting, Stopping };

  TrainingSession(Settings& settings, FileHashes& hashes, QObject* parent = nullptr);
  ~TrainingSession() override;

  /// Begins a training anew, or where one with the same output was stopped. Does nothing while one runs.
  void start(const TrainingSetup& setup);
  void resume(const TrainingSetup& setup);
  /// Gives the processor back at once; the step that is under way is begun anew afterwards.
  void setPaused(bool paused);
  /// Whether pictures are being made.
  void setPicturesInProgress(bool inProgress);
  /// Keeps the state on disk, to be resumed.
  void stop();
  /// Stops and waits until the state is on disk. No training begins after.
  void shutDown();

  State state() const;
  bool isRunning() const { return link_ != nullptr; }
  /// Of the running or latest training.
  const TrainingSetup& setup() const { return setup_; }
  const TrainingProgress& progress() const { return progress_; }
  /// What it takes; without pictures until that is known.
  const TrainingEstimate& plan() const { return plan_; }
  const std::vector<float>& losses() const { return losses_; }
  /// The latest ones, oldest first.
  const std::vector<TrainingSample>& samples() const { return samples_; }
  /// The sample that forms; null where none does.
  const QImage& preview() const { return preview_; }
  const TrainingReport& report() const { return report_; }

  /// The latest one that was begun and not finished, if its state is there.
  std::optional<UnfinishedTraining> unfinished() const;
  /// Deletes the state of a training with this output.
  void discard(const std::filesystem::path& output);

 signals:
  void stateChanged();
  void progressed();
  void samplesChanged();
  void previewed();
  void finished(const lorikeet::TrainingReport& report);

 private:
  void begin(const TrainingSetup& setup, bool resumes);
  void applyPause();
  void deliver();
  void takeSample(const TrainingSample& sample);
  void takePreview(const QImage& picture);
  /// Remembers a training as begun, or forgets it; by its output.
  void remember(const TrainingSetup& setup);
  void forget(const std::filesystem::path& output);
  void end(const TrainingReport& report);

  Settings& settings_;
  FileHashes& hashes_;
  std::shared_ptr<TrainingLink> link_;  ///< shared with the training's thread; null: nothing runs
  TrainingSetup setup_;
  TrainingProgress progress_;
  TrainingEstimate plan_;
  std::vector<float> losses_;
  std::vector<TrainingSample> samples_;
  QImage preview_;
  TrainingReport report_;
  bool isPaused_ = false;
  bool picturesInProgress_ = false;
  bool isShutDown_ = false;
  BackgroundQueue thread_;
};

}  // namespace lorikeet

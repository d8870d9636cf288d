#pragma once
#include <lorikeet/file_hashes.h>

#include <QImage>
#include <QObject>

#include "studio/history/session_results.h"
#include "studio/jobs/background_queue.h"
#include "studio/jobs/job_queue.h"
#include "studio/storage/picture_vault.h"
#include "studio/sweep/sweep_record.h"

namespace lorikeet {

/// How far one picture of a sweep is. Missing: neither made nor in the queue.
enum class SweepCellState { Missing, Waiting, Running, Done, Failed };

/// One picture of the sweep as the window shows it.
struct SweepPicture {
  SweepCellState state = SweepCellState::Missing;
  QString file;
  QString problem;  ///< why it failed
  QImage thumbnail;
  quint64 result = 0;  ///< its number in the session's results, until it is saved
};

/// The studio's sweep: its pictures are jobs of the queue, one each, so that they come one after the other with
/// everything else, share the worker's memory and outlive a crash. What was asked for and which pictures are there is
/// kept in a file; when the last one is there the grid is saved beside them. Lives in the window's thread.
class SweepSession : public QObject {
  Q_OBJECT
 public:
  /// `folder` holds the record.
  SweepSession(JobQueue& queue, const SessionResults& results, FileHashes& hashes, const QString& folder,
               QObject* parent = nullptr);
  ~SweepSession() override { finish(); }

  /// Reads the sweep that the last session left; its jobs come back with the queue.
  void open();
  /// Begins a sweep in place of the one before, whose pictures stay. Throws Error for what planSweep() refuses.
  void start(const GenerateRequest& base, const SweepAxis& x, const std::optional<SweepAxis>& y);
  /// Takes what is not finished off the queue.
  void stop();
  /// Puts what is missing or failed into the queue again.
  void resume();

  bool isEmpty() const { return plan_.cells.empty(); }
  /// Some of its pictures wait or are being made.
  bool isActive() const { return count(SweepCellState::Waiting) + count(SweepCellState::Running) > 0; }
  const SweepPlan& plan() const { return plan_; }
  const SweepRecord& record() const { return record_; }
  const SweepPicture& picture(size_t cell) const { return pictures_[cell]; }
  int count(SweepCellState state) const;
  /// Estimate for what is left; 0 while unknown.
  double secondsLeft() const;
  /// The same for a whole sweep.
  double secondsOf(const SweepPlan& plan) const;

  /// A picture came out of the running job; true where it belongs to the sweep, and is then to be saved.
  bool take(quint64 result, const JobPicture& picture);
  void setSaved(quint64 result, const QString& file);
  void setSaveFailed(quint64 result, const QString& message);
  /// Whether grids carry their settings.
  void setWritesInfotext(bool writes) { writesInfotext_ = writes; }
  /// Waits until everything is on disk.
  void finish() { queue_.finish(); }

 signals:
  /// Pictures or their states changed; another sweep began.
  void changed();
  void gridSaved(const QString& file);
  void problem(const QString& message);

 private:
  void follow();
  void add(size_t cell);
  void finishIfComplete();
  void saveGrid();
  void write();
  void loadThumbnails();
  qsizetype cellOf(quint64 result) const;

  JobQueue& jobs_;
  const SessionResults& results_;
  FileHashes& hashes_;
  QString file_;
  PictureVault vault_;
  SweepRecord record_;
  SweepPlan plan_;
  std::vector<SweepPicture> pictures_;
  QString modelName_;
  bool writesInfotext_ = true;
  bool savingGrid_ = false;
  BackgroundQueue queue_;
};

}  // namespace lorikeet

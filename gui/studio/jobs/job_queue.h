#pragma once
#include <QAbstractListModel>
#include <optional>

#include "studio/jobs/job_runner.h"
#include "studio/jobs/pace.h"
#include "studio/jobs/queue_journal.h"

namespace lorikeet {

/// The jobs that wait, run or failed, in the order in which they run, and what starts them one after the other. Every
/// change is in the journal; after a crash the interrupted job begins again. Lives in the window's thread.
class JobQueue : public QAbstractListModel {
  Q_OBJECT
 public:
  enum Role { IdRole = Qt::UserRole, StateRole, SummaryRole, MessageRole, ShareRole, HeldRole };
  /// A job that was begun this often and whose end no program lived to see counts as failed, so that one that takes the
  /// program along does not do so at every start.
  static constexpr int kMaxAttempts = 3;

  /// `folder` holds the journal.
  JobQueue(JobRunner& runner, const QString& folder, QObject* parent = nullptr);

  /// Reads what earlier programs left and begins it. Until then nothing is started by itself. Gives sentences to show.
  QStringList open();
  /// What jobs send while they run, from the next one on.
  void setOptions(const JobOptions& options) { options_ = options; }

  /// Adds a job at the end and gives its number; begins it when nothing else waits or runs.
  quint64 add(const GenerateRequest& request, const SweepPlace& place = {});
  /// Adds a job in front of those that wait and begins it; nothing may run.
  quint64 runNow(const GenerateRequest& request);
  /// Changes a job that has not begun; false where it has. One of a sweep is a job of its own then.
  bool replace(quint64 id, const GenerateRequest& request);
  /// A copy behind the job. Its number, 0 where there is no such job.
  quint64 duplicate(quint64 id);
  /// Takes a job off the queue; the running one is stopped and the next begins.
  void remove(quint64 id);
  /// Lets a failed or stopped job wait again.
  void retry(quint64 id);
  void retryFailed();
  /// A held job is passed over, while it is edited.
  void setHeld(quint64 id);
  quint64 held() const { return held_; }

  /// Begins no other job after the running one.
  void setPaused(bool paused);
  bool isPaused() const { return paused_; }
  /// Stops the running job, which may be retried, and what would follow it.
  void stop();
  /// Before the program ends: the running job begins again at the next start.
  void close();

  const QueueJob* find(quint64 id) const;
  const QueueJob& at(int row) const { return jobs_[size_t(row)]; }
  QModelIndex indexOf(quint64 id) const;
  int count(QueueState state) const;
  /// Null where none runs.
  const QueueJob* running() const;
  /// Estimate for everything that runs and waits; 0 while unknown.
  double secondsLeft() const;
  /// The same for one request.
  double secondsOf(const GenerateRequest& request) const { return pace_.secondsOf(request); }
  void finishWriting() { journal_.finish(); }

  int rowCount(const QModelIndex& parent = {}) const override;
  QVariant data(const QModelIndex& index, int role) const override;
  Qt::ItemFlags flags(const QModelIndex& index) const override;
  Qt::DropActions supportedDropActions() const override { return Qt::MoveAction; }
  bool moveRows(const QModelIndex& from, int row, int count, const QModelIndex& to, int before) override;

 signals:
  /// Jobs, their states, the pause or the time left changed.
  void changed();
  /// The journal cannot be written.
  void problem(const QString& message);

 private:
  void onProgress(JobId job, const Progress& progress);
  void onFinished(const JobSummary& summary);
  void onFailed(const JobFailure& failure);
  quint64 insert(int row, const GenerateRequest& request, const SweepPlace& place = {});
  void erase(int row);
  void start(int row);
  void startNextSoon();
  void startNext();
  void setState(int row, QueueState state, const QString& message = {});
  void writeOrder();
  bool rewroteAfterFailure();
  int rowOf(quint64 id) const;
  int runningRow() const;

  JobRunner& runner_;
  QueueJournal journal_;
  JobOptions options_;
  std::vector<QueueJob> jobs_;
  Pace pace_;
  Progress progress_;
  JobId runnerJob_ = 0;  ///< the running job by the runner's count
  quint64 last_ = 0;
  quint64 held_ = 0;
  bool paused_ = false;
  bool opened_ = false;
  bool closed_ = false;
  bool skipping_ = false;  ///< the running job was removed
  bool journalBroken_ = false;
};

/// "512 × 512 · 20 steps · DPM++ 2M · seed 42 · 4 pictures"
QString summaryOf(const GenerateRequest& request);

}  // namespace lorikeet

#include "studio/jobs/job_queue.h"

#include <QTimer>
#include <algorithm>

#include "studio/jobs/convert.h"

namespace lorikeet {

JobQueue::JobQueue(JobRunner& runner, const QString& folder, QObject* parent)
    : QAbstractListModel(parent), runner_(runner), journal_(folder) {
  connect(&runner_, &JobRunner::progressed, this, &JobQueue::onProgress);
  connect(&runner_, &JobRunner::finished, this, &JobQueue::onFinished);
  connect(&runner_, &JobRunner::failed, this, &JobQueue::onFailed);
  connect(&journal_, &QueueJournal::failed, this, [this](const QString& message) {
    journalBroken_ = true;
    emit problem(message);
  });
}

QStringList JobQueue::open() {
  QStringList notices;
  QueueContents contents = journal_.open(notices);
  const auto wasRunning = [](const QueueJob& job) { return job.state == QueueState::Running; };
  std::stable_partition(contents.jobs.begin(), contents.jobs.end(), wasRunning);
  if (!contents.jobs.empty() && wasRunning(contents.jobs.front()))
    notices << tr("Lorikeet ended while it made a picture; that job begins again.");
  for (QueueJob& job : contents.jobs) {
    if (job.state != QueueState::Running) continue;
    job.state = job.attempts < kMaxAttempts ? QueueState::Waiting : QueueState::Failed;
    if (job.state == QueueState::Failed)
      job.message =
          tr("Lorikeet ended %1 times while this job ran. Retry it when the reason is mended.").arg(job.attempts);
  }
  for (const QueueJob& job : contents.jobs) last_ = std::max(last_, job.id);
  beginResetModel();
  // What was added before this is new and comes last.
  for (QueueJob& job : jobs_) job.id = ++last_;
  contents.jobs.insert(contents.jobs.end(), jobs_.begin(), jobs_.end());
  jobs_ = std::move(contents.jobs);
  paused_ = contents.paused;
  endResetModel();
  opened_ = true;
  journal_.writeAll({jobs_, paused_});
  emit changed();
  startNextSoon();
  return notices;
}

quint64 JobQueue::add(const GenerateRequest& request, const SweepPlace& place) {
  const quint64 id = insert(int(jobs_.size()), request, place);
  startNextSoon();
  return id;
}

quint64 JobQueue::runNow(const GenerateRequest& request) {
  const quint64 id = insert(0, request);
  writeOrder();
  start(0);
  return id;
}

bool JobQueue::replace(quint64 id, const GenerateRequest& request) {
  const int row = rowOf(id);
  if (row < 0 || jobs_[size_t(row)].state == QueueState::Running) return false;
  jobs_[size_t(row)].request = request;
  jobs_[size_t(row)].place = {};
  if (!rewroteAfterFailure()) journal_.writeJob(id, request);
  setState(row, QueueState::Waiting);
  startNextSoon();
  return true;
}

quint64 JobQueue::duplicate(quint64 id) {
  const int row = rowOf(id);
  if (row < 0) return 0;
  const quint64 copy = insert(row + 1, GenerateRequest(jobs_[size_t(row)].request));
  writeOrder();
  startNextSoon();
  return copy;
}

void JobQueue::remove(quint64 id) {
  const int row = rowOf(id);
  if (row < 0) return;
  if (jobs_[size_t(row)].state == QueueState::Running) {
    skipping_ = true;
    runner_.stop();
  } else {
    erase(row);
  }
}

void JobQueue::retry(quint64 id) {
  const int row = rowOf(id);
  if (row < 0 || jobs_[size_t(row)].state == QueueState::Running) return;
  jobs_[size_t(row)].attempts = 0;
  setState(row, QueueState::Waiting);
  startNextSoon();
}

void JobQueue::retryFailed() {
  std::vector<quint64> ids;
  for (const QueueJob& job : jobs_)
    if (job.state == QueueState::Failed || job.state == QueueState::Stopped) ids.push_back(job.id);
  for (const quint64 id : ids) retry(id);
}

void JobQueue::setHeld(quint64 id) {
  const QModelIndex before = indexOf(held_);
  held_ = id;
  for (const QModelIndex& index : {before, indexOf(held_)})
    if (index.isValid()) emit dataChanged(index, index, {HeldRole});
  startNextSoon();
}

void JobQueue::setPaused(bool paused) {
  if (paused == paused_) return;
  paused_ = paused;
  if (!rewroteAfterFailure()) journal_.writePaused(paused);
  emit changed();
  startNextSoon();
}

void JobQueue::stop() {
  if (!runner_.isRunning()) return;
  if (count(QueueState::Waiting) > 0) setPaused(true);
  runner_.stop();
}

void JobQueue::close() {
  if (closed_) return;
  closed_ = true;
  const int row = runningRow();
  if (row < 0) return;
  QueueJob interrupted = jobs_[size_t(row)];
  interrupted.state = QueueState::Waiting;
  interrupted.attempts = std::max(0, interrupted.attempts - 1);  // this end is no fault of the job
  journal_.writeState(interrupted);
  if (row > 0) moveRows({}, row, 1, {}, 0);
}

int JobQueue::count(QueueState state) const { return int(std::ranges::count(jobs_, state, &QueueJob::state)); }

double JobQueue::secondsLeft() const {
  double seconds = 0;
  for (const QueueJob& job : jobs_) {
    if (job.state == QueueState::Running)
      seconds += progress_.secondsLeft > 0 ? progress_.secondsLeft : pace_.secondsOf(job.request);
    if (job.state == QueueState::Waiting) seconds += pace_.secondsOf(job.request);
  }
  return seconds;
}

void JobQueue::onProgress(JobId job, const Progress& progress) {
  const int row = runningRow();
  if (job != runnerJob_ || row < 0) return;
  progress_ = progress;
  pace_.learn(jobs_[size_t(row)].request, progress);
  emit dataChanged(index(row), index(row), {ShareRole});
  emit changed();
}

void JobQueue::onFinished(const JobSummary& summary) {
  const int row = runningRow();
  if (summary.job != runnerJob_ || row < 0) return;
  if (closed_ && summary.status == Status::Stopped && !skipping_) return;
  runnerJob_ = 0;
  if (summary.status == Status::Done || skipping_) {
    erase(row);
  } else {
    jobs_[size_t(row)].attempts = 0;
    setState(row, QueueState::Stopped);
  }
  skipping_ = false;
  startNextSoon();
}

void JobQueue::onFailed(const JobFailure& failure) {
  const int row = runningRow();
  if (failure.job != runnerJob_ || row < 0 || closed_) return;
  runnerJob_ = 0;
  jobs_[size_t(row)].attempts = 0;
  skipping_ ? erase(row) : setState(row, QueueState::Failed, failure.message);
  skipping_ = false;
  startNextSoon();
}

quint64 JobQueue::insert(int row, const GenerateRequest& request, const SweepPlace& place) {
  beginInsertRows({}, row, row);
  jobs_.insert(jobs_.begin() + row, QueueJob{++last_, request, QueueState::Waiting, {}, 0, place});
  endInsertRows();
  if (!rewroteAfterFailure()) journal_.writeJob(last_, request, place);
  emit changed();
  return last_;
}

void JobQueue::erase(int row) {
  const quint64 id = jobs_[size_t(row)].id;
  beginRemoveRows({}, row, row);
  jobs_.erase(jobs_.begin() + row);
  endRemoveRows();
  if (held_ == id) held_ = 0;
  if (!rewroteAfterFailure()) journal_.writeRemoved(id);
  emit changed();
}

void JobQueue::start(int row) {
  progress_ = {};
  ++jobs_[size_t(row)].attempts;
  setState(row, QueueState::Running);
  JobOptions options = options_;
  options.followsStack = jobs_[size_t(row)].place.sweep.isEmpty();  // a sweep's pictures are what it planned
  runnerJob_ = runner_.start(jobs_[size_t(row)].request, options);
}

/// After the runner's other listeners heard that the last job ended.
void JobQueue::startNextSoon() { QTimer::singleShot(0, this, &JobQueue::startNext); }

void JobQueue::startNext() {
  if (!opened_ || closed_ || paused_ || runner_.isRunning()) return;
  const auto next = std::ranges::find_if(
      jobs_, [this](const QueueJob& job) { return job.state == QueueState::Waiting && job.id != held_; });
  if (next != jobs_.end()) start(int(next - jobs_.begin()));
}

void JobQueue::setState(int row, QueueState state, const QString& message) {
  QueueJob& job = jobs_[size_t(row)];
  job.state = state;
  job.message = message;
  if (!rewroteAfterFailure()) journal_.writeState(job);
  emit dataChanged(index(row), index(row));
  emit changed();
}

void JobQueue::writeOrder() {
  if (rewroteAfterFailure()) return;
  std::vector<quint64> ids;
  for (const QueueJob& job : jobs_) ids.push_back(job.id);
  journal_.writeOrder(ids);
}

bool JobQueue::rewroteAfterFailure() {
  if (!journalBroken_) return false;
  journalBroken_ = false;
  journal_.writeAll({jobs_, paused_});
  return true;
}

}  // namespace lorikeet

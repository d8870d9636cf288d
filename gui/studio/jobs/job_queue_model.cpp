// JobQueue as a list for views; what it does is in job_queue.cpp.
#include <algorithm>

#include "studio/jobs/convert.h"
#include "studio/jobs/job_queue.h"

namespace lorikeet {
namespace {

double shareOf(const Progress& progress) {
  if (progress.stepCount <= 0 || progress.imageCount <= 0) return 0;
  const bool isSampling = progress.stage == Stage::Denoising;
  const double ofImage = progress.stage == Stage::Decoding ? 1.0
                         : isSampling                      ? double(progress.step) / progress.stepCount
                                                           : 0.0;
  return std::clamp((progress.imageIndex + ofImage) / progress.imageCount, 0.0, 1.0);
}

}  // namespace

QString summaryOf(const GenerateRequest& request) {
  QStringList parts;
  if (request.width > 0 && request.height > 0)
    parts << QStringLiteral("%1 × %2").arg(request.width).arg(request.height);
  parts << (request.steps == 1 ? JobQueue::tr("1 step") : JobQueue::tr("%1 steps").arg(request.steps))
        << toQString(label(request.sampler)) << JobQueue::tr("seed %1").arg(request.seed);
  if (request.imageCount > 1) parts << JobQueue::tr("%1 pictures").arg(request.imageCount);
  if (!request.init.empty()) parts << JobQueue::tr("from a picture");
  if (request.adapters.size() == 1) parts << JobQueue::tr("1 adapter");
  if (request.adapters.size() > 1) parts << JobQueue::tr("%1 adapters").arg(request.adapters.size());
  return parts.join(QStringLiteral(" · "));
}

const QueueJob* JobQueue::find(quint64 id) const {
  const int row = rowOf(id);
  return row < 0 ? nullptr : &jobs_[size_t(row)];
}

QModelIndex JobQueue::indexOf(quint64 id) const {
  const int row = rowOf(id);
  return row < 0 ? QModelIndex() : index(row);
}

const QueueJob* JobQueue::running() const {
  const int row = runningRow();
  return row < 0 ? nullptr : &jobs_[size_t(row)];
}

int JobQueue::rowOf(quint64 id) const {
  const auto found = std::ranges::find(jobs_, id, &QueueJob::id);
  return found == jobs_.end() ? -1 : int(found - jobs_.begin());
}

int JobQueue::runningRow() const {
  const auto found = std::ranges::find(jobs_, QueueState::Running, &QueueJob::state);
  return found == jobs_.end() ? -1 : int(found - jobs_.begin());
}

int JobQueue::rowCount(const QModelIndex& parent) const { return parent.isValid() ? 0 : int(jobs_.size()); }

QVariant JobQueue::data(const QModelIndex& index, int role) const {
  if (!checkIndex(index, CheckIndexOption::IndexIsValid)) return {};
  const QueueJob& job = at(index.row());
  switch (role) {
    case Qt::DisplayRole:
      return toQString(job.request.prompt).simplified();
    case Qt::ToolTipRole:
      return QStringLiteral("<p>%1</p><p>%2</p>%3")
          .arg(toQString(job.request.prompt).toHtmlEscaped(), summaryOf(job.request).toHtmlEscaped(),
               job.message.isEmpty() ? QString() : QStringLiteral("<p>%1</p>").arg(job.message.toHtmlEscaped()));
    case IdRole:
      return job.id;
    case StateRole:
      return int(job.state);
    case SummaryRole:
      return job.place.sweep.isEmpty() ? summaryOf(job.request)
                                       : tr("Sweep: %1 · %2").arg(job.place.label, summaryOf(job.request));
    case MessageRole:
      return job.message;
    case ShareRole:
      return job.state == QueueState::Running ? shareOf(progress_) : 0.0;
    case HeldRole:
      return job.id == held_;
    default:
      return {};
  }
}

Qt::ItemFlags JobQueue::flags(const QModelIndex& index) const {
  const Qt::ItemFlags flags = QAbstractListModel::flags(index);
  return index.isValid() ? flags | Qt::ItemIsDragEnabled : flags | Qt::ItemIsDropEnabled;
}

bool JobQueue::moveRows(const QModelIndex&, int row, int count, const QModelIndex&, int before) {
  const bool isInside =
      row >= 0 && count > 0 && row + count <= int(jobs_.size()) && before >= 0 && before <= int(jobs_.size());
  if (!isInside || !beginMoveRows({}, row, row + count - 1, {}, before)) return false;
  const auto begin = jobs_.begin();
  if (before < row) {
    std::rotate(begin + before, begin + row, begin + row + count);
  } else {
    std::rotate(begin + row, begin + row + count, begin + before);
  }
  endMoveRows();
  writeOrder();
  emit changed();
  return true;
}

}  // namespace lorikeet

#include "queue/queue_panel.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QToolButton>
#include <QVBoxLayout>

#include "queue/queue_view.h"
#include "studio/jobs/job_queue.h"
#include "widgets/action_button.h"
#include "widgets/action_table.h"
#include "widgets/duration_text.h"

namespace lorikeet {
QString describeTotal(const JobQueue& queue) {
  const int waiting = queue.count(QueueState::Waiting);
  const int running = queue.count(QueueState::Running);
  const int failed = queue.count(QueueState::Failed);
  int pictures = 0;
  for (int row = 0; row < queue.rowCount(); ++row) {
    const QueueJob& job = queue.at(row);
    if (job.state == QueueState::Waiting || job.state == QueueState::Running) pictures += job.request.imageCount;
  }
  QStringList parts;
  if (running + waiting > 0)
    parts << (running + waiting == 1 ? QueuePanel::tr("1 job") : QueuePanel::tr("%1 jobs").arg(running + waiting));
  if (pictures > 1) parts << QueuePanel::tr("%1 pictures").arg(pictures);
  if (failed > 0) parts << QueuePanel::tr("%1 failed").arg(failed);
  if (const double seconds = queue.secondsLeft(); seconds > 0) parts << timeLeftText(seconds);
  if (queue.isPaused()) parts << (running > 0 ? QueuePanel::tr("pauses after this job") : QueuePanel::tr("paused"));
  return parts.join(QStringLiteral(" · "));
}

QueuePanel::QueuePanel(JobQueue& queue, const ActionTable& actions, QWidget* parent) : QWidget(parent), queue_(queue) {
  setObjectName(QStringLiteral("queuePanel"));
  view_ = new QueueView(queue, actions, this);
  editBar_ = makeEditBar(actions);
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(0, 0, 0, 0);
  layout->setSpacing(0);
  layout->addWidget(makeButtons(actions));
  layout->addWidget(editBar_);
  layout->addWidget(view_, 1);
  connect(&queue, &JobQueue::changed, this, &QueuePanel::showTotal);
  showTotal();
  hideEditing();
}

QWidget* QueuePanel::makeButtons(const ActionTable& actions) {
  auto* bar = new QWidget(this);
  total_ = new QLabel(bar);
  total_->setObjectName(QStringLiteral("queueTotal"));
  total_->setProperty("role", QStringLiteral("quiet"));
  auto* layout = new QHBoxLayout(bar);
  layout->setContentsMargins(8, 2, 8, 2);
  layout->setSpacing(2);
  for (const ActionId id : {ActionId::AddToQueue, ActionId::PauseQueue, ActionId::RetryFailedJobs})
    layout->addWidget(makePanelButton(actions[id], bar));
  layout->addSpacing(12);
  for (const ActionId id :
       {ActionId::EditJob, ActionId::DuplicateJob, ActionId::MoveJobUp, ActionId::MoveJobDown, ActionId::RemoveJob})
    layout->addWidget(makePanelButton(actions[id], bar));
  layout->addStretch(1);
  layout->addWidget(total_);
  return bar;
}

QFrame* QueuePanel::makeEditBar(const ActionTable& actions) {
  auto* bar = new QFrame(this);
  bar->setObjectName(QStringLiteral("queueEditBar"));
  editText_ = new QLabel(bar);
  editText_->setTextFormat(Qt::PlainText);
  editText_->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
  auto* layout = new QHBoxLayout(bar);
  layout->setContentsMargins(12, 3, 8, 3);
  layout->addWidget(editText_, 1);
  layout->addWidget(new ActionButton(actions[ActionId::CancelEditJob], {}, bar));
  layout->addWidget(new ActionButton(actions[ActionId::SaveJob], {}, bar));
  return bar;
}

void QueuePanel::showEditing(const QString& prompt) {
  editText_->setText(tr("The form shows a job of the queue: %1").arg(prompt.simplified()));
  editText_->setToolTip(prompt);
  editBar_->show();
}

void QueuePanel::hideEditing() { editBar_->hide(); }

void QueuePanel::showTotal() { total_->setText(describeTotal(queue_)); }

}  // namespace lorikeet

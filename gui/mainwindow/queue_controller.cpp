#include "mainwindow/queue_controller.h"

#include "mainwindow/request_composer.h"
#include "queue/queue_panel.h"
#include "queue/queue_view.h"
#include "studio/jobs/convert.h"
#include "widgets/message_bar.h"

namespace lorikeet {

QueueController::QueueController(Studio& studio, const ActionTable& actions, RequestComposer& composer,
                                 QueuePanel& panel, MessageBar& messages, QObject* parent)
    : QObject(parent), studio_(studio), actions_(actions), composer_(composer), panel_(panel), messages_(messages) {
  connectActions();
  connect(&studio_.queue, &JobQueue::changed, this, &QueueController::updateActions);
  connect(&studio_.queue, &JobQueue::problem, this,
          [this](const QString& message) { messages_.showMessage(MessageBar::Kind::Warning, message); });
  connect(panel_.view(), &QueueView::currentJobChanged, this, &QueueController::updateActions);
  updateActions();
}

void QueueController::open() {
  const QStringList notices = studio_.queue.open();
  if (!notices.isEmpty())
    messages_.showMessage(MessageBar::Kind::Info, notices.front(), notices.mid(1).join(QLatin1Char('\n')));
  if (studio_.queue.rowCount() > 0) emit panelWanted();
}

void QueueController::connectActions() {
  JobQueue& queue = studio_.queue;
  const auto onCurrent = [this](ActionId id, auto work) {
    connect(actions_[id], &QAction::triggered, this, [this, work] {
      if (const quint64 job = panel_.view()->currentId()) work(job);
    });
  };
  connect(actions_[ActionId::AddToQueue], &QAction::triggered, this, &QueueController::add);
  connect(actions_[ActionId::PauseQueue], &QAction::triggered, this,
          [&queue](bool paused) { queue.setPaused(paused); });
  connect(actions_[ActionId::RetryFailedJobs], &QAction::triggered, &queue, &JobQueue::retryFailed);
  connect(actions_[ActionId::EditJob], &QAction::triggered, this, &QueueController::edit);
  connect(actions_[ActionId::SaveJob], &QAction::triggered, this, &QueueController::save);
  connect(actions_[ActionId::CancelEditJob], &QAction::triggered, this, &QueueController::cancelEdit);
  onCurrent(ActionId::DuplicateJob, [&queue](quint64 job) { queue.duplicate(job); });
  onCurrent(ActionId::RetryJob, [&queue](quint64 job) { queue.retry(job); });
  onCurrent(ActionId::RemoveJob, [&queue](quint64 job) { queue.remove(job); });
  onCurrent(ActionId::MoveJobUp, [this](quint64) { panel_.view()->moveCurrent(-1); });
  onCurrent(ActionId::MoveJobDown, [this](quint64) { panel_.view()->moveCurrent(1); });
}

void QueueController::updateActions() {
  const JobQueue& queue = studio_.queue;
  const QueueJob* job = queue.find(panel_.view()->currentId());
  const bool isEditing = queue.held() != 0;
  const bool isResting = job && job->state != QueueState::Running;
  const int row = job ? queue.indexOf(job->id).row() : -1;
  actions_[ActionId::EditJob]->setEnabled(isResting && !isEditing);
  actions_[ActionId::DuplicateJob]->setEnabled(job);
  actions_[ActionId::RemoveJob]->setEnabled(job);
  actions_[ActionId::RetryJob]->setEnabled(isResting && job->state != QueueState::Waiting);
  actions_[ActionId::MoveJobUp]->setEnabled(row > 0);
  actions_[ActionId::MoveJobDown]->setEnabled(row >= 0 && row + 1 < queue.rowCount());
  actions_[ActionId::RetryFailedJobs]->setEnabled(queue.count(QueueState::Failed) + queue.count(QueueState::Stopped) >
                                                  0);
  actions_[ActionId::PauseQueue]->setChecked(queue.isPaused());
  actions_[ActionId::SaveJob]->setEnabled(isEditing);
  actions_[ActionId::CancelEditJob]->setEnabled(isEditing);
  if (!isEditing) panel_.hideEditing();  // also when the edited job was removed
}

void QueueController::add() {
  if (studio_.queue.held() != 0) {
    save();
    return;
  }
  studio_.queue.setOptions({studio_.settings.preferences().livePreview});
  studio_.queue.add(composer_.nextRequest());
  emit panelWanted();
}

void QueueController::edit() {
  const QueueJob* job = studio_.queue.find(panel_.view()->currentId());
  if (!job || job->state == QueueState::Running) return;
  const GenerateRequest request = job->request;
  beforeEdit_ = composer_.request();
  studio_.queue.setHeld(job->id);
  composer_.show(request);
  panel_.showEditing(toQString(request.prompt));
  updateActions();
}

void QueueController::save() {
  studio_.queue.replace(studio_.queue.held(), composer_.request());
  endEdit();
}

void QueueController::cancelEdit() {
  composer_.show(beforeEdit_);
  endEdit();
}

void QueueController::endEdit() {
  studio_.queue.setHeld(0);
  updateActions();
}

}  // namespace lorikeet

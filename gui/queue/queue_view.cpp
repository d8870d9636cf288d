#include "queue/queue_view.h"

#include <QContextMenuEvent>
#include <QMenu>

#include "queue/queue_delegate.h"
#include "studio/jobs/job_queue.h"
#include "widgets/action_table.h"
#include "widgets/file_list.h"

namespace lorikeet {

QueueView::QueueView(JobQueue& queue, const ActionTable& actions, QWidget* parent)
    : QListView(parent), queue_(queue), actions_(actions) {
  setObjectName(QStringLiteral("queueView"));
  setAccessibleName(tr("Jobs of the queue"));
  setToolTip(tr("Jobs in the order in which they run. Drag one, or press Alt and an arrow key, to move it."));
  setItemDelegate(new QueueDelegate(this));
  setFrameShape(QFrame::NoFrame);
  setMouseTracking(true);
  setUniformItemSizes(true);
  setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
  setDragEnabled(true);
  setDragDropMode(QAbstractItemView::InternalMove);
  setDropIndicatorShown(true);
  setModel(&queue);
}

quint64 QueueView::currentId() const { return currentIndex().data(JobQueue::IdRole).toULongLong(); }

void QueueView::moveCurrent(int rows) {
  const int row = currentIndex().row();
  const int target = row + rows;
  if (row < 0 || target < 0 || target >= queue_.rowCount()) return;
  queue_.moveRow({}, row, {}, rows > 0 ? target + 1 : target);
  scrollTo(currentIndex());
}

void QueueView::currentChanged(const QModelIndex& current, const QModelIndex& previous) {
  QListView::currentChanged(current, previous);
  emit currentJobChanged();
}

void QueueView::contextMenuEvent(QContextMenuEvent* event) {
  const bool byMouse = event->reason() == QContextMenuEvent::Mouse;
  const QModelIndex index = byMouse ? indexAt(event->pos()) : currentIndex();
  if (index.isValid()) setCurrentIndex(index);
  auto* menu = new QMenu(this);
  menu->setAttribute(Qt::WA_DeleteOnClose);
  menu->setToolTipsVisible(true);
  if (index.isValid()) {
    for (const ActionId id : {ActionId::EditJob, ActionId::DuplicateJob, ActionId::RetryJob, ActionId::RemoveJob})
      menu->addAction(actions_[id]);
    menu->addSeparator();
    menu->addAction(actions_[ActionId::MoveJobUp]);
    menu->addAction(actions_[ActionId::MoveJobDown]);
    menu->addSeparator();
  }
  menu->addAction(actions_[ActionId::PauseQueue]);
  menu->addAction(actions_[ActionId::RetryFailedJobs]);
  menu->popup(byMouse ? event->globalPos() : viewport()->mapToGlobal(visualRect(index).center()));
}

void QueueView::keyPressEvent(QKeyEvent* event) {
  const bool isAlt = event->modifiers() == Qt::AltModifier;
  if (isAlt && event->key() == Qt::Key_Up) {
    moveCurrent(-1);
  } else if (isAlt && event->key() == Qt::Key_Down) {
    moveCurrent(1);
  } else if (event->matches(QKeySequence::Delete)) {
    actions_[ActionId::RemoveJob]->trigger();
  } else if (event->key() == Qt::Key_Return && event->modifiers() == Qt::NoModifier) {
    actions_[ActionId::EditJob]->trigger();
  } else {
    QListView::keyPressEvent(event);
  }
}

void QueueView::mouseDoubleClickEvent(QMouseEvent* event) {
  QListView::mouseDoubleClickEvent(event);
  if (indexAt(event->pos()).isValid()) actions_[ActionId::EditJob]->trigger();
}

void QueueView::paintEvent(QPaintEvent* event) {
  QListView::paintEvent(event);
  if (queue_.rowCount() > 0) return;
  paintEmptyText(*this, tr("Nothing waits. Ctrl+Shift+Enter puts what the form says at the end of the queue."));
}

}  // namespace lorikeet

#include "gallery/result_strip.h"

#include <QApplication>
#include <QContextMenuEvent>
#include <QMenu>
#include <QMimeData>
#include <QScrollBar>
#include <QWheelEvent>
#include <algorithm>

#include "gallery/result_delegate.h"
#include "studio/history/session_results.h"
#include "widgets/action_table.h"
#include "widgets/file_list.h"

namespace lorikeet {

ResultStrip::ResultStrip(SessionResults& results, const ActionTable& actions, QWidget* parent)
    : QListView(parent), results_(results), actions_(actions) {
  setObjectName(QStringLiteral("resultStrip"));
  setAccessibleName(tr("Pictures of this session"));
  setFlow(QListView::LeftToRight);
  setWrapping(false);
  setUniformItemSizes(true);
  setSelectionMode(QAbstractItemView::SingleSelection);
  setHorizontalScrollMode(QAbstractItemView::ScrollPerPixel);
  setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  setDragEnabled(true);
  setDragDropMode(QAbstractItemView::DragOnly);
  setFrameShape(QFrame::NoFrame);
  setMouseTracking(true);
  setItemDelegate(new ResultDelegate(this));
  setModel(&results);
  connect(this, &QListView::clicked, this,
          [this](const QModelIndex& index) { emit chosen(index.data(SessionResults::IdRole).toULongLong()); });
  connect(this, &QListView::activated, this, [this](const QModelIndex& index) {
    emit activatedSettings(index.data(SessionResults::IdRole).toULongLong());
  });
}

quint64 ResultStrip::currentId() const { return currentIndex().data(SessionResults::IdRole).toULongLong(); }

void ResultStrip::setCurrentId(quint64 id) {
  quiet_ = true;
  setCurrentIndex(results_.indexOf(id));
  quiet_ = false;
}

void ResultStrip::currentChanged(const QModelIndex& current, const QModelIndex& previous) {
  QListView::currentChanged(current, previous);
  if (!quiet_ && current.isValid() && hasFocus()) emit chosen(current.data(SessionResults::IdRole).toULongLong());
}

void ResultStrip::resizeEvent(QResizeEvent* event) {
  QListView::resizeEvent(event);
  constexpr int kMargin = 8;
  const int side = std::max(40, viewport()->height() - kMargin);
  setIconSize({side, side});
  scheduleDelayedItemsLayout();
}

void ResultStrip::paintEvent(QPaintEvent* event) {
  QListView::paintEvent(event);
  if (results_.rowCount() > 0) return;
  paintEmptyText(*this, tr("Your pictures of this session gather here. Click one to see it, drag it out as a file."));
}

void ResultStrip::contextMenuEvent(QContextMenuEvent* event) {
  const QModelIndex index = event->reason() == QContextMenuEvent::Mouse ? indexAt(event->pos()) : currentIndex();
  if (!index.isValid()) return;
  setCurrentIndex(index);
  emit chosen(index.data(SessionResults::IdRole).toULongLong());
  auto* menu = new QMenu(this);
  menu->setAttribute(Qt::WA_DeleteOnClose);
  menu->setToolTipsVisible(true);
  menu->addAction(actions_[ActionId::UseSettings]);
  menu->addAction(actions_[ActionId::UseSeed]);
  menu->addSeparator();
  menu->addAction(actions_[ActionId::SavePictureAs]);
  menu->addAction(actions_[ActionId::CopyPicture]);
  menu->addAction(actions_[ActionId::ShowInFolder]);
  menu->addSeparator();
  menu->addAction(actions_[ActionId::RemoveResult]);
  const QPoint place = event->reason() == QContextMenuEvent::Mouse
                           ? event->globalPos()
                           : viewport()->mapToGlobal(visualRect(index).center());
  menu->popup(place);
}

void ResultStrip::wheelEvent(QWheelEvent* event) {
  const QPoint delta = event->pixelDelta().isNull() ? event->angleDelta() : event->pixelDelta();
  const int distance = std::abs(delta.x()) > std::abs(delta.y()) ? delta.x() : delta.y();
  horizontalScrollBar()->setValue(horizontalScrollBar()->value() - distance);
  event->accept();
}

void ResultStrip::startDrag(Qt::DropActions actions) {
  const QModelIndexList indexes = selectedIndexes();
  if (indexes.isEmpty()) return;
  constexpr int kDragPicture = 96;
  const QImage thumbnail = indexes.front().data(Qt::DecorationRole).value<QImage>();
  dragOut(*this, results_.mimeData(indexes), thumbnail, kDragPicture, actions);
}

}  // namespace lorikeet

#include "widgets/file_list.h"

#include <QDrag>
#include <QImage>
#include <QMimeData>
#include <QPainter>

namespace lorikeet {

void setUpFileList(QListView& list) {
  list.setUniformItemSizes(true);
  list.setSelectionMode(QAbstractItemView::ExtendedSelection);
  list.setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
  list.setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  list.setDragEnabled(true);
  list.setDragDropMode(QAbstractItemView::DragOnly);
  list.setFrameShape(QFrame::NoFrame);
  list.setMouseTracking(true);
}

void dragOut(QListView& list, QMimeData* data, const QImage& thumbnail, int side, Qt::DropActions actions) {
  auto* drag = new QDrag(&list);
  drag->setMimeData(data);
  if (!thumbnail.isNull())
    drag->setPixmap(QPixmap::fromImage(thumbnail.scaled(side, side, Qt::KeepAspectRatio, Qt::SmoothTransformation)));
  drag->exec(actions, Qt::CopyAction);
}

void paintEmptyText(QListView& list, const QString& text, int margin) {
  QPainter painter(list.viewport());
  painter.setPen(list.palette().color(QPalette::PlaceholderText));
  painter.drawText(list.viewport()->rect().adjusted(margin, 0, -margin, 0), Qt::AlignCenter | Qt::TextWordWrap, text);
}

}  // namespace lorikeet

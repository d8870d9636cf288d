#include "widgets/column_scroll_area.h"

#include <QEvent>
#include <QScrollBar>
#include <algorithm>

namespace lorikeet {

ColumnScrollArea::ColumnScrollArea(QWidget* content, QWidget* parent) : QScrollArea(parent) {
  setFrameShape(QFrame::NoFrame);
  setWidgetResizable(true);
  setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  content->setObjectName(QStringLiteral("scrolled"));  // the stylesheet leaves its background to the dock
  setWidget(content);
  content->installEventFilter(this);
}

QSize ColumnScrollArea::minimumSizeHint() const {
  constexpr int kMinHeight = 120;
  return {widget()->minimumSizeHint().width() + verticalScrollBar()->sizeHint().width(), kMinHeight};
}

QSize ColumnScrollArea::sizeHint() const { return widget()->sizeHint().expandedTo(minimumSizeHint()); }

bool ColumnScrollArea::eventFilter(QObject* watched, QEvent* event) {
  if (watched == widget() && event->type() == QEvent::LayoutRequest) updateGeometry();
  return QScrollArea::eventFilter(watched, event);
}

}  // namespace lorikeet

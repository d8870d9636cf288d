#include "widgets/flow_layout.h"

#include <algorithm>

namespace lorikeet {

FlowLayout::FlowLayout(int spacing, QWidget* parent) : QLayout(parent) {
  setContentsMargins(0, 0, 0, 0);
  setSpacing(spacing);
}

FlowLayout::~FlowLayout() { qDeleteAll(items_); }

QLayoutItem* FlowLayout::takeAt(int index) {
  return index >= 0 && index < items_.size() ? items_.takeAt(index) : nullptr;
}

int FlowLayout::heightForWidth(int width) const {
  const QMargins margins = contentsMargins();
  return arrange({0, 0, width - margins.left() - margins.right(), 0}, false) + margins.top() + margins.bottom();
}

QSize FlowLayout::minimumSize() const {
  QSize size;
  for (const QLayoutItem* item : items_) size = size.expandedTo(item->minimumSize());
  return size.grownBy(contentsMargins());
}

void FlowLayout::setGeometry(const QRect& rect) {
  QLayout::setGeometry(rect);
  arrange(rect.marginsRemoved(contentsMargins()), true);
}

int FlowLayout::arrange(const QRect& rect, bool apply) const {
  int x = rect.x(), y = rect.y(), lineHeight = 0;
  QList<std::pair<QLayoutItem*, QRect>> line;
  const auto endLine = [&] {
    for (auto& [item, place] : line)
      if (apply) item->setGeometry(place.translated(0, (lineHeight - place.height()) / 2));
    line.clear();
  };
  for (QLayoutItem* item : items_) {
    if (item->isEmpty()) continue;
    const QSize size = item->sizeHint().boundedTo({std::max(rect.width(), 1), QLAYOUTSIZE_MAX});
    if (x > rect.x() && x + size.width() > rect.x() + rect.width()) {
      endLine();
      x = rect.x();
      y += lineHeight + spacing();
      lineHeight = 0;
    }
    line.emplaceBack(item, QRect(QPoint(x, y), size));
    x += size.width() + spacing();
    lineHeight = std::max(lineHeight, size.height());
  }
  endLine();
  return y + lineHeight - rect.y();
}

}  // namespace lorikeet

#include "canvas/work_area.h"

#include <lorikeet/mask.h>

#include <QPainter>
#include <algorithm>

#include "canvas/view_transform.h"

namespace lorikeet {
namespace {

void paintFrame(QPainter& painter, const ViewTransform& view, const QRect& rect, const QList<qreal>& dashes) {
  const QPolygonF frame = view.pictureToWidget().map(QPolygonF(QRectF(rect)));
  painter.setPen(QPen(QColor(0, 0, 0, 150), 1.5));
  painter.drawPolygon(frame);
  QPen light(Qt::white, 1.5);
  light.setDashPattern(dashes);
  painter.setPen(light);
  painter.drawPolygon(frame);
}

}  // namespace

QRect workAreaOf(const QImage& mask, const QRect& painted, int padding, QSize workSize) {
  if (painted.isEmpty()) return {};
  Mask values = Mask::create(mask.width(), mask.height());
  for (int y = painted.top(); y <= painted.bottom(); ++y) {
    const uchar* row = mask.constScanLine(y);
    std::copy(row + painted.left(), row + painted.right() + 1,
              values.values.begin() + size_t(y) * mask.width() + painted.left());
  }
  const Rect area = onlyMaskedArea(values, padding, workSize.width(), workSize.height());
  return QRect(area.x, area.y, area.width, area.height);
}

void paintWorkArea(QPainter& painter, const ViewTransform& view, const QRect& painted, const QRect& area) {
  if (area.isEmpty()) return;
  painter.setRenderHint(QPainter::Antialiasing, view.rotation() != 0);
  painter.setBrush(Qt::NoBrush);
  paintFrame(painter, view, painted, {1, 3});
  paintFrame(painter, view, area, {6, 4});
}

}  // namespace lorikeet

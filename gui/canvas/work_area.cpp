#include "canvas/work_area.h"

#include <QPainter>

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

void paintWorkArea(QPainter& painter, const ViewTransform& view, const QRect& painted, const QRect& area) {
  if (area.isEmpty()) return;
  painter.setRenderHint(QPainter::Antialiasing, view.rotation() != 0);
  painter.setBrush(Qt::NoBrush);
  if (!painted.isEmpty()) paintFrame(painter, view, painted, {1, 3});
  paintFrame(painter, view, area, {6, 4});
}

}  // namespace lorikeet

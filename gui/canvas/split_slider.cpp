#include "canvas/split_slider.h"

#include <QCoreApplication>
#include <QFontMetricsF>
#include <QPainter>
#include <algorithm>

#include "canvas/view_transform.h"

namespace lorikeet {
namespace {

constexpr double kHandleRadius = 13;  // logical pixels

void drawHandle(QPainter& painter, QPointF at, double rotation) {
  painter.save();
  painter.translate(at);
  painter.rotate(rotation);
  painter.setPen(QPen(QColor(0, 0, 0, 120), 1));
  painter.setBrush(Qt::white);
  painter.drawEllipse(QPointF(), kHandleRadius, kHandleRadius);
  painter.setPen(QPen(QColor(40, 40, 40), 2, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
  painter.setBrush(Qt::NoBrush);
  for (const double side : {-1.0, 1.0}) {
    painter.drawPolyline(QPolygonF{{side * 4, -4}, {side * 8, 0}, {side * 4, 4}});
  }
  painter.restore();
}

/// What a side shows, on a dark plate beside the line.
void drawLabel(QPainter& painter, QPointF top, double rotation, const QString& text, bool leftOfLine) {
  constexpr double kGap = 8;
  const QFontMetricsF metrics(painter.font());
  const QSizeF size(metrics.horizontalAdvance(text) + 16, metrics.height() + 6);
  painter.save();
  painter.translate(top);
  painter.rotate(rotation);
  const QRectF plate(QPointF(leftOfLine ? -kGap - size.width() : kGap, kGap), size);
  painter.setPen(Qt::NoPen);
  painter.setBrush(QColor(0, 0, 0, 140));
  painter.drawRoundedRect(plate, 4, 4);
  painter.setPen(Qt::white);
  painter.drawText(plate, Qt::AlignCenter, text);
  painter.restore();
}

}  // namespace

void SplitSlider::setPosition(double position) { position_ = std::clamp(position, 0.0, 1.0); }

void SplitSlider::paint(QPainter& painter, const ViewTransform& view) const {
  if (!on_) return;
  const double x = position_ * view.pictureSize().width();
  const QPointF top = view.toWidget({x, 0});
  const QPointF bottom = view.toWidget({x, double(view.pictureSize().height())});
  painter.setRenderHint(QPainter::Antialiasing);
  painter.setPen(QPen(QColor(0, 0, 0, 110), 4));
  painter.drawLine(top, bottom);
  painter.setPen(QPen(Qt::white, 2));
  painter.drawLine(top, bottom);
  drawLabel(painter, top, view.rotation(), QCoreApplication::translate("lorikeet::SplitSlider", "Before"), true);
  drawLabel(painter, top, view.rotation(), QCoreApplication::translate("lorikeet::SplitSlider", "After"), false);
  drawHandle(painter, (top + bottom) / 2, view.rotation());
}

}  // namespace lorikeet

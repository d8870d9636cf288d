#include "canvas/outpaint_frame.h"

#include <QFontMetricsF>
#include <QPainter>
#include <QPainterPath>
#include <algorithm>
#include <cmath>

#include "canvas/view_transform.h"

namespace lorikeet {
namespace {

constexpr double kHandleLength = 34;  // logical pixels
constexpr double kHandleWidth = 8;
constexpr double kGrip = 14;  // how far from the handle's middle line the pointer takes it

void drawSide(QPainter& painter, QPointF at, double degrees) {
  painter.save();
  painter.translate(at);
  painter.rotate(degrees);
  painter.setPen(QPen(QColor(0, 0, 0, 150), 1));
  painter.setBrush(Qt::white);
  const QRectF pill(-kHandleWidth / 2, -kHandleLength / 2, kHandleWidth, kHandleLength);
  painter.drawRoundedRect(pill, kHandleWidth / 2, kHandleWidth / 2);
  painter.restore();
}

}  // namespace

QRectF OutpaintFrame::frame(const ViewTransform& view) const {
  return QRectF(QPointF(), QSizeF(view.pictureSize()))
      .adjusted(-margins_.left, -margins_.top, margins_.right, margins_.bottom);
}

QPointF OutpaintFrame::handle(Side side, const ViewTransform& view) const {
  const QRectF rect = frame(view);
  switch (side) {
    case Left:
      return view.toWidget({rect.left(), rect.center().y()});
    case Top:
      return view.toWidget({rect.center().x(), rect.top()});
    case Right:
      return view.toWidget({rect.right(), rect.center().y()});
    case Bottom:
      return view.toWidget({rect.center().x(), rect.bottom()});
  }
  return {};
}

std::optional<OutpaintFrame::Side> OutpaintFrame::sideAt(QPointF at, const ViewTransform& view) const {
  if (!isVisible()) return {};
  for (const Side side : {Left, Top, Right, Bottom}) {
    QTransform upright;
    upright.rotate(-view.rotation());
    QPointF off = upright.map(at - handle(side, view));
    if (side == Top || side == Bottom) off = off.transposed();
    if (std::abs(off.x()) <= kGrip && std::abs(off.y()) <= kHandleLength / 2 + 4) return side;
  }
  return {};
}

bool OutpaintFrame::press(QPointF at, const ViewTransform& view) {
  dragged_ = sideAt(at, view);
  return dragged_.has_value();
}

bool OutpaintFrame::drag(QPointF at, const ViewTransform& view) {
  if (!dragged_) return false;
  const QPointF point = view.toPicture(at);
  const QSize size = view.pictureSize();
  const auto stepped = [](double pixels) {
    return std::clamp(int(std::lround(pixels / kStep)) * kStep, 0, kMaxMargin);
  };
  OutpaintMargins margins = margins_;
  switch (*dragged_) {
    case Left:
      margins.left = stepped(-point.x());
      break;
    case Top:
      margins.top = stepped(-point.y());
      break;
    case Right:
      margins.right = stepped(point.x() - size.width());
      break;
    case Bottom:
      margins.bottom = stepped(point.y() - size.height());
      break;
  }
  if (margins == margins_) return false;
  margins_ = margins;
  return true;
}

std::optional<Qt::CursorShape> OutpaintFrame::cursorAt(QPointF at, const ViewTransform& view) const {
  const std::optional<Side> side = dragged_ ? dragged_ : sideAt(at, view);
  if (!side) return {};
  return *side == Left || *side == Right ? Qt::SizeHorCursor : Qt::SizeVerCursor;
}

void OutpaintFrame::paint(QPainter& painter, const ViewTransform& view) const {
  if (!isVisible()) return;
  const QTransform toWidget = view.pictureToWidget();
  QPainterPath added;
  added.addPolygon(toWidget.map(QPolygonF(frame(view))));
  const QPolygonF picture = toWidget.map(QPolygonF(QRectF(QPointF(), QSizeF(view.pictureSize()))));
  QPainterPath kept;
  kept.addPolygon(picture);
  painter.setRenderHint(QPainter::Antialiasing);
  painter.setPen(Qt::NoPen);
  painter.fillPath(added - kept, QColor(255, 255, 255, 40));
  painter.fillPath(added - kept, QBrush(QColor(0, 0, 0, 60), Qt::BDiagPattern));
  painter.setBrush(Qt::NoBrush);
  painter.setPen(QPen(QColor(0, 0, 0, 150), 1.5));
  painter.drawPath(added);
  painter.setPen(QPen(Qt::white, 1.5, Qt::DashLine));
  painter.drawPath(added);
  for (const Side side : {Left, Top, Right, Bottom})
    drawSide(painter, handle(side, view), view.rotation() + (side == Top || side == Bottom ? 90 : 0));
}

}  // namespace lorikeet

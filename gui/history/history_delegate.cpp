#include "history/history_delegate.h"

#include <QMouseEvent>
#include <QPainter>
#include <QPainterPath>
#include <cmath>
#include <numbers>

#include "studio/history/history_model.h"

namespace lorikeet {
namespace {

constexpr int kCellGap = 4;  ///< around a picture
constexpr double kCellRadius = 5;
constexpr int kStars = 5;
constexpr int kStarSide = 15;
constexpr int kStarsPadding = 4;

/// The dark strip that the stars stand on.
QRect starsPlace(const QRect& cell) {
  const QSize size(kStars * kStarSide + 2 * kStarsPadding, kStarSide + kStarsPadding);
  return {QPoint(cell.left() + (cell.width() - size.width()) / 2, cell.bottom() - kCellGap - size.height() - 2), size};
}

QPainterPath starPath(QPointF centre, double radius) {
  QPainterPath path;
  for (int i = 0; i < 2 * kStars; ++i) {
    const double angle = std::numbers::pi * (i / double(kStars) - 0.5);
    const QPointF point = centre + QPointF(std::cos(angle), std::sin(angle)) * (i % 2 ? radius * 0.45 : radius);
    i == 0 ? path.moveTo(point) : path.lineTo(point);
  }
  path.closeSubpath();
  return path;
}

void paintStars(QPainter& painter, const QRect& cell, int rating) {
  const QRect place = starsPlace(cell);
  constexpr QColor kStrip(0, 0, 0, 165);
  constexpr QColor kGold(0xf2, 0xc1, 0x4e);
  painter.setPen(Qt::NoPen);
  painter.setBrush(kStrip);
  painter.drawRoundedRect(place, place.height() / 2.0, place.height() / 2.0);
  for (int star = 1; star <= kStars; ++star) {
    const QPointF centre(place.left() + kStarsPadding + (star - 0.5) * kStarSide, place.top() + place.height() / 2.0);
    painter.setPen(QPen(star <= rating ? kGold : QColor(255, 255, 255, 170), 1));
    painter.setBrush(star <= rating ? QBrush(kGold) : QBrush(Qt::NoBrush));
    painter.drawPath(starPath(centre, kStarSide * 0.4));
  }
}

QRectF paintPicture(QPainter& painter, const QImage& image, const QRectF& cell, const QPalette& palette) {
  QRectF place = cell;
  if (!image.isNull()) place.setSize(QSizeF(image.size()).scaled(cell.size(), Qt::KeepAspectRatio));
  place.moveCenter(cell.center());
  QPainterPath shape;
  shape.addRoundedRect(place, kCellRadius, kCellRadius);
  if (image.isNull()) {
    painter.fillPath(shape, palette.color(QPalette::AlternateBase));
    return place;
  }
  painter.setClipPath(shape);
  const QSize deviceSize = (place.size() * painter.device()->devicePixelRatioF()).toSize();
  const bool shrinks = deviceSize.width() < image.width();
  painter.drawImage(place, shrinks ? image.scaled(deviceSize, Qt::IgnoreAspectRatio, Qt::SmoothTransformation) : image);
  painter.setClipping(false);
  return place;
}

}  // namespace

int HistoryDelegate::starAt(const QRect& cell, const QPoint& place) {
  const QRect stars = starsPlace(cell).adjusted(kStarsPadding, 0, -kStarsPadding, 0);
  return stars.contains(place) ? std::clamp((place.x() - stars.left()) / kStarSide + 1, 1, kStars) : 0;
}

void HistoryDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const {
  painter->save();
  painter->setRenderHints(QPainter::Antialiasing | QPainter::SmoothPixmapTransform);
  const QRectF cell = QRectF(option.rect).adjusted(kCellGap, kCellGap, -kCellGap, -kCellGap);
  const QRectF place = paintPicture(*painter, index.data(Qt::DecorationRole).value<QImage>(), cell, option.palette);
  const bool isSelected = option.state & QStyle::State_Selected;
  const bool isHovered = option.state & QStyle::State_MouseOver;
  if (isSelected || isHovered) {
    QColor color = option.palette.color(QPalette::Highlight);
    if (!isSelected) color.setAlpha(120);
    painter->setPen(QPen(color, isSelected ? 3 : 2));
    painter->setBrush(Qt::NoBrush);
    painter->drawRoundedRect(place.adjusted(-1, -1, 1, 1), kCellRadius, kCellRadius);
  }
  const int rating = index.data(HistoryModel::RatingRole).toInt();
  if (rating > 0 || isHovered) paintStars(*painter, option.rect, rating);
  painter->restore();
}

QSize HistoryDelegate::sizeHint(const QStyleOptionViewItem& option, const QModelIndex&) const {
  return option.decorationSize;
}

bool HistoryDelegate::editorEvent(QEvent* event, QAbstractItemModel*, const QStyleOptionViewItem& option,
                                  const QModelIndex& index) {
  if (event->type() != QEvent::MouseButtonPress && event->type() != QEvent::MouseButtonRelease) return false;
  const auto* mouse = static_cast<QMouseEvent*>(event);
  const int star = mouse->button() == Qt::LeftButton ? starAt(option.rect, mouse->position().toPoint()) : 0;
  if (star == 0) return false;
  if (event->type() == QEvent::MouseButtonRelease)
    emit starsChosen(index, star == index.data(HistoryModel::RatingRole).toInt() ? 0 : star);
  return true;
}

}  // namespace lorikeet

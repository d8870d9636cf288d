#include "gallery/result_delegate.h"

#include <QPainter>
#include <QPainterPath>

namespace lorikeet {
namespace {

constexpr int kPictureGap = 4;  ///< around a picture
constexpr double kCardRadius = 5;

}  // namespace

void ResultDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const {
  const QImage image = index.data(Qt::DecorationRole).value<QImage>();
  const QRectF cell = QRectF(option.rect).adjusted(kPictureGap, kPictureGap, -kPictureGap, -kPictureGap);
  QRectF place(QPointF(), QSizeF(image.size()).scaled(cell.size(), Qt::KeepAspectRatio));
  place.moveCenter(cell.center());

  painter->save();
  painter->setRenderHints(QPainter::Antialiasing | QPainter::SmoothPixmapTransform);
  QPainterPath shape;
  shape.addRoundedRect(place, kCardRadius, kCardRadius);
  painter->setClipPath(shape);
  const qreal ratio = painter->device()->devicePixelRatioF();
  const QSize deviceSize = (place.size() * ratio).toSize();
  const bool shrinks = deviceSize.width() < image.width();
  painter->drawImage(place,
                     shrinks ? image.scaled(deviceSize, Qt::IgnoreAspectRatio, Qt::SmoothTransformation) : image);
  painter->setClipping(false);

  const bool isCurrent = option.state & QStyle::State_Selected;
  const bool isHovered = option.state & QStyle::State_MouseOver;
  if (isCurrent || isHovered) {
    QColor color = option.palette.color(QPalette::Highlight);
    if (!isCurrent) color.setAlpha(120);
    painter->setPen(QPen(color, 2));
    painter->setBrush(Qt::NoBrush);
    painter->drawRoundedRect(place.adjusted(-1, -1, 1, 1), kCardRadius, kCardRadius);
  }
  painter->restore();
}

QSize ResultDelegate::sizeHint(const QStyleOptionViewItem& option, const QModelIndex&) const {
  return option.decorationSize;
}

}  // namespace lorikeet

#include "library/library_delegate.h"

#include <QImage>
#include <QMouseEvent>
#include <QPainter>
#include <QPainterPath>
#include <cmath>
#include <numbers>

#include "studio/library/adapter_list_model.h"
#include "widgets/icons.h"

namespace lorikeet {
namespace {

constexpr int kThumbnailSide = 46;
constexpr int kRowPadding = 4;
constexpr int kTextGap = 9;
constexpr int kFavouriteSide = 16;
constexpr int kFavouriteMargin = 8;
constexpr double kThumbnailRadius = 4;
constexpr QColor kGold(0xe0, 0xa8, 0x20);

QPainterPath favouriteStar(QPointF centre) {
  constexpr int kPoints = 5;
  constexpr double kRadius = 0.46 * kFavouriteSide;
  QPainterPath path;
  for (int i = 0; i < 2 * kPoints; ++i) {
    const double angle = std::numbers::pi * (i / double(kPoints) - 0.5);
    const QPointF point = centre + QPointF(std::cos(angle), std::sin(angle)) * (i % 2 ? kRadius * 0.45 : kRadius);
    i == 0 ? path.moveTo(point) : path.lineTo(point);
  }
  path.closeSubpath();
  return path;
}

/// The picture fills its square; what is too long on one side is cut off.
void paintThumbnail(QPainter& painter, const QRect& place, const QImage& image, const QPalette& palette) {
  QPainterPath shape;
  shape.addRoundedRect(place, kThumbnailRadius, kThumbnailRadius);
  if (image.isNull()) {
    painter.fillPath(shape, palette.color(QPalette::Button));
    constexpr int kIconSide = 20;
    QRect icon(0, 0, kIconSide, kIconSide);
    icon.moveCenter(place.center());
    lineIcon(QStringLiteral("image")).paint(&painter, icon, Qt::AlignCenter, QIcon::Disabled);
    return;
  }
  const int side = std::min(image.width(), image.height());
  const QRect square((image.width() - side) / 2, (image.height() - side) / 4, side, side);  // heads are above
  const int deviceSide = int(std::ceil(place.width() * painter.device()->devicePixelRatioF()));
  painter.save();
  painter.setClipPath(shape);
  painter.drawImage(place,
                    image.copy(square).scaled(deviceSide, deviceSide, Qt::IgnoreAspectRatio, Qt::SmoothTransformation));
  painter.restore();
}

QString lineBelowName(const QModelIndex& index) {
  QStringList parts;
  if (const QString family = index.data(AdapterListModel::FamilyRole).toString(); !family.isEmpty()) parts << family;
  if (const QString place = index.data(AdapterListModel::PlaceRole).toString(); !place.isEmpty()) parts << place;
  return parts.join(QStringLiteral(" · "));
}

/// Why the file cannot be used, without its path, which would be all that has room.
QString shortProblemOf(const QModelIndex& index) {
  QString problem = index.data(AdapterListModel::ProblemRole).toString();
  problem.remove(QStringLiteral("\"%1\"").arg(index.data(AdapterListModel::FileRole).toString()));
  while (problem.startsWith(u':') || problem.startsWith(u' ')) problem.remove(0, 1);
  return problem;
}

QColor warningColor(const QPalette& palette) {
  const bool isDark = palette.color(QPalette::Base).lightness() < 128;
  return isDark ? QColor(0xff, 0x8a, 0x80) : QColor(0xb3, 0x26, 0x1e);
}

void paintBack(QPainter& painter, const QStyleOptionViewItem& option) {
  const bool isSelected = option.state & QStyle::State_Selected;
  if (!isSelected && !(option.state & QStyle::State_MouseOver)) return;
  QColor back = option.palette.color(QPalette::Highlight);
  if (isSelected && option.state & QStyle::State_HasFocus)
    painter.fillRect(QRect(option.rect.topLeft(), QSize(3, option.rect.height())), back);
  back.setAlpha(isSelected ? 60 : 24);
  painter.fillRect(option.rect, back);
}

/// The name above, what is known or wrong below it.
void paintTexts(QPainter& painter, const QRect& place, const QStyleOptionViewItem& option, const QModelIndex& index) {
  const QPalette& palette = option.palette;
  const QString problem = shortProblemOf(index);
  const bool isUsed = index.data(AdapterListModel::UsedRole).toBool();
  QFont font = option.font;
  font.setWeight(isUsed ? QFont::DemiBold : QFont::Normal);
  painter.setFont(font);
  painter.setPen(palette.color(problem.isEmpty() ? QPalette::Active : QPalette::Disabled, QPalette::Text));
  const QString name = index.data(Qt::DisplayRole).toString();
  painter.drawText(place, Qt::AlignLeft | Qt::AlignTop,
                   QFontMetrics(font).elidedText(name, Qt::ElideMiddle, place.width()));
  painter.setFont(option.font);
  painter.setPen(problem.isEmpty() ? palette.color(QPalette::PlaceholderText) : warningColor(palette));
  QString line = problem.isEmpty() ? lineBelowName(index) : problem;
  if (isUsed)
    line = line.isEmpty() ? LibraryDelegate::tr("in the stack") : LibraryDelegate::tr("in the stack · %1").arg(line);
  painter.drawText(place, Qt::AlignLeft | Qt::AlignBottom,
                   option.fontMetrics.elidedText(line, Qt::ElideRight, place.width()));
}

}  // namespace

QRect LibraryDelegate::starPlace(const QRect& row) {
  return {row.right() - kFavouriteMargin - kFavouriteSide, row.center().y() - kFavouriteSide / 2, kFavouriteSide,
          kFavouriteSide};
}

void LibraryDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const {
  painter->save();
  painter->setRenderHints(QPainter::Antialiasing | QPainter::SmoothPixmapTransform);
  paintBack(*painter, option);
  const QRect picture(option.rect.left() + 2 * kRowPadding, option.rect.top() + kRowPadding, kThumbnailSide,
                      kThumbnailSide);
  paintThumbnail(*painter, picture, index.data(Qt::DecorationRole).value<QImage>(), option.palette);
  const QRect star = starPlace(option.rect);
  const QRect text(QPoint(picture.right() + kTextGap, option.rect.top() + kRowPadding + 3),
                   QPoint(star.left() - kTextGap, option.rect.bottom() - kRowPadding - 3));
  paintTexts(*painter, text, option, index);
  const bool isFavourite = index.data(AdapterListModel::FavouriteRole).toBool();
  if (isFavourite || option.state & (QStyle::State_MouseOver | QStyle::State_Selected)) {
    painter->setPen(QPen(isFavourite ? kGold : option.palette.color(QPalette::PlaceholderText), 1.2));
    painter->setBrush(isFavourite ? QBrush(kGold) : QBrush(Qt::NoBrush));
    painter->drawPath(favouriteStar(QRectF(star).center()));
  }
  painter->restore();
}

QSize LibraryDelegate::sizeHint(const QStyleOptionViewItem&, const QModelIndex&) const {
  return {160, kThumbnailSide + 2 * kRowPadding};
}

bool LibraryDelegate::editorEvent(QEvent* event, QAbstractItemModel*, const QStyleOptionViewItem& option,
                                  const QModelIndex& index) {
  if (event->type() != QEvent::MouseButtonPress && event->type() != QEvent::MouseButtonRelease &&
      event->type() != QEvent::MouseButtonDblClick)
    return false;
  const auto* mouse = static_cast<QMouseEvent*>(event);
  const QRect place = starPlace(option.rect).adjusted(-4, -4, 4, 4);
  if (mouse->button() != Qt::LeftButton || !place.contains(mouse->position().toPoint())) return false;
  if (event->type() == QEvent::MouseButtonRelease) emit starClicked(index);
  return true;
}

}  // namespace lorikeet

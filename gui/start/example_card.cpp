#include "start/example_card.h"

#include <QKeyEvent>
#include <QPainter>
#include <QPainterPath>

#include "studio/jobs/convert.h"

namespace lorikeet {
namespace {

constexpr double kCardRadius = 8;
constexpr int kCardPadding = 8;

}  // namespace

ExampleCard::ExampleCard(const Example& example, QWidget* parent) : QAbstractButton(parent), example_(example) {
  setText(example.title);
  setAccessibleName(toQString(example.request.prompt));
  setToolTip(tr("Make this picture: %1").arg(toQString(example.request.prompt)));
  setCursor(Qt::PointingHandCursor);
  setFocusPolicy(Qt::StrongFocus);
}

QSize ExampleCard::sizeHint() const { return {150, 150 + captionHeight()}; }

int ExampleCard::captionHeight() const { return fontMetrics().lineSpacing() + 2 * kCardPadding; }

void ExampleCard::paintEvent(QPaintEvent*) {
  QPainter painter(this);
  painter.setRenderHints(QPainter::Antialiasing | QPainter::SmoothPixmapTransform);
  const QRectF card = QRectF(rect()).adjusted(1, 1, -1, -1);
  QPainterPath shape;
  shape.addRoundedRect(card, kCardRadius, kCardRadius);
  painter.fillPath(shape, palette().color(QPalette::Button));
  painter.save();
  painter.setClipPath(shape);
  const QRectF top(card.x(), card.y(), card.width(), card.height() - captionHeight() + 1);
  QSizeF source = top.size().scaled(example_.picture.size(), Qt::KeepAspectRatio);
  QRectF part(QPointF(), source);
  part.moveCenter(QRectF(example_.picture.rect()).center());
  painter.drawImage(top, example_.picture, part);
  painter.restore();

  const bool marked = underMouse() || hasFocus();
  painter.setPen(QPen(palette().color(marked ? QPalette::Highlight : QPalette::Mid), marked ? 2 : 1));
  painter.drawPath(shape);
  const QRectF caption(card.x() + kCardPadding, top.bottom(), card.width() - 2 * kCardPadding,
                       card.bottom() - top.bottom());
  painter.setPen(palette().color(QPalette::ButtonText));
  painter.drawText(caption, Qt::AlignVCenter | Qt::AlignLeft,
                   fontMetrics().elidedText(text(), Qt::ElideRight, int(caption.width())));
}

void ExampleCard::enterEvent(QEnterEvent* event) {
  QAbstractButton::enterEvent(event);
  update();
}

void ExampleCard::leaveEvent(QEvent* event) {
  QAbstractButton::leaveEvent(event);
  update();
}

void ExampleCard::keyPressEvent(QKeyEvent* event) {
  if (event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter) {
    click();
  } else {
    QAbstractButton::keyPressEvent(event);
  }
}

}  // namespace lorikeet

#include "control/control_preview.h"

#include <QDragEnterEvent>
#include <QMouseEvent>
#include <QPainter>

#include "studio/document/picture_offer.h"

namespace lorikeet {

ControlPreview::ControlPreview(QWidget* parent) : QWidget(parent) {
  setAcceptDrops(true);
  setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
  setToolTip(
      tr("What the ControlNet sees. Hold the mouse button to see the picture that it comes from; drop another "
         "picture here to use that"));
}

void ControlPreview::setMap(const QImage& map) {
  map_ = map;
  update();
}

void ControlPreview::setSource(const QImage& source) {
  source_ = source;
  update();
}

void ControlPreview::setHint(const QString& hint) {
  hint_ = hint;
  update();
}

void ControlPreview::paintEvent(QPaintEvent*) {
  constexpr double kRadius = 5;
  QPainter painter(this);
  painter.setRenderHints(QPainter::Antialiasing | QPainter::SmoothPixmapTransform);
  const QImage& shown = showsSource_ || map_.isNull() ? source_ : map_;
  const QRectF frame = QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5);
  const QColor border = palette().color(welcomes_ ? QPalette::Highlight : QPalette::Mid);
  if (shown.isNull()) {
    painter.setPen(QPen(border, 1, Qt::DashLine));
    painter.setBrush(palette().color(QPalette::Base));
    painter.drawRoundedRect(frame, kRadius, kRadius);
    painter.setPen(palette().color(QPalette::PlaceholderText));
    painter.drawText(rect().adjusted(12, 8, -12, -8), Qt::AlignCenter | Qt::TextWordWrap, hint_);
    return;
  }
  painter.setPen(QPen(border, 1));
  painter.setBrush(Qt::black);
  painter.drawRoundedRect(frame, kRadius, kRadius);
  QRectF place(QPointF(), QSizeF(shown.size()).scaled(size() - QSize(4, 4), Qt::KeepAspectRatio));
  place.moveCenter(QRectF(rect()).center());
  // Thin lines vanish when a map is shrunk in one step: halves first.
  QImage image = shown;
  const double ratio = devicePixelRatioF();
  while (image.width() > 2 * place.width() * ratio)
    image = image.scaled(image.size() / 2, Qt::IgnoreAspectRatio, Qt::SmoothTransformation);
  painter.drawImage(place, image);
}

void ControlPreview::mousePressEvent(QMouseEvent* event) {
  if (event->button() != Qt::LeftButton || source_.isNull()) return QWidget::mousePressEvent(event);
  showsSource_ = true;
  update();
}

void ControlPreview::mouseReleaseEvent(QMouseEvent*) {
  showsSource_ = false;
  update();
}

void ControlPreview::dragEnterEvent(QDragEnterEvent* event) {
  if (!hasPicture(*event->mimeData())) return;
  event->acceptProposedAction();
  welcomes_ = true;
  update();
}

void ControlPreview::dragLeaveEvent(QDragLeaveEvent*) {
  welcomes_ = false;
  update();
}

void ControlPreview::dropEvent(QDropEvent* event) {
  welcomes_ = false;
  update();
  emit pictureOffered(event->mimeData());
  event->acceptProposedAction();
}

}  // namespace lorikeet

#include "history/compare_pane.h"

#include <QMouseEvent>
#include <QPainter>
#include <algorithm>
#include <cmath>

namespace lorikeet {
namespace {

constexpr double kMaxZoom = 32;
constexpr double kZoomStep = 1.0 / 480;  ///< of the wheel's eighths of a degree, as a power of two
constexpr int kCaptionPadding = 6;

}  // namespace

ComparePane::ComparePane(const QString& caption, QWidget* parent) : QWidget(parent), caption_(caption) {
  setCursor(Qt::OpenHandCursor);
  setToolTip(tr("Turn the wheel to look closer, drag to move, double click to see the whole picture"));
  setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Expanding);
}

void ComparePane::setPicture(const QImage& picture) {
  picture_ = picture;
  scaled_ = {};
  problem_.clear();
  update();
}

void ComparePane::setProblem(const QString& sentence) {
  problem_ = sentence;
  update();
}

void ComparePane::setView(const CompareView& view) {
  if (view == view_) return;
  view_ = view;
  update();
}

QRectF ComparePane::room() const {
  return QRectF(rect()).adjusted(0, fontMetrics().height() + 2 * kCaptionPadding, 0, 0);
}

QRectF ComparePane::pictureRect() const {
  const QSizeF size = QSizeF(picture_.size()).scaled(room().size(), Qt::KeepAspectRatio) * view_.zoom;
  const QPointF offset(size.width() * view_.centre.x(), size.height() * view_.centre.y());
  return {room().center() - offset, size};
}

void ComparePane::choose(CompareView view) {
  view.zoom = std::clamp(view.zoom, 1.0, kMaxZoom);
  const double margin = 0.5 / view.zoom;  // no further than the picture's edge
  view.centre = {std::clamp(view.centre.x(), margin, 1 - margin), std::clamp(view.centre.y(), margin, 1 - margin)};
  setView(view);
  emit viewChosen(view);
}

void ComparePane::paintEvent(QPaintEvent*) {
  QPainter painter(this);
  painter.fillRect(rect(), palette().color(QPalette::Base));
  painter.setPen(palette().color(QPalette::PlaceholderText));
  const QRect captionPlace = rect().adjusted(kCaptionPadding, kCaptionPadding, -kCaptionPadding, 0);
  painter.drawText(captionPlace, Qt::AlignTop | Qt::AlignHCenter,
                   fontMetrics().elidedText(caption_, Qt::ElideMiddle, captionPlace.width()));
  if (picture_.isNull()) {
    painter.drawText(room(), Qt::AlignCenter | Qt::TextWordWrap, problem_);
    return;
  }
  painter.setClipRect(room());
  const QRectF target = pictureRect();
  const QSize deviceSize = (target.size() * devicePixelRatioF()).toSize();
  if (deviceSize.width() < picture_.width()) {
    if (scaled_.size() != deviceSize)
      scaled_ = picture_.scaled(deviceSize, Qt::IgnoreAspectRatio, Qt::SmoothTransformation);
    painter.drawImage(target, scaled_);
  } else {
    const bool showsPixels = deviceSize.width() >= 3 * picture_.width();
    painter.setRenderHint(QPainter::SmoothPixmapTransform, !showsPixels);
    painter.drawImage(target, picture_);
  }
}

void ComparePane::wheelEvent(QWheelEvent* event) {
  if (picture_.isNull()) return;
  const QRectF before = pictureRect();
  CompareView view = view_;
  view.zoom = std::clamp(view.zoom * std::exp2(event->angleDelta().y() * kZoomStep), 1.0, kMaxZoom);
  const QPointF fromCentre = event->position() - room().center();  // the place under the cursor stays there
  const double grown = 1 / view_.zoom - 1 / view.zoom;
  view.centre += QPointF(fromCentre.x() / before.width(), fromCentre.y() / before.height()) * view_.zoom * grown;
  choose(view);
  event->accept();
}

void ComparePane::mousePressEvent(QMouseEvent* event) { grip_ = event->position(); }

void ComparePane::mouseMoveEvent(QMouseEvent* event) {
  if (!(event->buttons() & (Qt::LeftButton | Qt::MiddleButton)) || picture_.isNull()) return;
  const QPointF moved = event->position() - grip_;
  grip_ = event->position();
  CompareView view = view_;
  view.centre -= QPointF(moved.x() / pictureRect().width(), moved.y() / pictureRect().height());
  choose(view);
}

void ComparePane::mouseDoubleClickEvent(QMouseEvent*) { choose({}); }

}  // namespace lorikeet

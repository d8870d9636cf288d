#include "adapters/weight_slider.h"

#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <algorithm>
#include <cmath>

namespace lorikeet {
namespace {

constexpr double kLowest = -1;
constexpr double kHighest = 2;
constexpr double kStep = 0.05;
constexpr double kFineStep = 0.01;
constexpr double kHandleRadius = 7;
/// How much slower the handle follows the mouse with Shift.
constexpr double kFineShare = 0.2;

double stepFor(Qt::KeyboardModifiers modifiers) { return modifiers & Qt::ShiftModifier ? kFineStep : kStep; }

}  // namespace

WeightSlider::WeightSlider(QWidget* parent) : QAbstractSlider(parent) {
  setOrientation(Qt::Horizontal);
  setRange(int(std::lround(kLowest * 100)), int(std::lround(kHighest * 100)));
  setSingleStep(int(std::lround(kStep * 100)));
  setFocusPolicy(Qt::StrongFocus);
  setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
  setAttribute(Qt::WA_Hover);
  setWeight(1);
  // Only assistive programs set the value itself.
  connect(this, &QAbstractSlider::valueChanged, this, [this](int hundredths) { edit(hundredths / 100.0, kFineStep); });
}

void WeightSlider::setWeight(double weight) {
  weight_ = weight;
  const QSignalBlocker quiet(this);
  setValue(int(std::lround(std::clamp(weight, kLowest, kHighest) * 100)));  // what assistive programs read
  update();
}

void WeightSlider::setDimmed(bool dimmed) {
  dimmed_ = dimmed;
  update();
}

void WeightSlider::edit(double weight, double step) {
  const double rounded = std::round(std::clamp(weight, kLowest, kHighest) / step) * step;
  const double chosen = std::round(rounded * 1000) / 1000;
  if (chosen == weight_) return;
  setWeight(chosen);
  emit weightEdited(chosen);
}

double WeightSlider::perPixel() const { return (kHighest - kLowest) / std::max(1.0, width() - 2 * kHandleRadius - 2); }

double WeightSlider::positionOf(double weight) const {
  return kHandleRadius + 1 + (std::clamp(weight, kLowest, kHighest) - kLowest) / perPixel();
}

void WeightSlider::paintEvent(QPaintEvent*) {
  QPainter painter(this);
  painter.setRenderHint(QPainter::Antialiasing);
  const QPalette::ColorGroup group = isEnabled() ? QPalette::Active : QPalette::Disabled;
  const QColor groove = palette().color(group, QPalette::Mid);
  const QColor accent = palette().color(group, dimmed_ ? QPalette::PlaceholderText : QPalette::Highlight);
  const double middle = height() / 2.0;
  constexpr double kGroove = 4;
  const double left = positionOf(kLowest), right = positionOf(kHighest);
  painter.setPen(Qt::NoPen);
  painter.setBrush(groove);
  painter.drawRoundedRect(QRectF(left - 2, middle - kGroove / 2, right - left + 4, kGroove), 2, 2);
  for (const double mark : {0.0, 1.0}) painter.drawRect(QRectF(positionOf(mark) - 0.5, middle - 6, 1, 12));
  const double zero = positionOf(0), at = positionOf(weight_);
  painter.setBrush(accent);
  painter.drawRect(QRectF(std::min(zero, at), middle - kGroove / 2, std::abs(at - zero), kGroove));
  const bool isLit = isEnabled() && (hasFocus() || underMouse() || isSliderDown());
  painter.setPen(QPen(isLit ? accent : palette().color(group, QPalette::PlaceholderText), 1));
  painter.setBrush(hasFocus() ? accent : palette().color(group, QPalette::Button));
  painter.drawEllipse(QPointF(at, middle), kHandleRadius, kHandleRadius);
}

void WeightSlider::mousePressEvent(QMouseEvent* event) {
  if (event->button() != Qt::LeftButton) return;
  dragX_ = event->position().x();
  dragWeight_ = std::clamp(weight_, kLowest, kHighest);
  const bool onHandle = std::abs(dragX_ - positionOf(weight_)) <= kHandleRadius + 1;
  if (!onHandle && !(event->modifiers() & Qt::ShiftModifier))
    dragWeight_ = kLowest + (dragX_ - positionOf(kLowest)) * perPixel();
  setSliderDown(true);
  if (!onHandle) edit(dragWeight_, stepFor(event->modifiers()));
}

void WeightSlider::mouseMoveEvent(QMouseEvent* event) {
  if (!isSliderDown()) return;
  const bool isFine = event->modifiers() & Qt::ShiftModifier;
  dragWeight_ += (event->position().x() - dragX_) * perPixel() * (isFine ? kFineShare : 1);
  dragX_ = event->position().x();
  edit(dragWeight_, stepFor(event->modifiers()));
}

void WeightSlider::mouseReleaseEvent(QMouseEvent* event) {
  if (event->button() != Qt::LeftButton || !isSliderDown()) return;
  setSliderDown(false);
  emit gestureEnded();
  update();
}

void WeightSlider::mouseDoubleClickEvent(QMouseEvent* event) {
  if (event->button() != Qt::LeftButton) return;
  emit defaultWanted();
  emit gestureEnded();
}

void WeightSlider::wheelEvent(QWheelEvent* event) {
  // Shift turns a wheel sideways on some systems.
  const int turned = event->angleDelta().y() != 0 ? event->angleDelta().y() : event->angleDelta().x();
  const double step = stepFor(event->modifiers());
  constexpr double kNotch = 120;
  if (turned != 0)
    edit(weight_ + std::copysign(std::max(1.0, std::round(std::abs(turned) / kNotch)), turned) * step, step);
  event->accept();
}

void WeightSlider::keyPressEvent(QKeyEvent* event) {
  const double step = stepFor(event->modifiers());
  constexpr int kPage = 5;
  switch (event->key()) {
    case Qt::Key_Left:
    case Qt::Key_Down:
      return edit(weight_ - step, step);
    case Qt::Key_Right:
    case Qt::Key_Up:
      return edit(weight_ + step, step);
    case Qt::Key_PageDown:
      return edit(weight_ - kPage * step, step);
    case Qt::Key_PageUp:
      return edit(weight_ + kPage * step, step);
    case Qt::Key_Home:
      return edit(kLowest, step);
    case Qt::Key_End:
      return edit(kHighest, step);
    default:
      QAbstractSlider::keyPressEvent(event);
  }
}

}  // namespace lorikeet

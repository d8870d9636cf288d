#include "widgets/range_slider.h"

#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <algorithm>
#include <cmath>

namespace lorikeet {
namespace {

constexpr double kHandle = 7;   // radius, logical pixels
constexpr double kGroove = 4;   // height
constexpr double kReach = 9.0;  // how far from a handle's middle it is taken

double rounded(double value) { return std::round(value / RangeSlider::kStep) * RangeSlider::kStep; }

}  // namespace

RangeSlider::RangeSlider(QWidget* parent) : QWidget(parent) {
  setFocusPolicy(Qt::StrongFocus);
  setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
  setAttribute(Qt::WA_Hover);
}

void RangeSlider::setRange(double low, double high) {
  low = std::clamp(rounded(low), 0.0, 1 - kStep);
  high = std::clamp(rounded(high), low + kStep, 1.0);
  if (low == low_ && high == high_) return;
  low_ = low;
  high_ = high;
  update();
  emit rangeChanged(low_, high_);
}

double RangeSlider::xOf(double value) const { return kHandle + 1 + value * (width() - 2 * (kHandle + 1)); }

double RangeSlider::valueAt(double x) const { return (x - kHandle - 1) / std::max(1.0, width() - 2 * (kHandle + 1)); }

RangeSlider::Part RangeSlider::partAt(double x) const {
  const double toLow = std::abs(x - xOf(low_));
  const double toHigh = std::abs(x - xOf(high_));
  if (std::min(toLow, toHigh) <= kReach) {
    if (toLow == toHigh) return low_ > 0.5 ? Part::Low : Part::High;
    return toLow < toHigh ? Part::Low : Part::High;
  }
  if (x > xOf(low_) && x < xOf(high_)) return Part::Both;
  return x < xOf(low_) ? Part::Low : Part::High;
}

void RangeSlider::moveLow(double value) { setRange(std::min(value, high_ - kStep), high_); }

void RangeSlider::moveHigh(double value) { setRange(low_, std::max(value, low_ + kStep)); }

void RangeSlider::moveBoth(double low) {
  const double length = high_ - low_;
  const double begin = std::clamp(rounded(low), 0.0, 1 - length);
  setRange(begin, begin + length);
}

void RangeSlider::paintEvent(QPaintEvent*) {
  QPainter painter(this);
  painter.setRenderHint(QPainter::Antialiasing);
  const auto group = isEnabled() ? QPalette::Active : QPalette::Disabled;
  const double middle = height() / 2.0;
  const auto line = [&](double from, double to, const QColor& color) {
    painter.setPen(Qt::NoPen);
    painter.setBrush(color);
    painter.drawRoundedRect(QRectF(from, middle - kGroove / 2, to - from, kGroove), kGroove / 2, kGroove / 2);
  };
  line(1, width() - 1, palette().color(group, QPalette::Mid));
  line(xOf(low_), xOf(high_), palette().color(group, QPalette::Highlight));
  for (const Part part : {Part::Low, Part::High}) {
    const bool focused = hasFocus() && active_ == part;
    const QColor accent = palette().color(group, QPalette::Highlight);
    painter.setPen(QPen(focused || underMouse() ? accent : palette().color(group, QPalette::PlaceholderText), 1));
    painter.setBrush(focused ? accent : palette().color(group, QPalette::Button));
    painter.drawEllipse(QPointF(xOf(part == Part::Low ? low_ : high_), middle), kHandle, kHandle);
  }
}

void RangeSlider::mousePressEvent(QMouseEvent* event) {
  if (event->button() != Qt::LeftButton) return QWidget::mousePressEvent(event);
  const double x = event->position().x();
  dragged_ = partAt(x);
  if (dragged_ != Part::Both) active_ = dragged_;
  const double at = dragged_ == Part::High ? high_ : low_;
  const bool onHandle = dragged_ == Part::Both || std::abs(x - xOf(at)) <= kReach;
  grip_ = onHandle ? valueAt(x) - at : 0;
  mouseMoveEvent(event);
  update();
}

void RangeSlider::mouseMoveEvent(QMouseEvent* event) {
  const double value = valueAt(event->position().x()) - grip_;
  if (dragged_ == Part::Low) moveLow(value);
  if (dragged_ == Part::High) moveHigh(value);
  if (dragged_ == Part::Both) moveBoth(value);
}

void RangeSlider::mouseReleaseEvent(QMouseEvent*) { dragged_ = Part::None; }

void RangeSlider::mouseDoubleClickEvent(QMouseEvent*) { setRange(0, 1); }

void RangeSlider::keyPressEvent(QKeyEvent* event) {
  const double step = event->modifiers().testFlag(Qt::ShiftModifier) ? 0.1 : kStep;
  const auto move = [this](double by) { active_ == Part::Low ? moveLow(low_ + by) : moveHigh(high_ + by); };
  switch (event->key()) {
    case Qt::Key_Left:
      return move(-step);
    case Qt::Key_Right:
      return move(step);
    case Qt::Key_Up:
    case Qt::Key_Down:
      active_ = active_ == Part::Low ? Part::High : Part::Low;
      return update();
    default:
      QWidget::keyPressEvent(event);
  }
}

}  // namespace lorikeet

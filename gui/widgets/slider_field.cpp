#include "widgets/slider_field.h"

#include <QApplication>
#include <QDoubleSpinBox>
#include <QHBoxLayout>
#include <QSignalBlocker>
#include <QSlider>
#include <QWheelEvent>
#include <algorithm>
#include <cmath>

namespace lorikeet {

SliderField::SliderField(QWidget* parent)
    : QWidget(parent), slider_(new QSlider(Qt::Horizontal, this)), number_(new QDoubleSpinBox(this)) {
  slider_->setObjectName(QStringLiteral("slider"));
  number_->setObjectName(QStringLiteral("number"));
  number_->setAccelerated(true);
  number_->setKeyboardTracking(false);
  number_->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
  number_->setButtonSymbols(QAbstractSpinBox::NoButtons);
  number_->setFixedWidth(62);
  slider_->setFocusPolicy(Qt::StrongFocus);
  slider_->installEventFilter(this);
  number_->installEventFilter(this);
  auto* layout = new QHBoxLayout(this);
  layout->setContentsMargins(0, 0, 0, 0);
  layout->setSpacing(8);
  layout->addWidget(slider_, 1);
  layout->addWidget(number_);
  setFocusProxy(number_);
  setRange(Range());
  connect(slider_, &QSlider::valueChanged, this,
          [this](int position) { setValue(range_.minimum + position * range_.step); });
  connect(number_, &QDoubleSpinBox::valueChanged, this, &SliderField::follow);
}

void SliderField::setRange(const Range& range) {
  range_ = range;
  const QSignalBlocker quietSlider(slider_);
  const QSignalBlocker quietNumber(number_);
  slider_->setRange(0, int(std::lround((range.maximum - range.minimum) / range.step)));
  slider_->setPageStep(std::max(1, slider_->maximum() / 10));
  number_->setDecimals(range.decimals);
  number_->setSingleStep(range.step);
  number_->setRange(range.minimum, range.maximum);
  number_->setValue(range.defaultValue);
  slider_->setValue(int(std::lround((range.defaultValue - range.minimum) / range.step)));
}

void SliderField::setTypedRange(double minimum, double maximum) {
  number_->setRange(std::min(minimum, range_.minimum), std::max(maximum, range_.maximum));
}

double SliderField::value() const { return number_->value(); }

void SliderField::setValue(double value) { number_->setValue(value); }

void SliderField::setToolTips(const QString& text) {
  setToolTip(text);
  slider_->setToolTip(text);
  number_->setToolTip(text);
}

bool SliderField::eventFilter(QObject* watched, QEvent* event) {
  if (watched == slider_ && event->type() == QEvent::MouseButtonDblClick) {
    setValue(range_.defaultValue);
    return true;
  }
  // A wheel that scrolls the panel must not change values on its way.
  if (event->type() == QEvent::Wheel && !static_cast<QWidget*>(watched)->hasFocus()) {
    event->ignore();
    return true;
  }
  return QWidget::eventFilter(watched, event);
}

void SliderField::follow(double value) {
  const QSignalBlocker quiet(slider_);
  slider_->setValue(int(std::lround((value - range_.minimum) / range_.step)));
  emit valueChanged(value);
}

}  // namespace lorikeet

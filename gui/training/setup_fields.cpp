#include "training/setup_fields.h"

namespace lorikeet {

RateField::RateField(QWidget* parent) : QDoubleSpinBox(parent) {
  constexpr int kMostDecimals = 9;
  setDecimals(kMostDecimals);
  setStepType(QAbstractSpinBox::AdaptiveDecimalStepType);
}

QString RateField::textFromValue(double value) const {
  constexpr int kDigits = 6;
  return locale().toString(value, 'g', kDigits);
}

void SetupFields::show(const TrainingSetup& setup) {
  isShowing_ = true;
  for (const auto& [show, write] : bindings_) show(setup);
  isShowing_ = false;
}

void SetupFields::write(TrainingSetup& setup) const {
  for (const auto& [show, write] : bindings_) write(setup);
}

void SetupFields::prepare(QWidget* widget, const FieldText& text) {
  widget->setObjectName(QLatin1String(text.name));
  widget->setToolTip(text.toolTip);
  QString spoken = text.label;
  widget->setAccessibleName(spoken.remove(QLatin1Char('&')));
}

void SetupFields::note() {
  if (!isShowing_) emit changed();
}

}  // namespace lorikeet

#pragma once
#include <QWidget>

class QDoubleSpinBox;
class QSlider;

namespace lorikeet {

/// A slider and a number field for one value: drag for the usual range, type for the whole one. Double click on the
/// slider brings the default back; Shift makes fine steps.
class SliderField : public QWidget {
  Q_OBJECT
  Q_PROPERTY(double value READ value WRITE setValue NOTIFY valueChanged)
 public:
  struct Range {
    double minimum = 0;
    double maximum = 1;
    double step = 0.1;
    double defaultValue = 0;
    int decimals = 2;
  };

  explicit SliderField(QWidget* parent = nullptr);

  /// What the slider spans.
  void setRange(const Range& range);
  /// What may be typed; at least the slider's range.
  void setTypedRange(double minimum, double maximum);

  double value() const;
  void setValue(double value);
  void setToolTips(const QString& text);

 signals:
  void valueChanged(double value);

 protected:
  bool eventFilter(QObject* watched, QEvent* event) override;

 private:
  void follow(double value);

  Range range_;
  QSlider* slider_;
  QDoubleSpinBox* number_;
};

}  // namespace lorikeet

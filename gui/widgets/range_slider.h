#pragma once
#include <QWidget>

namespace lorikeet {

/// Two handles on one line for the start and the end of something, in [0, 1]. Drag a handle, or the part between them;
/// by keyboard: left and right move the active handle, up and down change to the other one. Double click brings the
/// whole range back.
class RangeSlider : public QWidget {
  Q_OBJECT
  Q_PROPERTY(double low READ low)
  Q_PROPERTY(double high READ high)
 public:
  static constexpr double kStep = 0.01;

  explicit RangeSlider(QWidget* parent = nullptr);

  double low() const { return low_; }
  double high() const { return high_; }
  /// Clamped to [0, 1]; the end stays at least a step behind the start.
  void setRange(double low, double high);

  QSize sizeHint() const override { return {140, 24}; }
  QSize minimumSizeHint() const override { return {70, 24}; }

 signals:
  void rangeChanged(double low, double high);

 protected:
  void paintEvent(QPaintEvent* event) override;
  void mousePressEvent(QMouseEvent* event) override;
  void mouseMoveEvent(QMouseEvent* event) override;
  void mouseReleaseEvent(QMouseEvent* event) override;
  void mouseDoubleClickEvent(QMouseEvent* event) override;
  void keyPressEvent(QKeyEvent* event) override;

 private:
  enum class Part { None, Low, High, Both };

  double xOf(double value) const;
  double valueAt(double x) const;
  Part partAt(double x) const;
  void moveLow(double value);
  void moveHigh(double value);
  void moveBoth(double low);

  double low_ = 0;
  double high_ = 1;
  Part active_ = Part::Low;
  Part dragged_ = Part::None;
  double grip_ = 0;  ///< value under the pointer minus what is dragged
};

}  // namespace lorikeet

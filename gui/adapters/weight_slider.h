#pragma once
#include <QAbstractSlider>

namespace lorikeet {

/// The slider of an adapter's weight: -1 to 2, with marks at 0 and 1 and a bar from 0 to the value. Steps of 0.05, with
/// Shift 0.01, by mouse, wheel and keys; a double click brings the default back. Values beyond the ends are shown at
/// the end.
class WeightSlider : public QAbstractSlider {
  Q_OBJECT
 public:
  explicit WeightSlider(QWidget* parent = nullptr);

  double weight() const { return weight_; }
  /// Shows a weight without telling anybody.
  void setWeight(double weight);
  /// Drawn without colour while the weight has no effect; it can be changed all the same.
  void setDimmed(bool dimmed);

  QSize sizeHint() const override { return {140, 22}; }
  QSize minimumSizeHint() const override { return {60, 22}; }

 signals:
  /// The person chose this weight.
  void weightEdited(double weight);
  /// A double click asks for the weight that the adapter usually has.
  void defaultWanted();
  /// A drag ended, or a single step was made.
  void gestureEnded();

 protected:
  void paintEvent(QPaintEvent* event) override;
  void mousePressEvent(QMouseEvent* event) override;
  void mouseMoveEvent(QMouseEvent* event) override;
  void mouseReleaseEvent(QMouseEvent* event) override;
  void mouseDoubleClickEvent(QMouseEvent* event) override;
  void wheelEvent(QWheelEvent* event) override;
  void keyPressEvent(QKeyEvent* event) override;

 private:
  void edit(double weight, double step);
  double positionOf(double weight) const;
  double perPixel() const;

  double weight_ = 1;
  bool dimmed_ = false;
  double dragX_ = 0;       ///< where the drag was last
  double dragWeight_ = 0;  ///< not rounded, so that slow drags add up
};

}  // namespace lorikeet

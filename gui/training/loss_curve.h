#pragma once
#include <QWidget>
#include <vector>

namespace lorikeet {

/// The losses of a training over its steps: each of them faintly, and their running mean, which is what people look at.
/// Many steps that share a column of pixels are drawn as the range that they span, so that thousands of them take no
/// longer than hundreds. Pointing at the curve tells a step's values.
class LossCurve : public QWidget {
  Q_OBJECT
 public:
  explicit LossCurve(QWidget* parent = nullptr);

  void setLosses(const std::vector<float>& losses);
  const std::vector<float>& losses() const { return losses_; }
  /// The running mean of all steps up to each of them (an exponential one, without the pull of its start).
  const std::vector<float>& smoothed() const { return smoothed_; }
  /// Where a step's loss is drawn.
  QPointF placeOf(size_t index, float loss) const;
  QSize sizeHint() const override { return {420, 220}; }
  QSize minimumSizeHint() const override { return {200, 110}; }

 protected:
  void paintEvent(QPaintEvent* event) override;
  void mouseMoveEvent(QMouseEvent* event) override;
  void leaveEvent(QEvent* event) override;

 private:
  struct Column {
    float low = 0;
    float high = 0;
  };
  QRectF plot() const;
  double stepsShown() const;
  void addSmoothed(size_t from);
  void paintGrid(QPainter& painter) const;
  void paintLosses(QPainter& painter) const;
  void paintMean(QPainter& painter) const;
  void paintLegend(QPainter& painter) const;
  void paintPointer(QPainter& painter) const;

  std::vector<float> losses_;
  std::vector<float> smoothed_;
  double mean_ = 0;    ///< running, biased to 0 at the start
  double weight_ = 0;  ///< that it has so far
  double top_ = 1;     ///< loss at the upper edge
  int pointed_ = -1;   ///< index of a loss; -1: none
};

/// A step between the lines of an axis, 1, 2 or 5 times a power of ten, so that about `lines` of them fit in `range`.
double axisStep(double range, int lines);

}  // namespace lorikeet

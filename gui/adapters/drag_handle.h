#pragma once
#include <QWidget>

namespace lorikeet {

/// The dotted handle by which a row is dragged, in the colours of the theme.
class DragHandle : public QWidget {
  Q_OBJECT
 public:
  explicit DragHandle(QWidget* parent = nullptr);

  QSize sizeHint() const override { return {kSide, kSide}; }

 signals:
  /// The mouse moved far enough with its button held.
  void dragged();

 protected:
  void mousePressEvent(QMouseEvent* event) override;
  void mouseMoveEvent(QMouseEvent* event) override;
  void paintEvent(QPaintEvent* event) override;

 private:
  static constexpr int kSide = 14;  ///< pixels
  QPoint pressedAt_;
};

}  // namespace lorikeet

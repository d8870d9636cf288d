#pragma once
#include <QWidget>

#include "studio/document/canvas_document.h"

namespace lorikeet {

/// Draws white lines on black: a control map by hand. The left button draws, the right one (or Ctrl) erases, Shift
/// draws a straight line on from the last stroke. The picture that it is about may shine through.
class MapDrawing : public QWidget {
  Q_OBJECT
 public:
  static constexpr double kMaxPen = 64;

  /// `source` may be null, then nothing shines through; `map` may be null or of another size, then it is scaled.
  MapDrawing(const QImage& source, const QImage& map, QSize size, QWidget* parent = nullptr);

  /// Format_RGB32, of the given size.
  QImage map() const;
  CanvasDocument& document() { return document_; }

  double penWidth() const { return penWidth_; }
  void setPenWidth(double pixels);
  void setErasing(bool on) { erasing_ = on; }
  /// How much of the source is seen under the lines, [0, 1].
  void setSourceOpacity(double opacity);

  QPointF toWidget(QPointF pixel) const;

  QSize sizeHint() const override { return {560, 560}; }
  QSize minimumSizeHint() const override { return {200, 200}; }

 signals:
  void penWidthChanged(double pixels);

 protected:
  void paintEvent(QPaintEvent* event) override;
  void mousePressEvent(QMouseEvent* event) override;
  void mouseMoveEvent(QMouseEvent* event) override;
  void mouseReleaseEvent(QMouseEvent* event) override;
  void leaveEvent(QEvent* event) override;
  void wheelEvent(QWheelEvent* event) override;

 private:
  QRectF place() const;
  QPointF toPixel(QPointF widget) const;

  CanvasDocument document_;  ///< the lines are its mask
  QImage source_;
  double sourceOpacity_ = 0.35;
  double penWidth_ = 4;
  bool erasing_ = false;
  std::optional<QPointF> lastEnd_;
  std::optional<QPointF> pointer_;
};

}  // namespace lorikeet

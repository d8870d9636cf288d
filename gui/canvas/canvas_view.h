#pragma once
#include <QWidget>

#include "canvas/canvas_frame.h"
#include "canvas/view_transform.h"

namespace lorikeet {

/// Shows a picture: zoom to the cursor, pan (space or middle button), rotated view, and a preview that stands in for
/// the picture while it forms. Sizes and areas are in picture pixels; zoom 1 is one device pixel a picture pixel.
class CanvasView : public QWidget {
  Q_OBJECT
 public:
  explicit CanvasView(QWidget* parent = nullptr);
  ~CanvasView() override;

  /// Shows `picture`; a null one brings the hint back. A picture of another size is fitted into the widget.
  void setPicture(const QImage& picture);
  const QImage& picture() const { return scene_.picture.image(); }

  /// Shows a forming picture, of any size, scaled to `area` (default: the whole picture) over the picture until it is
  /// null or setPicture() is called. Without a picture, `fullSize` is the size that the finished one will have
  /// (default: the preview's own).
  void setPreview(const QImage& preview, const QRect& area = {}, QSize fullSize = {});

  /// The text of the empty state: a short line and an explanation under it.
  void setHint(const QString& title, const QString& detail);

  double zoom() const { return view_.zoom(); }
  /// True while the zoom follows the size of the widget.
  bool isFitted() const { return fitted_; }
  /// Degrees clockwise in (-180, 180].
  double rotation() const { return view_.rotation(); }
  QPointF toPicture(QPointF widget) const { return view_.toPicture(widget); }
  QPointF toWidget(QPointF picture) const { return view_.toWidget(picture); }
  const ViewTransform& viewTransform() const { return view_; }

  QSize sizeHint() const override { return {640, 560}; }
  QSize minimumSizeHint() const override { return {160, 120}; }

 public slots:
  void zoomIn();
  void zoomOut();
  void zoomToFit();
  void zoomTo100();
  void setZoom(double zoom);
  void rotateBy(double degrees);
  void resetRotation();

 signals:
  void zoomChanged(double zoom);
  void rotationChanged(double degrees);
  /// Zoom, rotation, position or the size of the picture changed.
  void viewChanged();

 protected:
  void paintEvent(QPaintEvent* event) override;
  void resizeEvent(QResizeEvent* event) override;
  void changeEvent(QEvent* event) override;
  void wheelEvent(QWheelEvent* event) override;
  void mousePressEvent(QMouseEvent* event) override;
  void mouseMoveEvent(QMouseEvent* event) override;
  void mouseReleaseEvent(QMouseEvent* event) override;
  void keyPressEvent(QKeyEvent* event) override;
  void keyReleaseEvent(QKeyEvent* event) override;
  void focusOutEvent(QFocusEvent* event) override;

  CanvasScene& scene() { return scene_; }
  const CanvasColors& colors() const { return colors_; }
  /// True while a drag of the user moves or turns the view, or space is held to do so.
  bool isNavigating() const { return drag_ != Drag::None || spaceHeld_; }
  /// Composes and paints `area` (picture units) again.
  void updatePictureArea(const QRectF& area);
  /// The same where only the mask changed.
  void updateMaskArea(const QRectF& area);
  void updateWholePicture() { updatePictureArea(QRectF(QPointF(), QSizeF(view_.pictureSize()))); }
  /// What lies over the picture, in widget coordinates. Nothing by default.
  virtual void paintOverlay(QPainter& painter);
  /// Sets the mouse pointer for the state of the view.
  virtual void updateCursor();

 private:
  enum class Drag { None, Pan, Rotate };

  void setPictureSize(QSize size);
  QRectF shownArea(const QRectF& area) const;
  void zoomTo(double zoom, QPointF anchor);
  void zoomBySteps(double steps, QPointF anchor);
  void panBy(QPointF delta);
  void rotateAbout(double degrees, QPointF anchor);
  void followWidget();
  void fitIfFitted();
  void announceChange(double zoomBefore, double rotationBefore);
  void setSpaceHeld(bool held);
  void paintHint(QPainter& painter);
  QPointF centre() const { return QRectF(rect()).center(); }

  CanvasScene scene_;
  CanvasFrame frame_;
  ViewTransform view_;
  CanvasColors colors_;
  QString hintTitle_;
  QString hintDetail_;
  bool fitted_ = true;
  bool spaceHeld_ = false;
  Drag drag_ = Drag::None;
  QPointF dragPoint_;
};

}  // namespace lorikeet

#pragma once
#include <lorikeet/steering.h>

#include <QPointF>
#include <QRectF>
#include <optional>

class QPainter;

namespace lorikeet {

class ViewTransform;

/// The picture with its margins as a frame on the canvas. Each side has a handle; dragging it outward extends the
/// picture, in steps that every model can work with.
class OutpaintFrame {
 public:
  static constexpr int kStep = 8;          ///< picture pixels
  static constexpr int kMaxMargin = 2048;  ///< picture pixels, what a handle reaches; fields take more

  /// While on, all handles are shown; a frame with margins is shown anyway.
  void setOn(bool on) { on_ = on; }
  bool isOn() const { return on_; }
  bool isVisible() const { return on_ || margins_.any(); }
  const OutpaintMargins& margins() const { return margins_; }
  void setMargins(const OutpaintMargins& margins) { margins_ = margins; }

  /// Begins to drag the handle under `at` (widget); false where there is none.
  bool press(QPointF at, const ViewTransform& view);
  /// True where the margins changed.
  bool drag(QPointF at, const ViewTransform& view);
  void release() { dragged_.reset(); }
  bool isDragging() const { return dragged_.has_value(); }
  /// The pointer for that place: along the side's direction over a handle, nothing elsewhere.
  std::optional<Qt::CursorShape> cursorAt(QPointF at, const ViewTransform& view) const;

  void paint(QPainter& painter, const ViewTransform& view) const;

 private:
  enum Side { Left, Top, Right, Bottom };

  QRectF frame(const ViewTransform& view) const;
  QPointF handle(Side side, const ViewTransform& view) const;
  std::optional<Side> sideAt(QPointF at, const ViewTransform& view) const;

  OutpaintMargins margins_;
  bool on_ = false;
  std::optional<Side> dragged_;
};

}  // namespace lorikeet

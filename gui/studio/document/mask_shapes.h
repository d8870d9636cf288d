#pragma once
#include <QImage>
#include <QPoint>
#include <QPolygonF>

namespace lorikeet {

/// A soft selection: `coverage` (Format_Grayscale8, 255 = fully selected) lies with its corner at `offset`.
struct Selection {
  QImage coverage;
  QPoint offset;
  bool isEmpty() const { return coverage.isNull(); }
  QRect area() const { return QRect(offset, coverage.size()); }
};

/// How a selection changes a mask.
enum class SelectionMode { Add, Subtract };

/// The inside of a polygon (odd-even rule, smooth edge) clipped to a picture of `size`.
Selection selectPolygon(const QPolygonF& polygon, QSize size);

/// The pixels of `picture` (32 bit) whose channels all differ by at most `tolerance` in [0, 255] from those at `seed`:
/// those connected to it, or all of them. Empty where the seed is outside.
Selection selectColor(const QImage& picture, QPoint seed, int tolerance, bool contiguous);

/// `mask` with `selection` added or taken away; strength in [0, 1]. Adding never lowers a pixel, and the other way.
QImage combine(const QImage& mask, const Selection& selection, SelectionMode mode, double strength);

}  // namespace lorikeet

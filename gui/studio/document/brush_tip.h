#pragma once
#include <QPointF>
#include <QRect>
#include <array>
#include <cstdint>

namespace lorikeet {

/// The strength of a round brush by the squared distance from its centre: full inside, falling off smoothly over the
/// soft part, and over one pixel at least so that no edge is jagged. Radius in pixels, hardness in [0, 1], strength
/// (of the full part) in [0, 255].
class BrushTip {
 public:
  static constexpr int kRun = 64;  ///< pixels that are looked up together

  BrushTip(double radius, double hardness, double strength);

  /// Nothing is touched from this distance on, in pixels.
  double reach() const { return reach_; }
  /// Strengths by squared distances; the fixed count lets the compiler work on several at a time.
  void look(const float (&squaredDistances)[kRun], uint8_t (&strengths)[kRun]) const;

 private:
  static constexpr int kEntries = 4096;
  double reach_;
  float scale_;
  std::array<uint8_t, kEntries + 1> table_;  // the last one, for all that lies farther out, is 0
};

/// The area that a tip touches on its way along a straight line.
class BrushSweep {
 public:
  BrushSweep(const BrushTip& tip, QPointF from, QPointF to);

  QRect bounds() const;
  bool mayTouch(const QRect& rect) const;
  /// Strengths of the pixels (left .. left + kRun - 1, y), measured at their centres.
  void coverRun(int left, int y, uint8_t (&strengths)[BrushTip::kRun]) const;

 private:
  const BrushTip& tip_;
  QPointF from_;
  QPointF to_;
  QPointF direction_;  // of length 1, or 0 for a dab
  double length_;
};

}  // namespace lorikeet

#pragma once
#include <QPointF>
#include <QRect>
#include <array>
#include <cstdint>

namespace lorikeet {

/// The strength of a round brush by the distance from its centre: full inside, falling off smoothly over the soft
/// part, and over one pixel at least so that no edge is jagged. Distances are shares of the radius, so that one tip
/// serves all radii of a stroke whose pressure changes.
class BrushTip {
 public:
  static constexpr int kRun = 64;  ///< pixels that are looked up together

  /// Radius in pixels, hardness in [0, 1].
  BrushTip(double radius, double hardness);
  /// Whether a tip of this radius and hardness falls off in the same way.
  bool serves(double radius, double hardness) const;

  /// Nothing is touched from this share of the radius on.
  double reach() const { return reach_; }
  /// Strengths in [0, 255] by the squares of the shares; the fixed count lets the compiler work on several at a time.
  void look(const float (&squaredShares)[kRun], uint8_t (&strengths)[kRun]) const;

 private:
  static constexpr int kEntries = 4096;
  double hardness_;
  double fallOff_;  // the width of the soft part, as a share of the radius
  double reach_;
  float scale_;
  std::array<uint8_t, kEntries + 1> table_;  // the last one, for all that lies farther out, is 0
};

/// Where a brush is, how large and how strong. Pixels; strength in [0, 255].
struct BrushTouch {
  QPointF at;
  double radius = 0;
  double strength = 0;
  bool operator==(const BrushTouch&) const = default;
};

/// The area that a tip touches on a straight way from one touch to another, while radius and strength change evenly.
/// `from` itself may have been painted before: then, where the brush stays the same, only what lies ahead of it is
/// touched.
class BrushSweep {
 public:
  BrushSweep(const BrushTip& tip, const BrushTouch& from, const BrushTouch& to, bool fromIsPainted);

  QRect bounds() const;
  bool mayTouch(const QRect& rect) const;
  /// Strengths of the pixels (left .. left + kRun - 1, y), measured at their centres; false where all are 0.
  bool coverRun(int left, int y, uint8_t (&strengths)[BrushTip::kRun]) const;

 private:
  bool mayTouchRun(int left, int y) const;
  struct Run {
    float x;
    float y;
  };
  void measureSteady(const Run& run, float (&squaredShares)[BrushTip::kRun]) const;
  void measureChanging(const Run& run, float (&squaredShares)[BrushTip::kRun], uint8_t (&scales)[BrushTip::kRun]) const;

  const BrushTip& tip_;
  BrushTouch from_;
  BrushTouch to_;
  QPointF direction_;  // of length 1, or 0 for a dab
  double length_;
  double farthest_;  // pixels from the way within which something is touched
  bool changes_;
  bool onlyAhead_;
};

}  // namespace lorikeet

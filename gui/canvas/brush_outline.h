#pragma once
#include <QPointF>
#include <QRect>
#include <optional>

class QPainter;

namespace lorikeet {

/// The ring around the pointer that shows the size of the brush, in widget coordinates.
class BrushOutline {
 public:
  /// Below this size a pointer with a cross is easier to see.
  static constexpr double kSmallestDiameter = 5;

  void set(std::optional<QPointF> at, double diameter);
  bool isVisible() const { return at_ && diameter_ >= kSmallestDiameter; }
  std::optional<QPointF> position() const { return at_; }
  /// What has to be painted again when it goes.
  QRect area() const;
  void paint(QPainter& painter) const;

 private:
  std::optional<QPointF> at_;
  double diameter_ = 0;
};

}  // namespace lorikeet

#pragma once
#include <QImage>
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
  void draw(QPainter& painter, QPointF at) const;

  std::optional<QPointF> at_;
  double diameter_ = 0;
  /// Drawn once: Qt fills the thousands of short spans of a large circle on several threads, and waiting for them at
  /// every dab took longer than the dab.
  mutable QImage kept_;
  mutable double keptDiameter_ = 0;
};

}  // namespace lorikeet

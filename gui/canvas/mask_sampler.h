#pragma once
#include <QImage>
#include <QTransform>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

namespace lorikeet {

/// Reads a mask where the pixels of a view fall on it. Positions are rounded to 1/65536 pixel, so a row gives the same
/// values wherever it begins.
class MaskSampler {
 public:
  /// `toMask` maps pixels of the view to those of `mask` (Format_Grayscale8, kept by the caller). Smooth: between the
  /// four nearest pixels; else the pixel itself.
  MaskSampler(const QImage& mask, const QTransform& toMask, bool smooth);

  /// The values of the view's pixels (left .. left + values.size() - 1, y) that lie on the mask: the first of them,
  /// counted from `left`, and how many, beginning at values[0].
  std::pair<int, int> sampleRow(int left, int y, std::vector<uint8_t>& values);

 private:
  struct Position {
    int64_t x;  // in 1/65536 pixels of the mask
    int64_t y;
  };
  Position positionOf(int x, int y) const;
  void sampleNearest(Position at, std::span<uint8_t> values) const;
  void sampleLevelRow(Position at, std::span<uint8_t> values);
  void sampleSmooth(Position at, std::span<uint8_t> values) const;
  void sampleInside(Position at, std::span<uint8_t> values) const;

  const QImage& mask_;
  bool smooth_;
  int64_t originX_;
  int64_t originY_;
  int64_t xByX_;  // what a step in the view's x adds
  int64_t yByX_;
  int64_t xByY_;
  int64_t yByY_;
  std::vector<uint8_t> levelRow_;
};

}  // namespace lorikeet

#include "studio/document/mask_shapes.h"

#include <QPainter>
#include <algorithm>
#include <cstdlib>
#include <vector>

namespace lorikeet {
namespace {

class ColorMatch {
 public:
  ColorMatch(QRgb wanted, int tolerance) : wanted_(wanted), tolerance_(tolerance) {}
  bool operator()(QRgb color) const {
    return std::abs(qRed(color) - qRed(wanted_)) <= tolerance_ &&
           std::abs(qGreen(color) - qGreen(wanted_)) <= tolerance_ &&
           std::abs(qBlue(color) - qBlue(wanted_)) <= tolerance_ &&
           std::abs(qAlpha(color) - qAlpha(wanted_)) <= tolerance_;
  }

 private:
  QRgb wanted_;
  int tolerance_;
};

const QRgb* colors(const QImage& picture, int y) { return reinterpret_cast<const QRgb*>(picture.constScanLine(y)); }

void selectEverywhere(const QImage& picture, const ColorMatch& matches, QImage& coverage) {
  for (int y = 0; y < picture.height(); ++y) {
    const QRgb* in = colors(picture, y);
    std::transform(in, in + picture.width(), coverage.scanLine(y),
                   [&](QRgb color) { return static_cast<uchar>(matches(color) ? 255 : 0); });
  }
}

/// Fills runs of pixels row by row; every run puts the runs that touch it above and below on the stack.
void selectConnected(const QImage& picture, QPoint seed, const ColorMatch& matches, QImage& coverage) {
  std::vector<QPoint> pending{seed};
  while (!pending.empty()) {
    const QPoint at = pending.back();
    pending.pop_back();
    uchar* out = coverage.scanLine(at.y());
    const QRgb* in = colors(picture, at.y());
    if (out[at.x()] != 0) continue;
    int left = at.x();
    int right = at.x();
    while (left > 0 && matches(in[left - 1])) --left;
    while (right + 1 < picture.width() && matches(in[right + 1])) ++right;
    std::fill(out + left, out + right + 1, 255);
    for (const int y : {at.y() - 1, at.y() + 1}) {
      if (y < 0 || y >= picture.height()) continue;
      const QRgb* neighbour = colors(picture, y);
      const uchar* taken = coverage.constScanLine(y);
      bool inRun = false;
      for (int x = left; x <= right; ++x) {
        const bool open = taken[x] == 0 && matches(neighbour[x]);
        if (open && !inRun) pending.emplace_back(x, y);
        inRun = open;
      }
    }
  }
}

}  // namespace

Selection selectPolygon(const QPolygonF& polygon, QSize size) {
  const QRect area = polygon.boundingRect().toAlignedRect() & QRect(QPoint(), size);
  if (polygon.size() < 3 || area.isEmpty()) return {};
  QImage coverage(area.size(), QImage::Format_Grayscale8);
  coverage.fill(0);
  QPainter painter(&coverage);
  painter.setRenderHint(QPainter::Antialiasing);
  painter.setPen(Qt::NoPen);
  painter.setBrush(Qt::white);
  painter.drawPolygon(polygon.translated(-area.topLeft()), Qt::OddEvenFill);
  painter.end();
  return {coverage, area.topLeft()};
}

Selection selectColor(const QImage& picture, QPoint seed, int tolerance, bool contiguous) {
  if (!picture.rect().contains(seed)) return {};
  QImage coverage(picture.size(), QImage::Format_Grayscale8);
  coverage.fill(0);
  const ColorMatch matches(colors(picture, seed.y())[seed.x()], tolerance);
  if (contiguous) {
    selectConnected(picture, seed, matches, coverage);
  } else {
    selectEverywhere(picture, matches, coverage);
  }
  return {coverage, {}};
}

QImage combine(const QImage& mask, const Selection& selection, SelectionMode mode, double strength) {
  QImage result = mask;
  const QRect area = selection.area() & mask.rect();
  const int scale = static_cast<int>(std::clamp(strength, 0.0, 1.0) * 256 + 0.5);
  for (int y = area.top(); y <= area.bottom(); ++y) {
    const uchar* in = selection.coverage.constScanLine(y - selection.offset.y()) - selection.offset.x();
    uchar* out = result.scanLine(y);
    for (int x = area.left(); x <= area.right(); ++x) {
      const int selected = in[x] * scale / 256;
      out[x] = static_cast<uchar>(mode == SelectionMode::Add ? std::max<int>(out[x], selected)
                                                             : std::min<int>(out[x], 255 - selected));
    }
  }
  return result;
}

}  // namespace lorikeet

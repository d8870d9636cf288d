#include "studio/document/mask_image.h"

#include <algorithm>

namespace lorikeet {

MaskImage::MaskImage(QSize size) : image_(size, QImage::Format_Grayscale8) {
  image_.fill(0);
  tileColumns_ = (size.width() + kTileSide - 1) / kTileSide;
  const int tileRows = (size.height() + kTileSide - 1) / kTileSide;
  painted_.resize(static_cast<size_t>(tileColumns_) * tileRows);
}

QRect MaskImage::tileRect(int tile) const {
  const QPoint corner((tile % tileColumns_) * kTileSide, (tile / tileColumns_) * kTileSide);
  return QRect(corner, QSize(kTileSide, kTileSide)) & image_.rect();
}

QRect MaskImage::tilesTouching(const QRect& area) const {
  const QRect inside = area & image_.rect();
  if (inside.isEmpty()) return {};
  return QRect(QPoint(inside.left() / kTileSide, inside.top() / kTileSide),
               QPoint(inside.right() / kTileSide, inside.bottom() / kTileSide));
}

void MaskImage::noteChange(const QRect& area) {
  const QRect tiles = tilesTouching(area);
  for (int y = tiles.top(); y <= tiles.bottom(); ++y) {
    for (int x = tiles.left(); x <= tiles.right(); ++x) {
      const int tile = y * tileColumns_ + x;
      painted_[tile] = paintedIn(tileRect(tile));
    }
  }
}

QRect MaskImage::paintedIn(const QRect& area) const {
  int left = area.right() + 1;
  int right = area.left() - 1;
  int top = -1;
  int bottom = -1;
  const auto isPainted = [](uchar value) { return value != 0; };
  for (int y = area.top(); y <= area.bottom(); ++y) {
    const uchar* begin = row(y) + area.left();
    const uchar* end = begin + area.width();
    const uchar* first = std::find_if(begin, end, isPainted);
    if (first == end) continue;
    const uchar* last = end - 1;
    while (*last == 0) --last;
    left = std::min<int>(left, area.left() + (first - begin));
    right = std::max<int>(right, area.left() + (last - begin));
    if (top < 0) top = y;
    bottom = y;
  }
  return top < 0 ? QRect() : QRect(QPoint(left, top), QPoint(right, bottom));
}

QRect MaskImage::bounds() const {
  QRect all;
  for (const QRect& painted : painted_) all |= painted;
  return all;
}

}  // namespace lorikeet

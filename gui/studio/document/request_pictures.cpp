#include "studio/document/request_pictures.h"

#include <cstring>

#include "studio/document/picture_file.h"
#include "studio/jobs/convert.h"

namespace lorikeet {

Mask toMask(const QImage& image) {
  Mask mask = Mask::create(image.width(), image.height());
  for (int y = 0; y < image.height(); ++y)
    std::memcpy(mask.values.data() + size_t(y) * image.width(), image.constScanLine(y), size_t(image.width()));
  return mask;
}

QImage toQImage(const Mask& mask) {
  QImage image(mask.width, mask.height, QImage::Format_Grayscale8);
  for (int y = 0; y < mask.height; ++y)
    std::memcpy(image.scanLine(y), mask.values.data() + size_t(y) * mask.width, size_t(mask.width));
  return image;
}

QImage pictureOf(const PictureSource& source) {
  return source.pixels ? toQImage(*source.pixels) : readPicture(pathToQString(source.file));
}

QImage maskOf(const MaskSource& source, QSize pictureSize) {
  return source.pixels ? toQImage(*source.pixels) : readMask(pathToQString(source.file), pictureSize, MaskFit::Refuse);
}

QRect shownPart(const QRect& area, ResizeMode mode, QSize workSize) {
  if (workSize.isEmpty() || area.isEmpty()) return area;
  if (mode != ResizeMode::Crop && mode != ResizeMode::Letterbox) return area;
  const auto how = mode == ResizeMode::Crop ? Qt::KeepAspectRatio : Qt::KeepAspectRatioByExpanding;
  QRect part(QPoint(), workSize.scaled(area.size(), how));
  part.moveCenter(area.center());
  return part;
}

}  // namespace lorikeet

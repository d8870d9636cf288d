#include "studio/jobs/convert.h"

#include <QFile>
#include <QPainter>
#include <algorithm>

namespace lorikeet {

QImage toQImage(const Image& image) {
  if (image.empty()) return {};
  const QImage view(image.pixels.data(), image.width, image.height, 3 * image.width, QImage::Format_RGB888);
  return view.convertToFormat(QImage::Format_RGB32);
}

Image fromQImage(const QImage& image) {
  QImage opaque = image;
  if (image.hasAlphaChannel()) {
    opaque = QImage(image.size(), QImage::Format_RGB32);
    opaque.fill(Qt::white);
    QPainter(&opaque).drawImage(0, 0, image);
  }
  opaque = opaque.convertToFormat(QImage::Format_RGB888);
  Image result = Image::create(opaque.width(), opaque.height());
  const size_t rowSize = size_t(opaque.width()) * 3;
  for (int y = 0; y < opaque.height(); ++y) {
    std::copy_n(opaque.constScanLine(y), rowSize, result.pixels.begin() + std::ptrdiff_t(y * rowSize));
  }
  return result;
}

QString pathToQString(const std::filesystem::path& path) { return QFile::decodeName(path.c_str()); }

QString toQString(std::string_view utf8) { return QString::fromUtf8(utf8.data(), qsizetype(utf8.size())); }

std::filesystem::path toPath(const QString& path) { return {QFile::encodeName(path).toStdString()}; }

}  // namespace lorikeet

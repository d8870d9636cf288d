#include "studio/document/picture_file.h"

#include <lorikeet/error.h>
#include <lorikeet/picture_io.h>

#include <QColorSpace>
#include <QCoreApplication>
#include <QFileInfo>
#include <QImageWriter>
#include <QSaveFile>
#include <algorithm>

#include "studio/document/request_pictures.h"

namespace lorikeet {
namespace {

struct PictureFile {
  Q_DECLARE_TR_FUNCTIONS(lorikeet::PictureFile)
};

QString tr(const char* text) { return PictureFile::tr(text); }

[[noreturn]] void fail(ErrorKind kind, const QString& sentence) { throw Error(kind, sentence.toStdString()); }

QString sizeText(QSize size) { return QStringLiteral("%1 × %2").arg(size.width()).arg(size.height()); }

Picture load(const QString& file) {
  PictureLimits limits;
  limits.maxPixels = kMaxCanvasPixels;
  return loadPicture(std::filesystem::path(file.toStdU16String()), limits);
}

/// True where the picture shows other colours than greys: then it is a picture, not a drawing of a mask.
bool showsColors(const Picture& picture) {
  for (size_t i = 0; i < picture.alpha.values.size(); ++i) {
    const uint8_t* rgb = picture.image.pixels.data() + 3 * i;
    if (picture.alpha.values[i] > 0 && (rgb[0] != rgb[1] || rgb[1] != rgb[2])) return true;
  }
  return false;
}

QImage toImage(const Picture& picture) {
  const Image& colors = picture.image;
  const bool opaque = picture.alpha.empty();
  QImage image(colors.width, colors.height, opaque ? QImage::Format_RGB32 : QImage::Format_ARGB32);
  for (int y = 0; y < colors.height; ++y) {
    const size_t begin = size_t(y) * colors.width;
    const uint8_t* rgb = colors.pixels.data() + 3 * begin;
    auto* out = reinterpret_cast<QRgb*>(image.scanLine(y));
    for (int x = 0; x < colors.width; ++x, rgb += 3) {
      out[x] = qRgba(rgb[0], rgb[1], rgb[2], opaque ? 255 : picture.alpha.values[begin + x]);
    }
  }
  return image;
}

bool isVisible(const QImage& picture) {
  for (int y = 0; y < picture.height(); ++y) {
    const auto* row = reinterpret_cast<const QRgb*>(picture.constScanLine(y));
    if (std::any_of(row, row + picture.width(), [](QRgb pixel) { return qAlpha(pixel) != 0; })) return true;
  }
  return false;
}

}  // namespace

QImage canvasPicture(const QImage& picture) {
  if (picture.isNull()) fail(ErrorKind::InvalidArgument, tr("There is no picture to put on the canvas."));
  if (qint64(picture.width()) * picture.height() > kMaxCanvasPixels) {
    fail(ErrorKind::InvalidArgument, tr("The picture has %1 pixels; the canvas takes pictures of up to %2 megapixels.")
                                         .arg(sizeText(picture.size()))
                                         .arg(kMaxCanvasPixels / 1000000));
  }
  QImage converted = picture;
  const QColorSpace space = picture.colorSpace();
  if (space.isValid() && space != QColorSpace(QColorSpace::SRgb)) converted.convertToColorSpace(QColorSpace::SRgb);
  converted.convertTo(converted.hasAlphaChannel() ? QImage::Format_ARGB32 : QImage::Format_RGB32);
  converted.setDevicePixelRatio(1);
  if (converted.hasAlphaChannel() && !isVisible(converted))
    fail(ErrorKind::InvalidArgument, tr("The picture is transparent everywhere: there is nothing to see in it."));
  return converted;
}

QImage readPicture(const QString& file) { return canvasPicture(toImage(load(file))); }

QImage readMask(const QString& file, QSize size, MaskFit fit) {
  const Picture picture = load(file);
  QImage values = toQImage(showsColors(picture) ? maskFromTransparency(picture) : maskFromPicture(picture));
  if (values.size() == size) return values;
  if (fit == MaskFit::Refuse) {
    fail(ErrorKind::Mismatch, tr("The mask %1 has %2 pixels, but the picture has %3.")
                                  .arg(QFileInfo(file).fileName(), sizeText(values.size()), sizeText(size)));
  }
  return values.scaled(size, Qt::IgnoreAspectRatio, Qt::SmoothTransformation)
      .convertToFormat(QImage::Format_Grayscale8);
}

void writeMask(const QString& file, const QImage& mask) {
  QSaveFile target(file);
  const bool opened = target.open(QIODevice::WriteOnly);
  QImageWriter writer(&target, "png");
  if (opened && writer.write(mask) && target.commit()) return;
  const QString reason = target.error() == QFileDevice::NoError ? writer.errorString() : target.errorString();
  fail(ErrorKind::Io, tr("The mask cannot be saved as %1: %2.").arg(QFileInfo(file).fileName(), reason));
}

}  // namespace lorikeet

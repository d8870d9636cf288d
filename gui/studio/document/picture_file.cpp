#include "studio/document/picture_file.h"

#include <lorikeet/error.h>

#include <QColorSpace>
#include <QCoreApplication>
#include <QFile>
#include <QFileInfo>
#include <QImageReader>
#include <QImageWriter>
#include <QSaveFile>
#include <QtEndian>
#include <optional>

namespace lorikeet {
namespace {

struct PictureFile {
  Q_DECLARE_TR_FUNCTIONS(lorikeet::PictureFile)
};

QString tr(const char* text) { return PictureFile::tr(text); }

[[noreturn]] void fail(ErrorKind kind, const QString& sentence) { throw Error(kind, sentence.toStdString()); }

QString sizeText(QSize size) { return QStringLiteral("%1 × %2").arg(size.width()).arg(size.height()); }

void checkSize(QSize size, const QString& name) {
  if (qint64(size.width()) * size.height() <= kMaxCanvasPixels) return;
  fail(ErrorKind::InvalidArgument, tr("%1 has %2 pixels; the canvas takes pictures of up to %3 megapixels.")
                                       .arg(name, sizeText(size))
                                       .arg(kMaxCanvasPixels / 1000000));
}

/// JPEG decoders fill up what is missing without a word, so look for the end marker after the first scan.
bool isCutOffJpeg(const QByteArray& bytes) {
  qsizetype at = 2;
  while (at + 4 <= bytes.size() && uchar(bytes[at]) == 0xFF && uchar(bytes[at + 1]) != 0xDA) {
    at += 2 + (uchar(bytes[at + 2]) << 8 | uchar(bytes[at + 3]));
  }
  return bytes.indexOf(QByteArray("\xFF\xD9", 2), at) < 0;
}

/// A BMP says how many bytes it has; Qt shows what is there of it.
bool isCutOffBmp(const QByteArray& head, qint64 fileBytes) {
  return head.size() >= 6 && head.startsWith("BM") && qFromLittleEndian<quint32>(head.constData() + 2) > fileBytes;
}

QImage readImage(const QString& file) {
  const QString name = QFileInfo(file).fileName();
  QFile source(file);
  if (!source.open(QIODevice::ReadOnly)) {
    fail(ErrorKind::NotFound, tr("%1 cannot be read: %2.").arg(name, source.errorString()));
  }
  const QByteArray head = source.peek(6);
  const bool isJpeg = head.startsWith("\xFF\xD8");
  if (isCutOffBmp(head, source.size()) || (isJpeg && isCutOffJpeg(source.peek(source.size())))) {
    fail(ErrorKind::Corrupt, tr("%1 is cut off: its end is missing.").arg(name));
  }
  QImageReader reader(&source);
  reader.setDecideFormatFromContent(true);
  reader.setAutoTransform(true);
  if (reader.size().isValid()) checkSize(reader.size(), name);
  const QImage image = reader.read();
  if (!image.isNull()) return image;
  if (!reader.canRead() && reader.error() == QImageReader::UnsupportedFormatError) {
    fail(ErrorKind::Unsupported, tr("%1 is not a picture that the canvas can read.").arg(name));
  }
  fail(ErrorKind::Corrupt, tr("%1 is damaged or cut off, and cannot be read as a picture.").arg(name));
}

/// Ways to say "repaint here" in a mask file.
enum class MaskKind {
  Brightness,  ///< white areas, on black or on nothing
  Opacity,     ///< areas of one colour on nothing
  Hole,        ///< transparent areas of a coloured picture
};

MaskKind kindOfMask(const QImage& colors) {
  bool transparent = false;
  bool colored = false;
  bool oneColor = true;
  std::optional<QRgb> first;
  for (int y = 0; y < colors.height(); ++y) {
    const auto* row = reinterpret_cast<const QRgb*>(colors.constScanLine(y));
    for (int x = 0; x < colors.width(); ++x) {
      transparent |= qAlpha(row[x]) < 255;
      if (qAlpha(row[x]) == 0) continue;
      const QRgb color = row[x] | 0xFF000000;
      colored |= !qIsGray(color);
      if (!first) first = color;
      oneColor &= color == *first;
    }
  }
  if (!transparent) return MaskKind::Brightness;
  if (oneColor) return MaskKind::Opacity;
  return colored ? MaskKind::Hole : MaskKind::Brightness;
}

QImage maskValues(const QImage& image) {
  if (!image.hasAlphaChannel()) return image.convertToFormat(QImage::Format_Grayscale8);
  const QImage colors = image.convertToFormat(QImage::Format_ARGB32);
  const MaskKind kind = kindOfMask(colors);
  QImage values(colors.size(), QImage::Format_Grayscale8);
  for (int y = 0; y < colors.height(); ++y) {
    const auto* in = reinterpret_cast<const QRgb*>(colors.constScanLine(y));
    uchar* out = values.scanLine(y);
    for (int x = 0; x < colors.width(); ++x) {
      const int opacity = qAlpha(in[x]);
      const int value = kind == MaskKind::Opacity ? opacity
                        : kind == MaskKind::Hole  ? 255 - opacity
                                                  : (qGray(in[x]) * opacity + 127) / 255;
      out[x] = static_cast<uchar>(value);
    }
  }
  return values;
}

}  // namespace

QImage canvasPicture(const QImage& picture) {
  if (picture.isNull()) fail(ErrorKind::InvalidArgument, tr("There is no picture to put on the canvas."));
  checkSize(picture.size(), tr("The picture"));
  QImage converted = picture;
  const QColorSpace space = picture.colorSpace();
  if (space.isValid() && space != QColorSpace(QColorSpace::SRgb)) converted.convertToColorSpace(QColorSpace::SRgb);
  converted.convertTo(converted.hasAlphaChannel() ? QImage::Format_ARGB32 : QImage::Format_RGB32);
  converted.setDevicePixelRatio(1);
  return converted;
}

QImage readPicture(const QString& file) { return canvasPicture(readImage(file)); }

QImage readMask(const QString& file, QSize size, MaskFit fit) {
  const QImage values = maskValues(readImage(file));
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

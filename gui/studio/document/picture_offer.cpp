#include "studio/document/picture_offer.h"

#include <QFileInfo>
#include <QMimeData>
#include <QUrl>

#include "studio/document/picture_file.h"

namespace lorikeet {

QString pictureFileIn(const QMimeData& data) {
  static const QStringList kSuffixes{QStringLiteral("png"),  QStringLiteral("jpg"), QStringLiteral("jpeg"),
                                     QStringLiteral("webp"), QStringLiteral("bmp"), QStringLiteral("tif"),
                                     QStringLiteral("tiff")};
  for (const QUrl& url : data.urls()) {
    QString file = url.toLocalFile();
    if (kSuffixes.contains(QFileInfo(file).suffix().toLower())) return file;
  }
  return {};
}

bool hasPicture(const QMimeData& data) { return data.hasImage() || !pictureFileIn(data).isEmpty(); }

QImage pictureFrom(const QMimeData& data) {
  const QString file = pictureFileIn(data);
  return file.isEmpty() ? canvasPicture(qvariant_cast<QImage>(data.imageData())) : readPicture(file);
}

}  // namespace lorikeet

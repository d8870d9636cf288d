#pragma once
#include <QImage>
#include <QString>

class QMimeData;

namespace lorikeet {

/// Whether dropped or pasted data holds a picture: a local picture file by its name, or pixels.
bool hasPicture(const QMimeData& data);

/// The local picture file, by its name; empty where there is none.
QString pictureFileIn(const QMimeData& data);

/// That picture, as readPicture() and canvasPicture() give it; files go before pixels. Throws as they do.
QImage pictureFrom(const QMimeData& data);

}  // namespace lorikeet

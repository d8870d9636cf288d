#pragma once
#include <QImage>

class QMimeData;

namespace lorikeet {

/// Whether dropped or pasted data holds a picture: a local picture file by its name, or pixels.
bool hasPicture(const QMimeData& data);

/// That picture, as readPicture() and canvasPicture() give it; files go before pixels. Throws as they do.
QImage pictureFrom(const QMimeData& data);

}  // namespace lorikeet

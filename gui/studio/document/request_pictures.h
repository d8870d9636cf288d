#pragma once
#include <lorikeet/steering.h>

#include <QImage>
#include <QRect>
#include <QSize>

namespace lorikeet {

/// Between the pictures and masks of requests and those of the canvas (Format_Grayscale8, 255 = repaint).
Mask toMask(const QImage& mask);
QImage toQImage(const Mask& mask);

/// What a source holds, read from its file where it names one. Throw as readPicture() and readMask(); a mask must have
/// the size of its picture.
QImage pictureOf(const PictureSource& source);
QImage maskOf(const MaskSource& source, QSize pictureSize);

/// Where the picture that the model works on lies, in pixels of the source: `area` itself, its middle (Crop), or more
/// than it (Letterbox). workSize may be empty.
QRect shownPart(const QRect& area, ResizeMode mode, QSize workSize);

}  // namespace lorikeet

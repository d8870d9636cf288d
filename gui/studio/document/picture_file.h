#pragma once
#include <QImage>
#include <QSize>
#include <QString>

namespace lorikeet {

/// The most pixels that a picture on the canvas may have (8192 x 8192).
constexpr qint64 kMaxCanvasPixels = 8192LL * 8192;

/// `picture` in the form that the canvas keeps: 8 bits a channel (Format_RGB32, or Format_ARGB32 with transparency),
/// sRGB. Throws Error(InvalidArgument) for a null picture, for one that is transparent everywhere and for one of more
/// than kMaxCanvasPixels.
QImage canvasPicture(const QImage& picture);

/// Reads a picture file as canvasPicture() gives it. Throws what the engine's loadPicture() throws: one sentence for a
/// file that is missing, broken, cut off or too large.
QImage readPicture(const QString& file);

/// What to do with a mask file whose size is not that of the picture.
enum class MaskFit { Refuse, Scale };

/// Reads a mask file: Format_Grayscale8 of `size`, 255 = repaint. That is: white in an opaque or grey file, what is
/// drawn where the file has one colour on transparency, and the holes of a coloured picture (as ComfyUI writes them).
/// Throws as readPicture(), and Error(Mismatch) where the size differs and `fit` is Refuse.
QImage readMask(const QString& file, QSize size, MaskFit fit);

/// Writes a grey PNG beside the target and renames it when it is complete. Throws Error(Io).
void writeMask(const QString& file, const QImage& mask);

}  // namespace lorikeet

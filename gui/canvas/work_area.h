#pragma once
#include <QImage>
#include <QRect>

class QPainter;

namespace lorikeet {

class ViewTransform;

/// The part of a picture that "only masked" repaints, by the engine's onlyMaskedArea(): `painted` (the bounds of the
/// mask) with padding, widened to the aspect of `workSize`. Empty for an empty mask.
QRect workAreaOf(const QImage& mask, const QRect& painted, int padding, QSize workSize);

/// Draws the bounds of the mask (dotted) and the area around it (dashed) in widget coordinates.
void paintWorkArea(QPainter& painter, const ViewTransform& view, const QRect& painted, const QRect& area);

}  // namespace lorikeet

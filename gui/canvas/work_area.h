#pragma once
#include <QRect>

class QPainter;

namespace lorikeet {

class ViewTransform;

/// Draws the bounds of the mask (dotted) and the area around it that "only masked" works on (dashed), in widget
/// coordinates; nothing where the area is empty.
void paintWorkArea(QPainter& painter, const ViewTransform& view, const QRect& painted, const QRect& area);

}  // namespace lorikeet

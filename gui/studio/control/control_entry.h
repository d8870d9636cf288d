#pragma once
#include <lorikeet/steering.h>

#include <QByteArray>
#include <QImage>
#include <QString>

namespace lorikeet {

/// A control unit as it stands in the window. A value.
struct ControlEntry {
  ControlUnit unit;  ///< with its picture: a file, or pixels of its own; empty: the picture on the canvas
  QImage picture;    ///< what unit.picture holds, to be shown; null where it is empty
  bool enabled = true;
};

/// An entry whose picture is a file, or pixels alone. A null image leaves it without one.
void setPictureOf(ControlEntry& entry, const QImage& picture, const QString& file = {});

}  // namespace lorikeet

#pragma once
#include <QIcon>
#include <QString>

namespace lorikeet {

/// A line icon of resources/icons by its file name without extension, drawn in the text colour of the current palette
/// at any size and scale; it follows a change of the theme by itself.
QIcon lineIcon(const QString& name);
/// The same in the palette's accent colour's text, for icons on an accented button.
QIcon accentIcon(const QString& name);
/// The lorikeet.
QIcon applicationIcon();

}  // namespace lorikeet

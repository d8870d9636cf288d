#pragma once
#include <QObject>

#include "studio/settings/settings.h"

namespace lorikeet {

/// Dresses the program: the Fusion style with Lorikeet's own palette and a small stylesheet, light or dark, the same on
/// every desktop. Theme::System follows the desktop, also when it changes its mind while Lorikeet runs.
void applyTheme(Theme theme);

}  // namespace lorikeet

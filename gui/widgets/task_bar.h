#pragma once

namespace lorikeet {

/// Shows progress in the desktop's task bar (KDE, GNOME with a dock, Unity) by the LauncherEntry D-Bus signal; nothing
/// where there is no session bus. A negative share takes it away.
void showTaskBarProgress(double share);

}  // namespace lorikeet

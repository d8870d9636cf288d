#pragma once

class QWidget;

namespace lorikeet {

/// Shows version and licences in a box that blocks nothing.
void showAboutBox(QWidget* window);

}  // namespace lorikeet

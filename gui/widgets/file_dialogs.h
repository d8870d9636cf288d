#pragma once
#include <QFileDialog>
#include <QString>

namespace lorikeet {

/// Shows a dialog that leaves the window usable and deletes itself when it is closed.
void showFileDialog(QFileDialog* dialog);

/// The pictures that Lorikeet reads, as file dialogs want it said.
QString pictureFilter();

}  // namespace lorikeet

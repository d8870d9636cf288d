#include "widgets/file_dialogs.h"

#include <QCoreApplication>

namespace lorikeet {

void showFileDialog(QFileDialog* dialog) {
  dialog->setAttribute(Qt::WA_DeleteOnClose);
  dialog->setModal(false);
  dialog->show();
}

QString pictureFilter() {
  return QCoreApplication::translate("lorikeet::FileDialogs",
                                     "Pictures (*.png *.jpg *.jpeg *.webp *.bmp *.tif *.tiff);;All files (*)");
}

}  // namespace lorikeet

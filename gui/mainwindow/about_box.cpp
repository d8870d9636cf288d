#include "mainwindow/about_box.h"

#include <lorikeet/engine.h>

#include <QCoreApplication>
#include <QMessageBox>

#include "studio/jobs/convert.h"
#include "widgets/icons.h"

namespace lorikeet {
namespace {

QString sayAbout(const char* text) { return QCoreApplication::translate("lorikeet::AboutBox", text); }

}  // namespace

void showAboutBox(QWidget* window) {
  auto* box = new QMessageBox(QMessageBox::NoIcon, sayAbout("About Lorikeet"), {}, QMessageBox::Close, window);
  box->setAttribute(Qt::WA_DeleteOnClose);
  box->setIconPixmap(applicationIcon().pixmap(QSize(72, 72), window->devicePixelRatioF()));
  box->setText(sayAbout("<h3>Lorikeet %1</h3><p>Pictures from words, on the processor that you have.</p>")
                   .arg(toQString(version())));
  box->setInformativeText(
      sayAbout("Apache License 2.0. Icons by Lucide (ISC). Licences of all parts are in "
               "THIRD_PARTY.md in the resources folder."));
  box->setModal(false);
  box->show();
}

}  // namespace lorikeet

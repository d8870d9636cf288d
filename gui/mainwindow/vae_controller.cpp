#include "mainwindow/vae_controller.h"

#include <lorikeet/engine.h>

#include <QFileInfo>

#include "generate/generate_panel.h"
#include "generate/model_menu.h"
#include "studio/jobs/convert.h"
#include "widgets/file_dialogs.h"
#include "widgets/message_bar.h"

namespace lorikeet {

VaeController::VaeController(Studio& studio, const ActionTable& actions, const Window& window, QWidget* parent)
    : QObject(parent), studio_(studio), window_(window), parent_(parent), queue_(this) {
  studio.drops.addTaker(FileKind::Vae, this,
                        [this](const std::vector<DroppedFile>& files) { choose(files.back().path); });
  connect(window.menu, &ModelMenu::vaeChosen, this, &VaeController::choose);
  connect(actions[ActionId::OpenVae], &QAction::triggered, this, &VaeController::openFile);
  connect(window.form, &GeneratePanel::changed, this, &VaeController::showVaes);
  showVaes();
}

void VaeController::choose(const QString& file) {
  if (file.isEmpty()) return use(file);
  queue_.run(
      [file] {
        try {
          checkVae(toPath(file));
          return QString();
        } catch (const std::exception& error) {
          return toQString(error.what());
        }
      },
      [this, file](const QString& problem) {
        if (problem.isEmpty()) return use(file);
        window_.messages->showMessage(MessageBar::Kind::Warning, problem);
      });
}

void VaeController::use(const QString& file) {
  if (!file.isEmpty()) {
    constexpr qsizetype kMostKept = 8;
    QStringList files = studio_.settings.vaeFiles();
    files.removeAll(file);
    files.prepend(file);
    studio_.settings.setVaeFiles(files.mid(0, kMostKept));
    window_.messages->showMessage(MessageBar::Kind::Info,
                                  tr("Pictures are decoded with the VAE %1.").arg(QFileInfo(file).fileName()));
  }
  window_.form->setVae(file);
  showVaes();
}

void VaeController::openFile() {
  auto* dialog = new QFileDialog(parent_, tr("Open VAE"), studio_.settings.preferences().modelFolder,
                                 tr("VAEs (*.safetensors *.pt *.ckpt *.bin);;All files (*)"));
  dialog->setObjectName(QStringLiteral("openVaeDialog"));
  dialog->setFileMode(QFileDialog::ExistingFile);
  connect(dialog, &QFileDialog::fileSelected, this, &VaeController::choose);
  showFileDialog(dialog);
}

void VaeController::showVaes() {
  QStringList known;
  for (const QString& file : studio_.settings.vaeFiles())
    if (QFileInfo::exists(file)) known << file;
  window_.menu->setVaes(pathToQString(window_.form->request().vae), known);
}

}  // namespace lorikeet

#include "mainwindow/model_controller.h"

#include <QFileInfo>

#include "generate/generate_panel.h"
#include "studio/jobs/convert.h"
#include "widgets/file_dialogs.h"
#include "widgets/message_bar.h"

namespace lorikeet {
ModelController::ModelController(Studio& studio, ActionTable& actions, Parts parts, QWidget* window)
    : QObject(window), studio_(studio), parts_(parts), window_(window) {
  connect(&studio_.models, &ModelLibrary::currentChanged, this, &ModelController::use);
  use(studio_.models.current());
  connect(actions[ActionId::OpenModel], &QAction::triggered, this, &ModelController::chooseFile);
  connect(actions[ActionId::ChooseModelFolder], &QAction::triggered, this, &ModelController::chooseFolder);
  connect(actions[ActionId::RescanModels], &QAction::triggered, &studio_.models, &ModelLibrary::rescan);
  connect(actions[ActionId::RescanModels], &QAction::triggered, &studio_.upscalers, &NetworkLibrary::rescan);
  parts_.form->setUpscalers(studio_.upscalers);
  studio_.drops.addTaker(FileKind::Upscaler, this, [this](const std::vector<DroppedFile>& files) {
    for (const DroppedFile& file : files) studio_.upscalers.add(file.path);
    parts_.form->useUpscaler(files.back().path);
  });
}

void ModelController::use(const ModelEntry& model) {
  parts_.form->setModel(model);
  if (model.problem.isEmpty()) {
    studio_.jobs.preload(toPath(model.path), studio_.settings.request().precision);
  } else {
    parts_.messages->showMessage(MessageBar::Kind::Error, model.problem);
  }
}

void ModelController::chooseFile() {
  auto* dialog = new QFileDialog(window_, tr("Open Model"), studio_.settings.preferences().modelFolder,
                                 tr("Models (*.safetensors *.ckpt model_index.json);;All files (*)"));
  dialog->setFileMode(QFileDialog::ExistingFile);
  showFileDialog(dialog);
  connect(dialog, &QFileDialog::fileSelected, this, [this](const QString& file) {
    const QFileInfo info(file);
    studio_.models.setCurrent(info.fileName() == u"model_index.json" ? info.absolutePath() : file);
  });
}

void ModelController::chooseFolder() {
  auto* dialog = new QFileDialog(window_, tr("Folder with Models"), studio_.settings.preferences().modelFolder);
  dialog->setFileMode(QFileDialog::Directory);
  showFileDialog(dialog);
  connect(dialog, &QFileDialog::fileSelected, this, [this](const QString& folder) {
    Preferences preferences = studio_.settings.preferences();
    preferences.modelFolder = folder;
    studio_.settings.setPreferences(preferences);
  });
}

}  // namespace lorikeet

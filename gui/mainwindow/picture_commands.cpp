#include "mainwindow/picture_commands.h"

#include <QClipboard>
#include <QDesktopServices>
#include <QFileInfo>
#include <QGuiApplication>
#include <QMimeData>
#include <QRegularExpression>
#include <QUrl>

#include "generate/generate_panel.h"
#include "mainwindow/request_composer.h"
#include "mainwindow/session_controller.h"
#include "studio/jobs/convert.h"
#include "widgets/file_dialogs.h"

namespace lorikeet {

PictureCommands::PictureCommands(Studio& studio, const ActionTable& actions, SessionController& session,
                                 GeneratePanel& form, RequestComposer& composer, QWidget* window)
    : QObject(window), studio_(studio), session_(session), form_(form), composer_(composer), window_(window) {
  connectActions(actions);
  const auto update = [this, &actions] { updateActions(actions); };
  connect(&session, &SessionController::shownChanged, this, update);
  connect(&studio.results, &SessionResults::dataChanged, this, update);
  connect(&studio.results, &SessionResults::rowsRemoved, this, update);
  update();
}

void PictureCommands::connectActions(const ActionTable& actions) {
  connect(actions[ActionId::SavePictureAs], &QAction::triggered, this, &PictureCommands::saveAs);
  connect(actions[ActionId::CopyPicture], &QAction::triggered, this, &PictureCommands::copy);
  connect(actions[ActionId::UseSettings], &QAction::triggered, this, &PictureCommands::useSettings);
  connect(actions[ActionId::UseSeed], &QAction::triggered, this, &PictureCommands::useSeed);
  connect(actions[ActionId::ShowInFolder], &QAction::triggered, this, &PictureCommands::showInFolder);
  connect(actions[ActionId::RemoveResult], &QAction::triggered, this, &PictureCommands::removeFromStrip);
}

void PictureCommands::updateActions(const ActionTable& actions) {
  const SessionResult* result = shown();
  for (const ActionId id : {ActionId::SavePictureAs, ActionId::CopyPicture, ActionId::UseSettings, ActionId::UseSeed,
                            ActionId::RemoveResult})
    actions[id]->setEnabled(result);
  actions[ActionId::ShowInFolder]->setEnabled(result && !result->file.isEmpty());
}

void PictureCommands::saveAs() {
  const SessionResult* result = shown();
  if (!result) return;
  const QString words = fileNameWords(toQString(result->request.prompt));
  auto* dialog = new QFileDialog(window_, tr("Save Picture"), {},
                                 tr("PNG pictures (*.png);;JPEG pictures (*.jpg *.jpeg);;WebP pictures (*.webp)"));
  dialog->setObjectName(QStringLiteral("savePictureDialog"));
  dialog->setAcceptMode(QFileDialog::AcceptSave);
  dialog->setDefaultSuffix(QStringLiteral("png"));
  connect(dialog, &QFileDialog::filterSelected, dialog, [dialog](const QString& filter) {
    dialog->setDefaultSuffix(
        filter.section(QStringLiteral("*."), 1).section(QRegularExpression(QStringLiteral("[ )]")), 0, 0));
  });
  dialog->selectFile(words.isEmpty() ? tr("picture") : words);
  connect(dialog, &QFileDialog::fileSelected, this, [this, id = result->id](const QString& file) {
    const SessionResult* chosen = studio_.results.find(id);
    if (chosen)
      studio_.store.saveAs(*chosen, studio_.results.image(id), file, studio_.settings.preferences().writeInfotext);
  });
  showFileDialog(dialog);
}

void PictureCommands::copy() const {
  const SessionResult* result = shown();
  if (!result) return;
  auto* data = new QMimeData;
  data->setImageData(studio_.results.image(result->id));
  if (!result->file.isEmpty()) data->setUrls({QUrl::fromLocalFile(result->file)});
  QGuiApplication::clipboard()->setMimeData(data);
}

void PictureCommands::useSettings() {
  const SessionResult* result = shown();
  if (!result) return;
  const GenerateRequest request = result->request;  // showing it may change the results
  composer_.show(request);
}

void PictureCommands::useSeed() {
  const SessionResult* result = shown();
  if (!result) return;
  form_.setSeed(result->request.seed);
  form_.setSeedLocked(true);
}

void PictureCommands::showInFolder() const {
  const SessionResult* result = shown();
  if (result) QDesktopServices::openUrl(QUrl::fromLocalFile(QFileInfo(result->file).absolutePath()));
}

void PictureCommands::removeFromStrip() {
  const SessionResult* result = shown();
  if (!result) return;
  const int row = studio_.results.indexOf(result->id).row();
  studio_.results.remove(result->id);
  const int count = studio_.results.rowCount();
  if (count > 0) session_.show(studio_.results.at(std::min(row, count - 1)).id);
}

const SessionResult* PictureCommands::shown() const { return studio_.results.find(session_.shownId()); }

}  // namespace lorikeet

#include "mainwindow/library_controller.h"

#include <QDesktopServices>
#include <QFileInfo>
#include <QUrl>

#include "adapters/adapter_report.h"
#include "generate/generate_panel.h"
#include "library/library_panel.h"
#include "library/library_view.h"
#include "mainwindow/stack_controller.h"
#include "studio/jobs/convert.h"
#include "widgets/file_dialogs.h"
#include "widgets/message_bar.h"

namespace lorikeet {
namespace {

constexpr int kPicturesDelayMs = 500;  ///< thumbnails need not follow every picture of a job

}  // namespace

LibraryController::LibraryController(Studio& studio, const ActionTable& actions, const Window& window, QWidget* parent)
    : QObject(parent),
      studio_(studio),
      actions_(actions),
      window_(window),
      parent_(parent),
      panel_(new LibraryPanel(studio.adapters, studio.thumbnailFolder, actions, parent)),
      queue_(this) {
  connectActions();
  connectView();
  connectHistory();
  connect(&studio.adapters, &AdapterLibrary::problem, this,
          [this](const QString& sentence) { window_.messages->showMessage(MessageBar::Kind::Warning, sentence); });
  connect(&studio.stack, &AdapterStackModel::rowsChanged, this, &LibraryController::showUsed);
  showUsed();
}

void LibraryController::connectActions() {
  const auto on = [this](ActionId id, auto work) { connect(actions_[id], &QAction::triggered, this, work); };
  on(ActionId::ShowLibrary, [this] {
    emit panelWanted();
    panel_->focusSearch();
  });
  on(ActionId::AddAdapterFolder, [this] { chooseFolder(); });
  on(ActionId::RescanAdapters, [this] { studio_.adapters.rescan(); });
}

void LibraryController::connectView() {
  LibraryView* view = panel_->view();
  connect(view, &LibraryView::addWanted, this, &LibraryController::add);
  connect(view, &LibraryView::rescanWanted, &studio_.adapters, &AdapterLibrary::rescan);
  connect(view, &LibraryView::reportWanted, this, &LibraryController::report);
  connect(view, &LibraryView::folderWanted, this,
          [](const QString& file) { QDesktopServices::openUrl(QUrl::fromLocalFile(QFileInfo(file).absolutePath())); });
  connect(panel_, &LibraryPanel::insertWanted, window_.form, &GeneratePanel::insertWord);
  connect(panel_, &LibraryPanel::folderRemoved, this, &LibraryController::removeFolder);
}

void LibraryController::connectHistory() {
  PictureHistory& history = studio_.history;
  pictureDelay_.setSingleShot(true);
  pictureDelay_.setInterval(kPicturesDelayMs);
  connect(&pictureDelay_, &QTimer::timeout, &history, &PictureHistory::askLastWithAdapters);
  connect(&history, &PictureHistory::changed, &pictureDelay_, qOverload<>(&QTimer::start));
  connect(&history, &PictureHistory::lastWithAdapters, &panel_->model(), &AdapterListModel::setPictures);
}

void LibraryController::add(const QStringList& files) {
  QStringList there;
  for (const QString& file : files) {
    if (QFileInfo::exists(file))
      there << file;
    else
      window_.messages->showMessage(MessageBar::Kind::Warning, tr("The file %1 is no longer there.").arg(file));
  }
  if (there.isEmpty()) return;
  window_.stack->addToStack(there);
  const QString name = QFileInfo(there.front()).completeBaseName();
  panel_->setNote(there.size() == 1 ? tr("%1 is in the stack now").arg(name)
                                    : tr("%1 adapters are in the stack now").arg(there.size()));
}

void LibraryController::showUsed() {
  QSet<QString> files;
  for (const AdapterEntry& entry : studio_.stack.state().entries) files.insert(pathToQString(entry.use.file));
  panel_->model().setUsed(files);
}

void LibraryController::chooseFolder() {
  auto* dialog = new QFileDialog(parent_, tr("Folder of Adapters, or of A1111 or ComfyUI"));
  dialog->setObjectName(QStringLiteral("adapterFolderDialog"));
  dialog->setFileMode(QFileDialog::Directory);
  dialog->setOption(QFileDialog::ShowDirsOnly);
  connect(dialog, &QFileDialog::fileSelected, this, &LibraryController::addFolder);
  showFileDialog(dialog);
}

void LibraryController::addFolder(const QString& folder) {
  Preferences preferences = studio_.settings.preferences();
  for (const QString& one : adapterFoldersBelow(folder))
    if (!studio_.adapters.folders().contains(one)) preferences.moreAdapterFolders << one;
  emit panelWanted();
  if (preferences == studio_.settings.preferences()) return studio_.adapters.rescan();
  studio_.settings.setPreferences(preferences);
}

void LibraryController::removeFolder(const QString& folder) {
  Preferences preferences = studio_.settings.preferences();
  preferences.moreAdapterFolders.removeAll(folder);
  if (preferences.adaptersFolder == folder) preferences.adaptersFolder.clear();
  studio_.settings.setPreferences(preferences);
}

void LibraryController::report(const QString& file) {
  queue_.run(
      [path = toPath(file), model = toPath(studio_.models.current().path)] { return examineAdapter(path, model); },
      [this, file](const AdapterCondition& condition) { showReport(file, condition, parent_->window()); });
}

}  // namespace lorikeet

#include "mainwindow/history_controller.h"

#include <QDesktopServices>
#include <QFileInfo>
#include <QUrl>

#include "history/compare_window.h"
#include "history/history_panel.h"
#include "history/history_view.h"
#include "mainwindow/canvas_controller.h"
#include "mainwindow/request_composer.h"
#include "mainwindow/settings_controller.h"
#include "studio/jobs/convert.h"
#include "widgets/message_bar.h"

namespace lorikeet {

HistoryController::HistoryController(Studio& studio, const ActionTable& actions, const Window& window, QWidget* parent)
    : QObject(parent),
      studio_(studio),
      actions_(actions),
      window_(window),
      parent_(parent),
      panel_(new HistoryPanel(studio.history, studio.thumbnailFolder, actions, parent)) {
  connectActions();
  connectHistory();
  updateActions();
}

void HistoryController::open() { studio_.history.open({studio_.settings.preferences().picturesFolder}); }

void HistoryController::connectActions() {
  PictureHistory& history = studio_.history;
  const auto on = [this](ActionId id, auto work) { connect(actions_[id], &QAction::triggered, this, work); };
  on(ActionId::ShowHistory, [this] {
    emit panelWanted();
    panel_->focusSearch();
  });
  on(ActionId::ComparePictures, [this] { compare(); });
  on(ActionId::UseHistorySettings, [this] { useSettings(); });
  on(ActionId::EditHistoryPicture, [this] {
    if (const QString file = marked().file; !file.isEmpty()) window_.canvas->openPicture(file);
  });
  on(ActionId::ShowHistoryFile, [this] { showFolder(); });
  on(ActionId::TrashPictures, [this, &history] { history.trash(panel_->view()->selectedPictures()); });
  on(ActionId::UndoTrash, [&history] { history.undoTrash(); });
  on(ActionId::RebuildHistory, [&history] { history.rebuild(); });
  connect(panel_->view(), &HistoryView::ratingWanted, &history, &PictureHistory::rate);
  connect(panel_->view(), &HistoryView::selectionWasChanged, this, &HistoryController::updateActions);
  connect(&panel_->model(), &HistoryModel::answered, this, &HistoryController::updateActions);
}

void HistoryController::connectHistory() {
  PictureHistory& history = studio_.history;
  connect(&history, &PictureHistory::problem, this,
          [this](const QString& sentence) { window_.messages->showMessage(MessageBar::Kind::Warning, sentence); });
  connect(&history, &PictureHistory::notice, this,
          [this](const QString& sentence) { window_.messages->showMessage(MessageBar::Kind::Info, sentence); });
  connect(panel_->view(), &HistoryView::problem, &history, &PictureHistory::problem);
  connect(&history, &PictureHistory::trashedPictures, this, &HistoryController::updateActions);
  connect(&history, &PictureHistory::trashKnown, this, &HistoryController::updateActions);
  connect(&history, &PictureHistory::restored, this, &HistoryController::updateActions);
  connect(&history, &PictureHistory::scanned, this,
          [this](int done, int total) { actions_[ActionId::RebuildHistory]->setEnabled(done == total); });
  connect(&studio_.settings, &Settings::preferencesChanged, &history,
          [&history](const Preferences& preferences) { history.setFolders({preferences.picturesFolder}); });
}

void HistoryController::updateActions() {
  const size_t count = panel_->view()->selectedPictures().size();
  for (const ActionId id : {ActionId::UseHistorySettings, ActionId::EditHistoryPicture, ActionId::ShowHistoryFile})
    actions_[id]->setEnabled(count == 1);
  actions_[ActionId::ComparePictures]->setEnabled(count >= 1 && count <= CompareWindow::kMostPictures);
  actions_[ActionId::TrashPictures]->setEnabled(count > 0);
  actions_[ActionId::UndoTrash]->setEnabled(studio_.history.canUndoTrash());
}

HistoryEntry HistoryController::marked() const {
  const std::vector<qint64> ids = panel_->view()->selectedPictures();
  HistoryEntry entry = ids.size() == 1 ? panel_->model().entryOf(ids.front()) : HistoryEntry();
  if (!entry.file.isEmpty() && !QFileInfo::exists(entry.file)) {
    window_.messages->showMessage(MessageBar::Kind::Warning, tr("The file %1 is no longer there.").arg(entry.file));
    entry.file.clear();
  }
  return entry;
}

void HistoryController::useSettings() {
  const QString file = marked().file;
  if (file.isEmpty()) return;
  for (int row = 0; row < studio_.results.rowCount(); ++row) {
    if (studio_.results.at(row).file != file) continue;
    const GenerateRequest request = studio_.results.at(row).request;  // showing it may change the results
    return window_.request->show(request);
  }
  window_.settings->use(file);
}

void HistoryController::showFolder() const {
  if (const QString file = marked().file; !file.isEmpty())
    QDesktopServices::openUrl(QUrl::fromLocalFile(QFileInfo(file).absolutePath()));
}

void HistoryController::compare() {
  QList<HistoryEntry> pictures;
  for (const qint64 id : panel_->view()->selectedPictures()) pictures << panel_->model().entryOf(id);
  pictures.removeIf([](const HistoryEntry& entry) { return entry.file.isEmpty(); });
  if (pictures.isEmpty() || pictures.size() > qsizetype(CompareWindow::kMostPictures)) return;
  if (!comparison_) comparison_ = new CompareWindow(parent_);
  comparison_->showPictures(pictures);
  comparison_->show();
  comparison_->raise();
  comparison_->activateWindow();
}

}  // namespace lorikeet

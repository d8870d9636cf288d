#include "mainwindow/sweep_controller.h"

#include <QDesktopServices>
#include <QFileInfo>
#include <QTimer>
#include <QUrl>

#include "mainwindow/request_composer.h"
#include "studio/jobs/convert.h"
#include "sweep/sweep_window.h"
#include "widgets/message_bar.h"

namespace lorikeet {

SweepController::SweepController(Studio& studio, const ActionTable& actions, RequestComposer& composer,
                                 MessageBar& messages, QWidget* window)
    : QObject(window), studio_(studio), composer_(composer), messages_(messages), parent_(window) {
  QTimer::singleShot(0, &studio.sweep, &SweepSession::open);
  connect(actions[ActionId::ShowSweep], &QAction::triggered, this, &SweepController::showWindow);
  connect(&studio.sweep, &SweepSession::problem, this,
          [this](const QString& sentence) { messages_.showMessage(MessageBar::Kind::Warning, sentence); });
  connect(&studio.sweep, &SweepSession::gridSaved, this, [this](const QString& file) {
    messages_.showMessage(MessageBar::Kind::Info, tr("The sweep is finished; its grid is %1.").arg(file));
  });
}

void SweepController::showWindow() {
  if (!window_) {
    window_ = new SweepWindow(
        studio_.sweep, [this] { return composer_.request(); }, parent_);
    window_->setAttribute(Qt::WA_DeleteOnClose);
    connectWindow();
  }
  window_->show();
  window_->raise();
  window_->activateWindow();
}

void SweepController::connectWindow() {
  SweepWindow* window = window_;
  connect(window, &SweepWindow::startWanted, this, &SweepController::start);
  connect(window, &SweepWindow::settingsWanted, this,
          [this](const GenerateRequest& request) { composer_.show(request); });
  connect(window, &SweepWindow::fileWanted, this,
          [](const QString& file) { QDesktopServices::openUrl(QUrl::fromLocalFile(file)); });
  connect(window, &SweepWindow::folderWanted, this,
          [](const QString& file) { QDesktopServices::openUrl(QUrl::fromLocalFile(QFileInfo(file).absolutePath())); });
  connect(&studio_.queue, &JobQueue::changed, window, [this, window] { window->setPaused(studio_.queue.isPaused()); });
  connect(&studio_.stack, &AdapterStackModel::effectChanged, window, &SweepWindow::readRequest);
  window->setPaused(studio_.queue.isPaused());
}

/// An unlocked seed is rolled once for all pictures.
void SweepController::start(const SweepAxis& x, const std::optional<SweepAxis>& y) {
  GenerateRequest request = composer_.nextRequest();
  request.imageCount = 1;
  studio_.queue.setOptions({studio_.settings.preferences().livePreview});
  studio_.sweep.setWritesInfotext(studio_.settings.preferences().writeInfotext);
  try {
    studio_.sweep.start(request, x, y);
  } catch (const Error& error) {
    messages_.showMessage(MessageBar::Kind::Error, toQString(error.what()));
  }
}

}  // namespace lorikeet

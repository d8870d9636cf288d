#include "mainwindow/workshop_controller.h"

#include <QDesktopServices>
#include <QFileInfo>
#include <QUrl>

#include "widgets/message_bar.h"
#include "workshop/workshop_window.h"

namespace lorikeet {

WorkshopController::WorkshopController(Studio& studio, const ActionTable& actions, MessageBar& messages,
                                       QWidget* window)
    : QObject(window), studio_(studio), parent_(window) {
  connect(actions[ActionId::ShowWorkshop], &QAction::triggered, this, &WorkshopController::showWindow);
  connect(&job_, &WorkshopJob::finished, this, [this, &messages](const WorkshopReport& report) {
    if (window_) return;
    messages.showMessage(report.failed ? MessageBar::Kind::Error : MessageBar::Kind::Info, report.sentence,
                         report.details);
  });
}

std::vector<AdapterUse> WorkshopController::stack() const {
  GenerateRequest request;
  studio_.stack.fill(request);
  std::erase_if(request.adapters, [](const AdapterUse& use) { return !use.enabled; });
  return request.adapters;
}

void WorkshopController::showWindow() {
  if (!window_) {
    window_ = new WorkshopWindow(
        job_, [this] { return stack(); }, parent_);
    window_->setAttribute(Qt::WA_DeleteOnClose);
    connect(&studio_.stack, &AdapterStackModel::effectChanged, window_, &WorkshopWindow::readStack);
    connect(window_, &WorkshopWindow::adapterWanted, this,
            [this](const QString& file) { studio_.stack.addFiles({file}); });
    connect(window_, &WorkshopWindow::folderWanted, this, [](const QString& file) {
      QDesktopServices::openUrl(QUrl::fromLocalFile(QFileInfo(file).absolutePath()));
    });
  }
  window_->show();
  window_->raise();
  window_->activateWindow();
}

}  // namespace lorikeet

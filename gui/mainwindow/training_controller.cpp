#include "mainwindow/training_controller.h"

#include <lorikeet/adapter_tags.h>

#include <QDesktopServices>
#include <QDir>
#include <QFileInfo>
#include <QMainWindow>
#include <QStatusBar>
#include <QTimer>
#include <QToolButton>
#include <QUrl>

#include "studio/jobs/convert.h"
#include "training/training_text.h"
#include "training/training_window.h"
#include "widgets/icons.h"
#include "widgets/message_bar.h"

namespace lorikeet {

TrainingController::TrainingController(Studio& studio, const ActionTable& actions, MessageBar& messages,
                                       QMainWindow* window)
    : QObject(window),
      studio_(studio),
      messages_(messages),
      parent_(window),
      indicator_(new QToolButton(window->statusBar())) {
  indicator_->setObjectName(QStringLiteral("trainingIndicator"));
  indicator_->setIcon(lineIcon(QStringLiteral("wand-sparkles")));
  indicator_->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
  indicator_->setToolTip(tr("Shows the training that runs"));
  window->statusBar()->addPermanentWidget(indicator_);
  connect(indicator_, &QToolButton::clicked, this, &TrainingController::showWindow);
  connect(actions[ActionId::ShowTraining], &QAction::triggered, this, &TrainingController::showWindow);
  connect(&studio.models, &ModelLibrary::currentChanged, this, &TrainingController::showModel);
  connect(&studio.training, &TrainingSession::stateChanged, this, &TrainingController::showIndicator);
  connect(&studio.training, &TrainingSession::progressed, this, &TrainingController::showIndicator);
  connect(&studio.training, &TrainingSession::finished, this, [this](const TrainingReport& report) {
    if (window_) return;
    messages_.showMessage(report.failed ? MessageBar::Kind::Error : MessageBar::Kind::Info, report.sentence,
                          report.details);
  });
  showIndicator();
  QTimer::singleShot(0, this, &TrainingController::tellUnfinished);
}

void TrainingController::showWindow() {
  if (!window_) {
    window_ = new TrainingWindow(studio_.training, studio_.settings, outputFolder(), parent_);
    window_->setAttribute(Qt::WA_DeleteOnClose);
    connectWindow();
    showModel();
  }
  window_->show();
  window_->raise();
  window_->activateWindow();
}

/// What the result is, is found by its content, as if it had been dropped on the main window.
void TrainingController::connectWindow() {
  connect(window_, &TrainingWindow::resultWanted, this, [this](const QString& file) { studio_.drops.drop({file}); });
  connect(window_, &TrainingWindow::fileWanted, this,
          [](const QString& file) { QDesktopServices::openUrl(QUrl::fromLocalFile(file)); });
  connect(window_, &TrainingWindow::folderWanted, this,
          [](const QString& file) { QDesktopServices::openUrl(QUrl::fromLocalFile(QFileInfo(file).absolutePath())); });
}

void TrainingController::showModel() {
  const ModelEntry& model = studio_.models.current();
  if (window_) window_->setModel(model.path, model.name, model.nativeSize);
}

void TrainingController::showIndicator() {
  const TrainingSession& training = studio_.training;
  indicator_->setVisible(training.isRunning());
  if (!training.isRunning()) return;
  const int percent = int(100 * training.losses().size() / size_t(training.setup().request.steps));
  indicator_->setText(tr("Training %1 %").arg(percent));
  indicator_->setToolTip(describe(training));
}

void TrainingController::tellUnfinished() {
  const auto unfinished = studio_.training.unfinished();
  if (!unfinished || !messages_.text().isEmpty()) return;
  messages_.showMessage(
      MessageBar::Kind::Info,
      tr("The training of “%1” stopped at step %L2 of %L3; it can be resumed (File, Train an Adapter).")
          .arg(unfinished->name())
          .arg(unfinished->steps)
          .arg(unfinished->setup.request.steps));
}

/// Where adapters are looked for; the usual place is made when it is needed first.
QString TrainingController::outputFolder() const {
  QString chosen = studio_.settings.preferences().adaptersFolder;
  if (!chosen.isEmpty()) return chosen;
  QString usual = pathToQString(defaultAdapterFolder());
  QDir().mkpath(usual);
  return usual;
}

}  // namespace lorikeet

#include "mainwindow/session_controller.h"

#include "canvas/canvas_view.h"
#include "gallery/result_strip.h"
#include "mainwindow/request_composer.h"
#include "mainwindow/status_line.h"
#include "widgets/message_bar.h"

namespace lorikeet {

SessionController::SessionController(Studio& studio, const ActionTable& actions, const SessionViews& views,
                                     QObject* parent)
    : QObject(parent), studio_(studio), actions_(actions), views_(views) {
  actions_[ActionId::FollowLive]->setChecked(true);
  connect(actions_[ActionId::Generate], &QAction::triggered, this, &SessionController::generate);
  connect(actions_[ActionId::Stop], &QAction::triggered, this, &SessionController::stop);
  connect(views_.strip, &ResultStrip::chosen, this, &SessionController::show);
  connectJobs();
  connectMessages();
  updateActions();
  views_.status->showIdle(tr("Ready"));
}

void SessionController::generate() {
  if (studio_.jobs.isRunning()) return;
  const GenerateRequest request = views_.request->nextRequest();
  studio_.settings.setRequest(request);
  studio_.queue.setOptions({studio_.settings.preferences().livePreview});
  studio_.queue.runNow(request);
}

void SessionController::stop() { studio_.queue.stop(); }

void SessionController::show(quint64 id) {
  const QImage image = studio_.results.image(id);
  if (image.isNull()) {
    views_.messages->showMessage(MessageBar::Kind::Warning, tr("This picture's file is no longer there."));
    return;
  }
  if (studio_.jobs.isRunning()) actions_[ActionId::FollowLive]->setChecked(false);
  views_.canvas->setPicture(image);
  views_.strip->setCurrentId(id);
  setShown(id);
  emit canvasUsed();
}

void SessionController::showLive(const QImage& image, QSize size) {
  showUnfinished(image, size);
  emit canvasUsed();
}

void SessionController::showUnfinished(const QImage& image, QSize size) {
  if (views_.canvas->picture().size() != size) views_.canvas->setPicture({});
  views_.canvas->setPreview(image, {}, size);
  setShown(0);
}

void SessionController::connectJobs() {
  JobRunner& jobs = studio_.jobs;
  connect(&jobs, &JobRunner::stateChanged, this, &SessionController::updateActions);
  connect(&jobs, &JobRunner::started, this, [this](JobId, const GenerateRequest& request) { onStarted(request); });
  connect(&jobs, &JobRunner::stopping, this, [this] { views_.status->showStopping(); });
  connect(&jobs, &JobRunner::progressed, this, [this](JobId, const Progress& progress) { onProgress(progress); });
  connect(&jobs, &JobRunner::previewed, this, &SessionController::onPreview);
  // After the picture is in the strip: Studio connected itself before.
  connect(&jobs, &JobRunner::pictureFinished, this, &SessionController::onPicture);
  connect(&jobs, &JobRunner::finished, this, &SessionController::onFinished);
  connect(&jobs, &JobRunner::failed, this, &SessionController::onFailed);
}

void SessionController::connectMessages() {
  connect(&studio_.jobs, &JobRunner::modelLoading, this, [this] { views_.status->showIdle(tr("Loading the model…")); });
  connect(&studio_.jobs, &JobRunner::modelLoaded, this, [this] {
    if (!studio_.jobs.isRunning()) views_.status->showIdle(tr("Ready"));
  });
  connect(&studio_.jobs, &JobRunner::modelFailed, this, [this](const JobFailure& failure) {
    if (studio_.jobs.isRunning()) return;  // the job will say the same
    views_.status->showIdle(tr("The model could not be loaded"));
    views_.messages->showMessage(MessageBar::Kind::Error, failure.message, failure.details);
  });
  connect(&studio_.store, &PictureStore::failed, this, [this](quint64, const QString& message, const QString& details) {
    views_.messages->showMessage(MessageBar::Kind::Error, message, details);
  });
  connect(&studio_.store, &PictureStore::savedAs, this, [this](quint64, const QString& file) {
    if (!studio_.jobs.isRunning()) views_.status->showIdle(tr("Saved %1").arg(file));
  });
}

void SessionController::onStarted(const GenerateRequest& request) {
  views_.messages->dismiss();
  actions_[ActionId::FollowLive]->setChecked(true);
  jobSize_ = {request.width, request.height};
  progress_ = {Stage::Loading, 0, request.imageCount, 0, request.steps};
  views_.status->showProgress(progress_);
  if (request.init.empty()) emit canvasUsed();  // what is made of a picture is shown where that picture is edited
  emit shareChanged(0);
}

void SessionController::onProgress(const Progress& progress) {
  progress_ = progress;
  if (!studio_.jobs.isStopping()) views_.status->showProgress(progress);
  emit shareChanged(shareDone(progress));
}

void SessionController::onPreview(const JobPreview& preview) {
  if (follows()) showUnfinished(preview.image, jobSize_);
}

void SessionController::onPicture() {
  if (!follows()) return;
  const SessionResult& newest = studio_.results.at(0);
  views_.canvas->setPicture(newest.image);
  views_.strip->setCurrentId(newest.id);
  setShown(newest.id);
}

void SessionController::onFinished(const JobSummary& summary) {
  const QString time = describeSeconds(summary.elapsedMs / 1000);
  if (summary.status == Status::Stopped) {
    views_.status->showIdle(tr("Stopped at step %1 of %2").arg(progress_.step).arg(progress_.stepCount));
  } else {
    views_.status->showIdle(summary.pictureCount == 1 ? tr("1 picture in %1").arg(time)
                                                      : tr("%1 pictures in %2").arg(summary.pictureCount).arg(time));
  }
  emit shareChanged(-1);
}

void SessionController::onFailed(const JobFailure& failure) {
  views_.status->showIdle(tr("No picture was made"));
  views_.messages->showMessage(MessageBar::Kind::Error, failure.message, failure.details);
  emit shareChanged(-1);
}

void SessionController::updateActions() {
  actions_[ActionId::Generate]->setEnabled(!studio_.jobs.isRunning());
  actions_[ActionId::Stop]->setEnabled(studio_.jobs.isRunning() && !studio_.jobs.isStopping());
}

void SessionController::setShown(quint64 id) {
  if (id == shownId_) return;
  shownId_ = id;
  if (id == 0) views_.strip->setCurrentId(0);
  emit shownChanged(id);
}

bool SessionController::follows() const { return actions_[ActionId::FollowLive]->isChecked(); }

}  // namespace lorikeet

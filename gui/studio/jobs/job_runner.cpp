#include "studio/jobs/job_runner.h"

#include <QCoreApplication>

namespace lorikeet {

JobRunner::JobRunner(const EngineConfig& config, QObject* parent) : QObject(parent) {
  worker_ = new EngineWorker(config);
  worker_->moveToThread(&thread_);
  connect(&thread_, &QThread::finished, worker_, &QObject::deleteLater);
  connectWorker();
  connectLive();
  thread_.setObjectName(QStringLiteral("engine"));
  thread_.start();
}

JobRunner::~JobRunner() { shutDown(); }

JobId JobRunner::start(const GenerateRequest& request, const JobOptions& options) {
  Q_ASSERT(!isRunning() && thread_.isRunning());
  if (request.model != preloading_ || request.precision != preloadingAs_) preloadStop_.request_stop();
  endLive();
  stop_ = std::stop_source();
  running_ = ++last_;
  adapters_ = options.followsStack ? std::make_shared<AdapterTrack>(request.adapters) : nullptr;
  JobOptions all = options;
  all.adapters = adapters_;
  QMetaObject::invokeMethod(worker_, [worker = worker_, job = running_, request, all, token = stop_.get_token()] {
    worker->generate(job, request, all, token);
  });
  announceBusy();
  emit started(running_, request);
  emit stateChanged();
  return running_;
}

void JobRunner::stop() {
  if (!isRunning() || stop_.stop_requested()) return;
  stop_.request_stop();
  preloadStop_.request_stop();
  emit stopping(running_);
  emit stateChanged();
}

void JobRunner::changeAdapters(const std::vector<AdapterUse>& uses) {
  if (isRunning() && adapters_) adapters_->change(uses);
}

JobId JobRunner::startLive(const GenerateRequest& request) {
  Q_ASSERT(!isRunning() && thread_.isRunning());
  endLive();
  liveStop_ = std::stop_source();
  live_ = ++last_;
  announceBusy();
  QMetaObject::invokeMethod(worker_, [worker = worker_, job = live_, request, token = liveStop_.get_token()] {
    worker->generateLive(job, request, token);
  });
  return live_;
}

void JobRunner::stopLive() {
  endLive();
  announceBusy();
}

void JobRunner::endLive() {
  liveStop_.request_stop();
  live_ = 0;
}

void JobRunner::preload(const std::filesystem::path& model, Precision precision) {
  if (isRunning() || !thread_.isRunning()) return;
  preloadStop_.request_stop();
  preloadStop_ = std::stop_source();
  preloading_ = model;
  preloadingAs_ = precision;
  QMetaObject::invokeMethod(worker_, [worker = worker_, model, precision, token = preloadStop_.get_token()] {
    worker->load(model, precision, token);
  });
  emit modelLoading();
}

void JobRunner::shutDown() {
  if (!thread_.isRunning()) return;
  stop_.request_stop();
  preloadStop_.request_stop();
  stopLive();
  thread_.quit();
  thread_.wait();
  QCoreApplication::sendPostedEvents(this);
}

void JobRunner::connectWorker() {
  connect(worker_, &EngineWorker::progressed, this, &JobRunner::progressed);
  connect(worker_, &EngineWorker::previewed, this, &JobRunner::previewed);
  connect(worker_, &EngineWorker::pictureFinished, this, &JobRunner::pictureFinished);
  connect(worker_, &EngineWorker::adapterProblem, this, &JobRunner::adapterProblem);
  connect(worker_, &EngineWorker::loaded, this, &JobRunner::modelLoaded);
  connect(worker_, &EngineWorker::loadFailed, this, &JobRunner::modelFailed);
  connect(worker_, &EngineWorker::finished, this, [this](const JobSummary& summary) {
    end();
    emit finished(summary);
  });
  connect(worker_, &EngineWorker::failed, this, [this](const JobFailure& failure) {
    end();
    emit failed(failure);
  });
}

void JobRunner::connectLive() {
  connect(worker_, &EngineWorker::livePreviewed, this, [this](const JobPreview& preview) {
    if (preview.job == live_) emit livePreviewed(preview);
  });
  connect(worker_, &EngineWorker::livePicture, this, [this](const JobPicture& picture) {
    if (picture.job == live_) emit livePicture(picture);
  });
  connect(worker_, &EngineWorker::liveFinished, this, [this](const JobSummary& summary, const JobFailure& failure) {
    if (summary.job != live_) return;
    live_ = 0;
    announceBusy();
    emit liveFinished(summary, failure);
  });
}

void JobRunner::end() {
  running_ = 0;
  announceBusy();
  emit stateChanged();
}

void JobRunner::announceBusy() {
  const bool isBusy = isRunning() || isLiveRunning();
  if (isBusy == wasBusy_) return;
  wasBusy_ = isBusy;
  emit busyChanged(isBusy);
}

}  // namespace lorikeet

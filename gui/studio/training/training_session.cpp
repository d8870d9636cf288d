#include "studio/training/training_session.h"

#include <lorikeet/error.h>

#include <QCoreApplication>
#include <algorithm>

#include "studio/jobs/convert.h"
#include "studio/training/training_run.h"

namespace lorikeet {
namespace {

/// Samples that are kept in memory; all are on disk.
constexpr size_t kMaxKeptSamples = 200;

std::optional<SavedTraining> savedTrainingOf(const std::filesystem::path& output) {
  try {
    return findSavedTraining(output);
  } catch (const Error&) {  // whoever resumes it is told why that fails
    return std::nullopt;
  }
}

}  // namespace

QString UnfinishedTraining::name() const { return pathToQString(setup.request.output.stem()); }

TrainingSession::TrainingSession(Settings& settings, FileHashes& hashes, QObject* parent)
    : QObject(parent), settings_(settings), hashes_(hashes), thread_(this) {}

TrainingSession::~TrainingSession() { shutDown(); }

TrainingSession::State TrainingSession::state() const {
  if (!link_) return State::Idle;
  if (link_->stop.stop_requested()) return State::Stopping;
  if (isPaused_) return State::Paused;
  return setup_.yieldsToPictures && picturesInProgress_ ? State::Waiting : State::Running;
}

void TrainingSession::start(const TrainingSetup& setup) { begin(setup, false); }

void TrainingSession::resume(const TrainingSetup& setup) { begin(setup, true); }

void TrainingSession::begin(const TrainingSetup& setup, bool resumes) {
  if (isRunning() || isShutDown_) return;
  if (!resumes || setup_.request.output != setup.request.output) samples_.clear();
  setup_ = setup;
  setup_.request.resume = resumes;
  setup_.request.threads = settings_.preferences().threads;
  const auto saved = resumes ? savedTrainingOf(setup.request.output) : std::nullopt;
  losses_ = saved ? saved->losses : std::vector<float>();
  progress_ = {};
  plan_ = {};
  preview_ = {};
  report_ = {};
  isPaused_ = false;
  remember(setup);
  link_ = std::make_shared<TrainingLink>();
  applyPause();
  TrainingRunOptions options{setup_, settings_.preferences().writeInfotext, &hashes_, {}, {}, {}};
  const auto post = [this](auto work) { QMetaObject::invokeMethod(this, work, Qt::QueuedConnection); };
  options.announce = [this, post] { post([this] { deliver(); }); };
  options.sample = [this, post](const TrainingSample& sample) { post([this, sample] { takeSample(sample); }); };
  options.preview = [this, post](const QImage& picture) { post([this, picture] { takePreview(picture); }); };
  thread_.run([options, link = link_] { return runTraining(options, *link); },
              [this](const TrainingReport& report) { end(report); });
  emit stateChanged();
  emit samplesChanged();
  emit progressed();
}

void TrainingSession::applyPause() {
  if (!link_) return;
  const State now = state();
  if (now == State::Paused || now == State::Waiting)
    link_->pause.pause();
  else
    link_->pause.resume();
}

void TrainingSession::setPaused(bool paused) {
  if (!isRunning() || isPaused_ == paused) return;
  isPaused_ = paused;
  applyPause();
  deliver();
  emit stateChanged();
}

void TrainingSession::setPicturesInProgress(bool inProgress) {
  if (picturesInProgress_ == inProgress) return;
  picturesInProgress_ = inProgress;
  if (!isRunning()) return;
  applyPause();
  emit stateChanged();
}

void TrainingSession::stop() {
  if (!isRunning() || link_->stop.stop_requested()) return;
  link_->stop.request_stop();
  emit stateChanged();
}

void TrainingSession::shutDown() {
  isShutDown_ = true;
  stop();
  thread_.finish();
  QCoreApplication::sendPostedEvents(this);
}

void TrainingSession::deliver() {
  if (!link_) return;
  {
    const std::lock_guard lock(link_->mutex);
    link_->isAnnounced = false;
    progress_ = link_->progress;
    plan_ = link_->plan;
    losses_.insert(losses_.end(), link_->newLosses.begin(), link_->newLosses.end());
    link_->newLosses.clear();
  }
  emit progressed();
}

void TrainingSession::takeSample(const TrainingSample& sample) {
  if (samples_.size() == kMaxKeptSamples) samples_.erase(samples_.begin());
  samples_.push_back(sample);
  preview_ = {};
  emit samplesChanged();
}

void TrainingSession::takePreview(const QImage& picture) {
  preview_ = picture;
  emit previewed();
}

void TrainingSession::end(const TrainingReport& report) {
  deliver();
  link_.reset();
  isPaused_ = false;
  preview_ = {};
  report_ = report;
  if (!savedTrainingOf(setup_.request.output)) forget(setup_.request.output);
  emit stateChanged();
  emit samplesChanged();
  emit finished(report_);
}

void TrainingSession::remember(const TrainingSetup& setup) {
  QStringList all = settings_.unfinishedTrainings();
  all.removeIf(
      [&](const QString& text) { return trainingSetupFromJson(text.toUtf8()).request.output == setup.request.output; });
  all << QString::fromUtf8(toJson(setup));
  settings_.setUnfinishedTrainings(all);
  settings_.flush();  // a crash may be next
}

void TrainingSession::forget(const std::filesystem::path& output) {
  QStringList all = settings_.unfinishedTrainings();
  all.removeIf([&](const QString& text) { return trainingSetupFromJson(text.toUtf8()).request.output == output; });
  settings_.setUnfinishedTrainings(all);
}

std::optional<UnfinishedTraining> TrainingSession::unfinished() const {
  const QStringList all = settings_.unfinishedTrainings();
  for (qsizetype i = all.size(); i-- > 0;) {
    const TrainingSetup setup = trainingSetupFromJson(all[i].toUtf8());
    if (const auto saved = savedTrainingOf(setup.request.output)) return UnfinishedTraining{setup, saved->steps};
  }
  return std::nullopt;
}

void TrainingSession::discard(const std::filesystem::path& output) {
  if (isRunning() && setup_.request.output == output) return;
  std::error_code ignored;
  std::filesystem::remove(trainingStateOf(output), ignored);
  forget(output);
  emit stateChanged();
}

}  // namespace lorikeet

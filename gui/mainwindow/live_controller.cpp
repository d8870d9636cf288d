#include "mainwindow/live_controller.h"

#include <cmath>

#include "adapters/adapter_panel.h"
#include "mainwindow/request_composer.h"
#include "mainwindow/session_controller.h"
#include "mainwindow/stack_cost.h"

namespace lorikeet {
namespace {

/// The blurred first steps are left out while a fast model goes on to better ones within this time.
constexpr qint64 kPatienceMs = 300;
constexpr double kClearShare = 0.5;

}  // namespace

LiveController::LiveController(Studio& studio, AdapterPanel& panel, RequestComposer& composer,
                               SessionController& session, QObject* parent)
    : QObject(parent), studio_(studio), panel_(panel), composer_(composer), session_(session) {
  JobRunner& jobs = studio.jobs;
  connect(&studio.stack, &AdapterStackModel::effectChanged, this, &LiveController::onChange);
  connect(&panel, &AdapterPanel::liveToggled, this, [this](bool live) {
    wanted_ = false;
    live ? onChange() : studio_.jobs.stopLive();
  });
  connect(&jobs, &JobRunner::started, this, [this](JobId, const GenerateRequest& request) {
    follows_ = request.adapters == effectiveUses(studio_.stack.state());  // not so for many jobs of the queue
  });
  connect(&jobs, &JobRunner::livePreviewed, this, &LiveController::onPreview);
  connect(&jobs, &JobRunner::livePicture, this, [this](const JobPicture& picture) {
    session_.showLive(picture.image, picture.image.size());
    wasShown();
  });
  connect(&jobs, &JobRunner::liveFinished, this, &LiveController::onFinished);
  connect(&jobs, &JobRunner::stateChanged, this, [this] {
    if (wanted_ && !studio_.jobs.isRunning()) begin();
  });
}

void LiveController::onChange() {
  if (studio_.jobs.isRunning()) {
    if (follows_) studio_.jobs.changeAdapters(effectiveUses(studio_.stack.state()));
    wanted_ = panel_.isLive();
    return;
  }
  if (!panel_.isLive()) return;
  // A run that has not yet shown anything goes on until it has, or a dragged slider would show nothing until it rests.
  if (studio_.jobs.isLiveRunning() && !seen_) {
    wanted_ = true;
  } else {
    begin();
  }
}

void LiveController::begin() {
  wanted_ = false;
  seen_ = false;
  const GenerateRequest request = this->request();
  size_ = {request.width, request.height};
  steps_ = request.steps;
  age_.start();
  studio_.jobs.startLive(request);
}

/// The picture on the canvas where it is one of the form's, else the first one that the form would make.
GenerateRequest LiveController::request() const {
  GenerateRequest request = composer_.request();
  const SessionResult* shown = studio_.results.find(session_.shownId());
  if (shown && shown->request.seed - request.seed < quint64(request.imageCount)) request.seed = shown->request.seed;
  request.imageCount = 1;
  return request;
}

void LiveController::onPreview(const JobPreview& preview) {
  if (preview.step < kClearShare * steps_ && age_.elapsed() < kPatienceMs) return;
  session_.showLive(preview.image, size_);
  wasShown();
}

void LiveController::wasShown() {
  seen_ = true;
  if (wanted_) begin();
}

void LiveController::onFinished(const JobSummary& summary, const JobFailure& failure) {
  if (failure.message.isEmpty()) {
    const QString took = tr("Live: %1 ms").arg(std::lround(summary.elapsedMs)), cost = stackCost(summary);
    panel_.setNote(cost.isEmpty() ? took : tr("%1. %2").arg(took, cost));
  } else {
    panel_.setNote(failure.message);
  }
  if (wanted_ && !studio_.jobs.isRunning()) begin();
}

}  // namespace lorikeet

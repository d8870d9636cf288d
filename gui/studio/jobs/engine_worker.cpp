#include "studio/jobs/engine_worker.h"

#include <chrono>
#include <new>
#include <optional>

#include "studio/jobs/convert.h"

namespace lorikeet {
namespace {

/// Lets one event through per interval, so that a fast model does not flood the window's event queue.
class Throttle {
 public:
  bool pass() {
    const auto now = std::chrono::steady_clock::now();
    if (last_ && now - *last_ < kInterval) return false;
    last_ = now;
    return true;
  }

 private:
  static constexpr std::chrono::milliseconds kInterval{33};
  std::optional<std::chrono::steady_clock::time_point> last_;
};

/// Runs `work` and gives what it threw as a sentence; none when it came back.
template <class Work>
std::optional<JobFailure> failureOf(JobId job, Work work) {
  try {
    work();
    return std::nullopt;
  } catch (const Error& error) {
    return JobFailure{job, toQString(error.what()), toQString(error.details())};
  } catch (const std::bad_alloc&) {
    return JobFailure{
        job, EngineWorker::tr("There is not enough memory for this picture; a smaller size needs less."), {}};
  } catch (const std::exception& error) {
    return JobFailure{job, EngineWorker::tr("The engine hit an unexpected problem."), toQString(error.what())};
  } catch (...) {
    return JobFailure{job, EngineWorker::tr("The engine hit an unexpected problem."), {}};
  }
}

}  // namespace

void EngineWorker::load(const std::filesystem::path& model, std::stop_token stop) {
  const auto failure = failureOf(0, [&] {
    if (stop.stop_requested()) return;
    hold(model, stop);
    if (!stop.stop_requested()) emit loaded(held_);
  });
  if (failure && !stop.stop_requested()) emit loadFailed(*failure);
}

void EngineWorker::generate(JobId job, const GenerateRequest& request, const JobOptions& options,
                            std::stop_token stop) {
  JobSummary summary{job, Status::Stopped, 0, 0, 0};
  const auto failure = failureOf(job, [&] {
    validate(request);
    emit progressed(job, Progress{Stage::Loading, 0, request.imageCount, 0, request.steps});
    hold(request.model, stop);
    if (stop.stop_requested()) return;
    const GenerateResult result = engine().generate(request, callbacksFor(job, request, options), stop);
    summary = {job, result.status, int(result.images.size()), result.elapsedMs, result.peakMemoryBytes};
  });
  if (failure && !stop.stop_requested()) {  // what breaks while stopping is part of the stop
    emit failed(*failure);
  } else {
    emit finished(summary);
  }
}

Engine& EngineWorker::engine() {
  if (!engine_) engine_ = std::make_unique<Engine>(config_);
  return *engine_;
}

const ModelInfo& EngineWorker::hold(const std::filesystem::path& model, std::stop_token stop) {
  if (!holdsModel_ || heldPath_ != model) {
    holdsModel_ = false;
    held_ = engine().load(model, stop);
    heldPath_ = model;
    holdsModel_ = !stop.stop_requested();
  }
  return held_;
}

GenerateCallbacks EngineWorker::callbacksFor(JobId job, const GenerateRequest& request, const JobOptions& options) {
  GenerateCallbacks callbacks;
  callbacks.progress = [this, job, throttle = Throttle(), stage = Stage::Loading](const Progress& progress) mutable {
    const bool turns = progress.stage != stage || progress.step == progress.stepCount;
    stage = progress.stage;
    if (throttle.pass() || turns) emit progressed(job, progress);
  };
  if (options.previews) {
    callbacks.preview = [this, job, throttle = Throttle()](int imageIndex, int step, const Image& image) mutable {
      if (throttle.pass()) emit previewed({job, imageIndex, step, toQImage(image)});
    };
  }
  callbacks.image = [this, job, request](int imageIndex, const Image& image) {
    emit pictureFinished(
        {job, imageIndex, request.seed + quint64(imageIndex), toQImage(image), request, toQString(held_.name)});
  };
  return callbacks;
}

}  // namespace lorikeet

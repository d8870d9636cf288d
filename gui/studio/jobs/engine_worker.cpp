#include "studio/jobs/engine_worker.h"

#include <lorikeet/memory_estimate.h>

#include <algorithm>
#include <chrono>
#include <memory>
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

JobSummary summaryOf(JobId job, const GenerateResult& result) {
  JobSummary summary{job, result.status, int(result.images.size()), result.elapsedMs, result.peakMemoryBytes};
  const auto eachMs = [&](const char* name) {
    const auto found = std::ranges::find(result.timings, name, &Timing::name);
    return found == result.timings.end() ? 0 : found->elapsedMs / double(std::max<int64_t>(found->calls, 1));
  };
  const auto all = std::ranges::find(result.timings, "adapters", &Timing::name);
  if (all != result.timings.end()) summary.adaptersMs = all->elapsedMs;
  summary.adapterChangeMs = eachMs("adapters, last change");
  summary.adapterStepMs = eachMs("adapters, in steps");
  return summary;
}

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

void EngineWorker::load(const std::filesystem::path& model, Precision precision, std::stop_token stop) {
  const auto failure = failureOf(0, [&] {
    if (stop.stop_requested()) return;
    hold(model, precision, stop);
    if (!stop.stop_requested()) emit loaded(held_);
  });
  if (failure && !stop.stop_requested()) emit loadFailed(*failure);
}

void EngineWorker::generate(JobId job, const GenerateRequest& request, const JobOptions& options,
                            std::stop_token stop) {
  JobSummary summary{job, Status::Stopped};
  const auto failure = failureOf(job, [&] {
    validate(request);
    if (!holds(request.model, request.precision)) checkMemory(request);  // before a model that is held goes
    emit progressed(job, Progress{Stage::Loading, 0, request.imageCount, 0, request.steps});
    hold(request.model, request.precision, stop);
    if (stop.stop_requested()) return;
    const GenerateResult result = engine().generate(request, callbacksFor(job, request, options), stop, &memory_);
    summary = summaryOf(job, result);
  });
  if (failure && !stop.stop_requested()) {  // what breaks while stopping is part of the stop
    emit failed(*failure);
  } else {
    emit finished(summary);
  }
}

void EngineWorker::generateLive(JobId job, const GenerateRequest& request, std::stop_token stop) {
  JobSummary summary{job, Status::Stopped};
  const auto failure = failureOf(job, [&] {
    if (stop.stop_requested()) return;
    validate(request);
    if (!holds(request.model, request.precision)) checkMemory(request);
    hold(request.model, request.precision, stop);
    if (stop.stop_requested()) return;
    GenerateCallbacks callbacks;
    callbacks.preview = [this, job](int imageIndex, int step, const Image& image) {
      emit livePreviewed({job, imageIndex, step, toQImage(image)});
    };
    callbacks.image = [&](int imageIndex, const Image& image) {
      emit livePicture({job, imageIndex, request.seed, toQImage(image), request, toQString(held_.name)});
    };
    followAdapters(callbacks, nullptr);
    const GenerateResult result = engine().generate(request, callbacks, stop, &memory_);
    summary = summaryOf(job, result);
  });
  emit liveFinished(summary, failure && !stop.stop_requested() ? *failure : JobFailure{job, {}, {}});
}

Engine& EngineWorker::engine() {
  if (!engine_) engine_ = std::make_unique<Engine>(config_);
  return *engine_;
}

const ModelInfo& EngineWorker::hold(const std::filesystem::path& model, Precision precision, std::stop_token stop) {
  if (!holds(model, precision)) {
    holdsModel_ = false;
    held_ = engine().load(model, stop, precision);
    heldPath_ = model;
    heldPrecision_ = precision;
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
  // What each picture was made of: its seed, its choices, the adapters that its last step saw.
  const auto made = std::make_shared<GenerateRequest>(request);
  callbacks.picture = [made](int, const GenerateRequest& picture) { *made = picture; };
  callbacks.image = [this, job, made, track = options.adapters](int imageIndex, const Image& image) {
    if (track) made->adapters = track->uses();
    emit pictureFinished({job, imageIndex, made->seed, toQImage(image), *made, toQString(held_.name)});
  };
  followAdapters(callbacks, options.adapters);
  if (!options.followsStack) callbacks.adapterProblem = {};  // no picture rather than one without the adapter
  return callbacks;
}

void EngineWorker::followAdapters(GenerateCallbacks& callbacks, const std::shared_ptr<AdapterTrack>& track) {
  callbacks.adapterProblem = [this](const AdapterUse& use, const std::string& reason) {
    emit adapterProblem(pathToQString(use.file), toQString(reason));
  };
  if (!track) return;
  const auto now = std::make_shared<Progress>();
  callbacks.progress = [now, track, report = callbacks.progress](const Progress& progress) {
    if (progress.imageIndex != now->imageIndex) track->beginImage();
    *now = progress;
    if (report) report(progress);
  };
  callbacks.adapters = [now, track] { return track->take(double(now->step) / std::max(now->stepCount, 1)); };
}

}  // namespace lorikeet

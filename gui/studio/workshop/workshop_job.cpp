#include "studio/workshop/workshop_job.h"

#include <lorikeet/error.h>

#include <chrono>

#include "studio/jobs/convert.h"

namespace lorikeet {
namespace {

WorkshopReport failure(const QString& sentence, const QString& details = {}) {
  WorkshopReport report;
  report.failed = true;
  report.sentence = sentence;
  report.details = details;
  return report;
}

WorkshopReport runSafely(const WorkshopOperation& operation, const WorkshopInput& input,
                         const WorkshopControl& control) {
  try {
    return operation.run(input, control);
  } catch (const Error& error) {
    return failure(toQString(error.what()), toQString(error.details()));
  } catch (const std::bad_alloc&) {
    return failure(WorkshopJob::tr("There is not enough memory for this."));
  } catch (const std::exception& error) {
    return failure(WorkshopJob::tr("This failed for a reason that Lorikeet did not foresee."),
                   QString::fromUtf8(error.what()));
  }
}

}  // namespace

WorkshopJob::WorkshopJob(QObject* parent) : QObject(parent), thread_(this) {}

WorkshopJob::~WorkshopJob() {
  stop();
  thread_.finish();
}

void WorkshopJob::stop() {
  if (stop_) stop_->request_stop();
}

void WorkshopJob::start(const WorkshopOperation& operation, const WorkshopInput& input) {
  if (isRunning()) return;
  stop_ = std::make_shared<std::stop_source>();
  WorkshopControl control;
  control.stop = stop_->get_token();
  control.keepsPartial = true;
  // Small modules are done by the thousand in a second; people see thirty changes.
  using Clock = std::chrono::steady_clock;
  static constexpr std::chrono::milliseconds kPause{33};
  control.progress = [this, last = Clock::time_point()](const WorkshopProgress& progress) mutable {
    if (progress.done < progress.total && Clock::now() - last < kPause) return;
    last = Clock::now();
    QMetaObject::invokeMethod(
        this,
        [this, progress] {
          emit progressed(progress.done, progress.total, toQString(progress.module), progress.secondsLeft);
        },
        Qt::QueuedConnection);
  };
  emit started();
  thread_.run([&operation, input, control] { return runSafely(operation, input, control); },
              [this](const WorkshopReport& report) {
                stop_.reset();
                emit finished(report);
              });
}

}  // namespace lorikeet

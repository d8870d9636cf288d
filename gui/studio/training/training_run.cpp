#include "studio/training/training_run.h"

#include <lorikeet/engine.h>
#include <lorikeet/picture_io.h>

#include <QCoreApplication>
#include <QLocale>
#include <QStringList>
#include <chrono>
#include <new>

#include "studio/jobs/convert.h"

namespace lorikeet {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

constexpr std::chrono::milliseconds kTimeBetweenNews{33};

QString inTrainingWords(const char* text) { return QCoreApplication::translate("lorikeet::Training", text); }

class TrainingRun {
 public:
  TrainingRun(const TrainingRunOptions& options, TrainingLink& link) : options_(options), link_(link) {}

  TrainingReport operator()() {
    const TrainingRequest request = requestOf(options_.setup);
    TrainingCallbacks callbacks;
    callbacks.pause = &link_.pause;
    callbacks.progress = [this](const TrainingProgress& progress) { note(progress); };
    callbacks.started = [this](const TrainingEstimate& estimate) {
      for (const std::string& warning : estimate.warnings) notes_ << toQString(warning);
      const std::lock_guard lock(link_.mutex);
      link_.plan = estimate;
    };
    callbacks.samplePreview = [this](int, int, const Image& picture) {
      if (isTime(lastPreview_)) options_.preview(toQImage(picture));
    };
    callbacks.sample = [this, &request](int step, int index, const GenerateRequest& made, const Image& picture) {
      options_.sample(
          {step, index, toQString(made.prompt), toQImage(picture), save(request, step, index, made, picture)});
    };
    return reportOf(trainAdapter(request, callbacks, link_.stop.get_token()));
  }

 private:
  static bool isTime(Clock::time_point& last) {
    const Clock::time_point now = Clock::now();
    if (now - last < kTimeBetweenNews) return false;
    last = now;
    return true;
  }

  void note(const TrainingProgress& progress) {
    {
      const std::lock_guard lock(link_.mutex);
      const bool isStep = progress.stage == TrainingStage::Training;
      const bool turns = progress.stage != link_.progress.stage;
      if (isStep) link_.newLosses.push_back(float(progress.loss));
      link_.progress = progress;
      if (link_.isAnnounced || (!isTime(lastNews_) && !turns)) return;
      link_.isAnnounced = true;
    }
    options_.announce();
  }

  QString save(const TrainingRequest& training, int step, int index, const GenerateRequest& made,
               const Image& picture) {
    try {
      fs::path folder = training.output;
      folder.replace_extension() += "-samples";
      fs::create_directories(folder);
      const QString name = QStringLiteral("step-%1-%2.png").arg(step, 6, 10, QLatin1Char('0')).arg(index + 1);
      const fs::path file = folder / toPath(name);
      GenerateRequest settings = made;
      settings.model = training.model;
      savePicture(file, picture, textOf(settings, picture));
      return pathToQString(file);
    } catch (const std::exception& error) {  // also of the file system
      const QString sentence = inTrainingWords("A sample could not be saved: %1").arg(toQString(error.what()));
      if (!notes_.contains(sentence)) notes_ << sentence;
      return {};
    }
  }

  PictureText textOf(const GenerateRequest& settings, const Image& picture) {
    if (!options_.writesInfotext) return {};
    // Hashing a large model takes a while the first time, and a stop must not wait for it.
    if (options_.hashes->model(settings.model, link_.stop.get_token()).empty()) return {};
    if (modelName_.empty()) modelName_ = inspectModel(settings.model).name;
    return {toInfotext(settings, 0, factsOf(settings, picture.width, picture.height, modelName_, *options_.hashes)),
            true};
  }

  TrainingReport reportOf(const TrainingResult& result) const {
    TrainingReport report;
    report.status = result.status;
    report.details = notes_.join(QLatin1Char('\n'));
    if (result.status == Status::Done) {
      report.output = pathToQString(result.output);
      report.sentence = inTrainingWords("%1 is finished: %2 steps, %L3 trained values.")
                            .arg(pathToQString(result.output.filename()))
                            .arg(result.steps)
                            .arg(result.parameters);
    } else if (result.state.empty()) {
      report.sentence = inTrainingWords("Stopped before the first step; nothing was written.");
    } else {
      report.sentence = inTrainingWords("Stopped at step %1 of %2; it can be resumed at any time.")
                            .arg(result.steps)
                            .arg(options_.setup.request.steps);
    }
    return report;
  }

  const TrainingRunOptions& options_;
  TrainingLink& link_;
  Clock::time_point lastNews_, lastPreview_;
  QStringList notes_;
  std::string modelName_;
};

TrainingReport failedTraining(const QString& sentence, const QString& details = {}) {
  TrainingReport report;
  report.failed = true;
  report.sentence = sentence;
  report.details = details;
  return report;
}

}  // namespace

TrainingReport runTraining(const TrainingRunOptions& options, TrainingLink& link) {
  try {
    return TrainingRun(options, link)();
  } catch (const Error& error) {
    return failedTraining(toQString(error.what()), toQString(error.details()));
  } catch (const std::bad_alloc&) {
    return failedTraining(inTrainingWords("There is not enough memory for this training."));
  } catch (const std::exception& error) {
    return failedTraining(inTrainingWords("The training failed for a reason that Lorikeet did not foresee."),
                          toQString(error.what()));
  }
}

}  // namespace lorikeet

#include "training/training_text.h"

#include <QCoreApplication>
#include <QLocale>

#include "studio/jobs/convert.h"
#include "widgets/duration_text.h"

namespace lorikeet {
namespace {

QString inWordsOfTraining(const char* text) { return QCoreApplication::translate("lorikeet::TrainingText", text); }

QString joinedTrainingParts(const QStringList& parts) { return parts.join(QStringLiteral(" · ")); }

QString trainingGigabytes(int64_t bytes) { return QLocale().toString(double(bytes) / 1e9, 'f', 1); }

QString describeTrainingStage(const TrainingProgress& progress, size_t losses) {
  switch (progress.stage) {
    case TrainingStage::Loading:
      return inWordsOfTraining("Reading the model …");
    case TrainingStage::Encoding:
      return inWordsOfTraining("Preparing pictures: %1 of %2").arg(progress.done).arg(progress.total);
    case TrainingStage::Sampling:
      return inWordsOfTraining("Step %L1 of %L2 · making a sample").arg(progress.done).arg(progress.total);
    case TrainingStage::Saving:
      return inWordsOfTraining("Step %L1 of %L2 · saving").arg(progress.done).arg(progress.total);
    case TrainingStage::Training:
      break;
  }
  QStringList parts{inWordsOfTraining("Step %L1 of %L2").arg(progress.done).arg(progress.total)};
  if (losses > 0) parts << inWordsOfTraining("loss %1").arg(QLocale().toString(progress.averageLoss, 'g', 3));
  if (progress.secondsPerStep > 0) parts << speedText(progress.secondsPerStep);
  if (progress.secondsLeft > 0) parts << timeLeftText(progress.secondsLeft);
  return joinedTrainingParts(parts);
}

}  // namespace

QString speedText(double secondsPerStep) {
  return secondsPerStep < 1 ? inWordsOfTraining("%1 it/s").arg(QLocale().toString(1 / secondsPerStep, 'g', 3))
                            : inWordsOfTraining("%1 s/it").arg(QLocale().toString(secondsPerStep, 'g', 3));
}

QString describe(const TrainingEstimate& estimate) {
  QStringList lines;
  lines << joinedTrainingParts(
      {inWordsOfTraining("%L1 pictures at %2 × %3").arg(estimate.pictures).arg(estimate.width).arg(estimate.height),
       inWordsOfTraining("%L1 captions").arg(estimate.captions), inWordsOfTraining("%L1 steps").arg(estimate.steps),
       inWordsOfTraining("%1 epochs").arg(QLocale().toString(estimate.epochs, 'f', 1))});
  QStringList parts;
  if (estimate.modules > 0) parts << inWordsOfTraining("%L1 layers").arg(estimate.modules);
  parts << inWordsOfTraining("%L1 trained values").arg(estimate.parameters);
  lines << joinedTrainingParts(parts);
  QString memory = inWordsOfTraining("%1 GB of memory, %2 GB are free")
                       .arg(trainingGigabytes(estimate.memoryBytes), trainingGigabytes(estimate.availableBytes));
  if (estimate.checkpoints) memory += inWordsOfTraining(" (parts are computed twice to save some)");
  lines << joinedTrainingParts({durationText(estimate.seconds), speedText(estimate.secondsPerStep), memory});
  for (const std::string& warning : estimate.warnings) lines << toQString(warning);
  return lines.join(QLatin1Char('\n'));
}

QString describe(const TrainingReport& report) {
  if (report.failed || report.details.isEmpty()) return report.failed ? QString() : report.sentence;
  return report.sentence + QLatin1Char('\n') + report.details;
}

QString describe(const TrainingSession& session) {
  using State = TrainingSession::State;
  const TrainingProgress& progress = session.progress();
  const QString step =
      inWordsOfTraining("Step %L1 of %L2").arg(session.losses().size()).arg(session.setup().request.steps);
  switch (session.state()) {
    case State::Idle:
      return describe(session.report());
    case State::Stopping:
      return inWordsOfTraining("Stopping …");
    case State::Paused:
      return joinedTrainingParts({step, inWordsOfTraining("paused, the processor is free")});
    case State::Waiting:
      return joinedTrainingParts({step, inWordsOfTraining("waits while pictures are made")});
    case State::Running:
      break;
  }
  return describeTrainingStage(progress, session.losses().size());
}

}  // namespace lorikeet

#include "studio/studio.h"

#include <lorikeet/error.h>

#include <QCoreApplication>
#include <QDir>
#include <QStandardPaths>

#include "studio/jobs/convert.h"

namespace lorikeet {
namespace {

EngineConfig engineConfig(const Settings& settings) {
  EngineConfig config;
  config.threads = settings.preferences().threads;
  return config;
}

QString dataFolderOf(const StudioConfig& config) {
  if (!config.dataFolder.isEmpty()) return config.dataFolder;
  if (!config.settingsFile.isEmpty()) return config.settingsFile + QStringLiteral(".data");
  return QDir(QStandardPaths::writableLocation(QStandardPaths::GenericDataLocation))
      .filePath(QStringLiteral("lorikeet"));
}

}  // namespace

Studio::Studio(const StudioConfig& config)
    : settings(config.settingsFile),
      styles(config.stylesFile),
      canvasSession(QDir(dataFolderOf(config)).filePath(QStringLiteral("canvas"))),
      jobs(engineConfig(settings)),
      queue(jobs, QDir(dataFolderOf(config)).filePath(QStringLiteral("queue"))) {
  openCanvas();
  models.setCurrent(pathToQString(settings.request().model));
  models.setFolder(settings.preferences().modelFolder);
  QObject::connect(&settings, &Settings::preferencesChanged, &models,
                   [this](const Preferences& preferences) { models.setFolder(preferences.modelFolder); });
  const auto usePromptFolders = [this](const Preferences& preferences) {
    prompts.setFolders({preferences.embeddingsFolder, preferences.wildcardsFolder, preferences.adaptersFolder});
  };
  usePromptFolders(settings.preferences());
  QObject::connect(&settings, &Settings::preferencesChanged, &prompts, usePromptFolders);
  saveFinishedPictures();
}

void Studio::shutDown() {
  queue.close();
  jobs.shutDown();
  store.finish();
  queue.finishWriting();
  canvas.flush();
  settings.flush();
}

void Studio::openCanvas() {
  const QString notSaved = QCoreApplication::translate("lorikeet::Studio", "The canvas is not saved as you work: %1");
  if (canvasSession.folder().isEmpty()) {
    canvasProblem = notSaved.arg(QCoreApplication::translate("lorikeet::Studio", "its folder cannot be written to."));
    return;
  }
  try {
    canvas.openSession(canvasSession.folder());
  } catch (const Error& error) {
    canvasProblem = notSaved.arg(toQString(error.what()));
  }
}

void Studio::saveFinishedPictures() {
  QObject::connect(&jobs, &JobRunner::pictureFinished, &results, [this](const JobPicture& picture) {
    const quint64 id = results.add(picture);
    const Preferences& preferences = settings.preferences();
    if (preferences.autosave) store.save(*results.find(id), {preferences.picturesFolder, preferences.writeInfotext});
  });
  QObject::connect(&store, &PictureStore::saved, &results, &SessionResults::setFile);
}

}  // namespace lorikeet

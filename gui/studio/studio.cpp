#include "studio/studio.h"

#include <lorikeet/adapter_tags.h>
#include <lorikeet/error.h>
#include <lorikeet/starter_parts.h>

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

/// For what can be made again at any time.
QString cacheFolderOf(const StudioConfig& config) {
  const bool isUsersOwn = config.dataFolder.isEmpty() && config.settingsFile.isEmpty();
  const QString cache = QStandardPaths::writableLocation(QStandardPaths::GenericCacheLocation);
  return isUsersOwn ? QDir(cache).filePath(QStringLiteral("lorikeet")) : dataFolderOf(config);
}

}  // namespace

Studio::Studio(const StudioConfig& config)
    : settings(config.settingsFile),
      adapters(QDir(dataFolderOf(config)).filePath(QStringLiteral("library"))),
      styles(config.stylesFile),
      hashes(toPath(QDir(cacheFolderOf(config)).filePath(QStringLiteral("hashes.json")))),
      store(hashes),
      history(QDir(dataFolderOf(config)).filePath(QStringLiteral("history"))),
      thumbnailFolder(QDir(cacheFolderOf(config)).filePath(QStringLiteral("thumbnails"))),
      canvasSession(QDir(dataFolderOf(config)).filePath(QStringLiteral("canvas"))),
      jobs(engineConfig(settings)),
      queue(jobs, QDir(dataFolderOf(config)).filePath(QStringLiteral("queue"))),
      sweep(queue, results, hashes, QDir(dataFolderOf(config)).filePath(QStringLiteral("sweep"))),
      training(settings, hashes),
      spelling(QDir(dataFolderOf(config)).filePath(QStringLiteral("words.txt"))) {
  openCanvas();
  models.setCurrent(pathToQString(settings.request().model));
  const auto useModelFolder = [this](const Preferences& preferences) {
    models.setFolder(preferences.modelFolder);
    upscalers.setFolder(preferences.modelFolder);
  };
  useModelFolder(settings.preferences());
  QObject::connect(&settings, &Settings::preferencesChanged, &models, useModelFolder);
  QObject::connect(&adapters, &AdapterLibrary::wordsFound, &prompts, &PromptLibrary::setAdapters);
  usePromptFolders(settings.preferences());
  QObject::connect(&settings, &Settings::preferencesChanged, &prompts,
                   [this](const Preferences& preferences) { usePromptFolders(preferences); });
  saveFinishedPictures();
  QObject::connect(&jobs, &JobRunner::busyChanged, &training, &TrainingSession::setPicturesInProgress);
  spelling.setEnabled(settings.preferences().checkSpelling);
  QObject::connect(&settings, &Settings::preferencesChanged, &spelling,
                   [this](const Preferences& preferences) { spelling.setEnabled(preferences.checkSpelling); });
}

void Studio::shutDown() {
  training.stop();  // what it takes to come to an end, it takes beside the engine
  queue.close();
  jobs.shutDown();
  training.shutDown();
  store.finish();
  sweep.finish();
  history.finish();
  adapters.finish();
  queue.finishWriting();
  canvas.flush();
  settings.flush();
}

void Studio::usePromptFolders(const Preferences& preferences) {
  const QString folder = preferences.adaptersFolder;
  QStringList folders{folder.isEmpty() ? pathToQString(defaultAdapterFolder()) : folder};
  folders += preferences.moreAdapterFolders;
  if (const std::filesystem::path starter = starterAdapterFolder(); folder.isEmpty() && !starter.empty())
    folders << pathToQString(starter);
  folders.removeDuplicates();
  adapters.setFolders(folders);
  const QString embeddings = preferences.embeddingsFolder;
  prompts.setFolders({embeddings.isEmpty() ? pathToQString(starterEmbeddingFolder()) : embeddings,
                      preferences.wildcardsFolder, folders});
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
    const bool isOfSweep = sweep.take(id, picture);  // its grid is made of files
    if (preferences.autosave || isOfSweep)
      store.save(*results.find(id),
                 {preferences.picturesFolder, preferences.writeInfotext, fileEndOf(preferences.picturesFormat)});
  });
  QObject::connect(&store, &PictureStore::saved, &results, &SessionResults::setFile);
  QObject::connect(&store, &PictureStore::saved, &sweep, &SweepSession::setSaved);
  QObject::connect(&store, &PictureStore::failed, &sweep, &SweepSession::setSaveFailed);
  QObject::connect(&sweep, &SweepSession::gridSaved, &history, [this](const QString& file) { history.add(file); });
  QObject::connect(&store, &PictureStore::saved, &history, [this](quint64, const QString& file) { history.add(file); });
  QObject::connect(&store, &PictureStore::savedAs, &history, [this](quint64 id, const QString& file) {
    const SessionResult* result = results.find(id);
    if (!result || result->file.isEmpty()) history.add(file);  // else it is there already, by its first file
  });
}

}  // namespace lorikeet

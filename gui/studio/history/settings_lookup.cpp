#include "studio/history/settings_lookup.h"

#include <lorikeet/error.h>
#include <lorikeet/picture_settings.h>

#include <QCoreApplication>
#include <QFileInfo>
#include <algorithm>

#include "studio/jobs/convert.h"

namespace lorikeet {
namespace {

QString sayLookup(const char* text) { return QCoreApplication::translate("lorikeet::SettingsLookup", text); }

/// Looks for the model by name, then by hash: of models of one name the one with the right hash is preferred.
class ModelSearch {
 public:
  ModelSearch(const SettingsSources& sources, FileHashes& hashes, const std::stop_token& stop)
      : sources_(sources), hashes_(hashes), stop_(stop) {}

  const ModelEntry* find(const QString& name, const std::string& hash) const {
    std::vector<const ModelEntry*> named, others;
    for (const ModelEntry& entry : sources_.models)
      if (entry.problem.isEmpty()) (isNamed(entry, name) ? named : others).push_back(&entry);
    if (named.size() == 1 || (!named.empty() && hash.empty())) return named.front();
    for (const auto* candidates : {&named, &others})
      for (const ModelEntry* entry : *candidates)
        if (!hash.empty() && hasHash(*entry, hash)) return entry;
    return named.empty() ? nullptr : named.front();
  }

 private:
  static bool isNamed(const ModelEntry& entry, const QString& name) {
    return entry.nameInPictures.compare(name, Qt::CaseInsensitive) == 0 ||
           entry.name.compare(name, Qt::CaseInsensitive) == 0;
  }
  bool hasHash(const ModelEntry& entry, const std::string& hash) const {
    try {
      return hashes_.model(toPath(entry.path), stop_) == hash;
    } catch (const Error&) {
      return false;  // gone since the folder was looked through
    }
  }

  const SettingsSources& sources_;
  FileHashes& hashes_;
  std::stop_token stop_;
};

}  // namespace

FoundSettings findSettings(const QString& file, const SettingsSources& sources, FileHashes& hashes,
                           const std::stop_token& stop) {
  const std::optional<PictureSettings> settings = readPictureSettings(toPath(file));
  if (!settings)
    throw Error(
        ErrorKind::NotFound,
        sayLookup("The picture %1 does not say how it was made.").arg(QFileInfo(file).fileName()).toStdString());
  FoundSettings found;
  SettingsRequest wanted = toRequest(*settings);
  found.request = std::move(wanted.request);
  const QString name = toQString(settings->model);
  if (const ModelEntry* model = ModelSearch(sources, hashes, stop).find(name, settings->modelHash)) {
    found.request.model = toPath(model->path);
  } else {
    found.request.model = toPath(sources.currentModel);
    if (!name.isEmpty())
      found.notes << sayLookup("The model \"%1\" is not among your models; the current one is kept.").arg(name);
  }
  SettingsFolders folders = sources.folders;
  folders.pictures.push_back(toPath(QFileInfo(file).absolutePath()));
  findSettingsFiles(found.request, *settings, folders, hashes, wanted.notes, stop);
  for (const std::string& note : wanted.notes) found.notes << toQString(note);
  return found;
}

}  // namespace lorikeet

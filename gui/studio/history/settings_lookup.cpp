#include "studio/history/settings_lookup.h"

#include <lorikeet/adapter_tags.h>
#include <lorikeet/error.h>
#include <lorikeet/picture_settings.h>

#include <QCoreApplication>
#include <QFileInfo>
#include <QRegularExpression>
#include <algorithm>
#include <utility>

#include "studio/jobs/convert.h"

namespace lorikeet {
namespace {

QString sayLookup(const char* text) { return QCoreApplication::translate("lorikeet::SettingsLookup", text); }

void findModel(const QString& name, const SettingsSources& sources, FoundSettings& found) {
  const auto isNamed = [&](const ModelEntry& entry) {
    return entry.problem.isEmpty() && (entry.nameInPictures.compare(name, Qt::CaseInsensitive) == 0 ||
                                       entry.name.compare(name, Qt::CaseInsensitive) == 0);
  };
  const auto model = std::ranges::find_if(sources.models, isNamed);
  if (model != sources.models.end()) {
    found.request.model = toPath(model->path);
    return;
  }
  found.request.model = toPath(sources.currentModel);
  if (!name.isEmpty())
    found.notes << sayLookup("The model \"%1\" is not among your models; the current one is kept.").arg(name);
}

/// Takes one tag's adapter from the first folder that has it.
bool takeAdapter(const QString& tag, const QStringList& folders, std::vector<AdapterUse>& adapters) {
  for (const QString& folder : folders) {
    try {
      const std::vector<AdapterUse> found = adaptersInPrompt(tag.toStdString(), {toPath(folder)});
      adapters.insert(adapters.end(), found.begin(), found.end());
      return true;
    } catch (const Error&) {
      continue;
    }
  }
  return false;
}

/// Tags whose adapter is not there stay in the prompt, where they can be seen.
void findAdapters(const QStringList& folders, FoundSettings& found) {
  static const QRegularExpression tag(QStringLiteral("\\s?<(?:lora|lyco):([^:<>]{1,200})[^<>]{0,200}>"));
  QString prompt = toQString(found.request.prompt);
  qsizetype from = 0;
  for (auto match = tag.match(prompt, from); match.hasMatch(); match = tag.match(prompt, from)) {
    from = match.capturedEnd();
    if (takeAdapter(match.captured().trimmed(), folders, found.request.adapters)) {
      prompt.remove(match.capturedStart(), match.capturedLength());
      from = match.capturedStart();
    } else {
      found.notes
          << sayLookup("The adapter \"%1\" was not found; its tag is left in the prompt.").arg(match.captured(1));
    }
  }
  found.request.prompt = prompt.toStdString();
}

/// The adapters of the list that a picture of ours has: by name, as tags are.
void findListedAdapters(const QStringList& folders, FoundSettings& found) {
  std::vector<AdapterUse> adapters;
  for (AdapterUse& use : std::exchange(found.request.adapters, {})) {
    std::vector<AdapterUse> named;
    const std::string name = use.file.stem().string();
    if (!use.file.has_parent_path() && takeAdapter(toQString("<lora:" + name + ">"), folders, named)) {
      use.file = named.front().file;
      adapters.push_back(std::move(use));
    } else {
      found.notes << sayLookup("The adapter \"%1\" was not found; its tag is left in the prompt.").arg(toQString(name));
      found.request.prompt += adapterTags({use});
    }
  }
  found.request.adapters = std::move(adapters);
}

/// The VAE of a picture of ours, by its name.
void findVae(const QStringList& files, FoundSettings& found) {
  if (found.request.vae.empty()) return;
  const QString name = QFileInfo(pathToQString(found.request.vae)).fileName();
  const auto file = std::ranges::find_if(
      files, [&name](const QString& one) { return QFileInfo(one).fileName() == name && QFileInfo::exists(one); });
  found.request.vae = file == files.end() ? std::filesystem::path() : toPath(*file);
  if (file == files.end()) found.notes << sayLookup("The VAE \"%1\" was not found; the model's own is used.").arg(name);
}

}  // namespace

FoundSettings findSettings(const QString& file, const SettingsSources& sources) {
  const std::optional<PictureSettings> settings = readPictureSettings(toPath(file));
  if (!settings)
    throw Error(
        ErrorKind::NotFound,
        sayLookup("The picture %1 does not say how it was made.").arg(QFileInfo(file).fileName()).toStdString());
  FoundSettings found;
  SettingsRequest wanted = toRequest(*settings);
  found.request = std::move(wanted.request);
  for (const std::string& note : wanted.notes) found.notes << toQString(note);
  findModel(toQString(settings->model), sources, found);
  findAdapters(sources.adapterFolders, found);
  findListedAdapters(sources.adapterFolders, found);
  findVae(sources.vaeFiles, found);
  return found;
}

}  // namespace lorikeet

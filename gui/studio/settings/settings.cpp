#include "studio/settings/settings.h"

#include <lorikeet/error.h>

#include <QDir>
#include <QStandardPaths>
#include <algorithm>
#include <array>

#include "studio/settings/request_json.h"

namespace lorikeet {
namespace {

constexpr auto kTheme = "preferences/theme";
constexpr auto kModelFolder = "preferences/modelFolder";
constexpr auto kEmbeddingsFolder = "preferences/embeddingsFolder";
constexpr auto kAdaptersFolder = "preferences/adaptersFolder";
constexpr auto kMoreAdapterFolders = "preferences/moreAdapterFolders";
constexpr auto kWildcardsFolder = "preferences/wildcardsFolder";
constexpr auto kPicturesFolder = "preferences/picturesFolder";
constexpr auto kAutosave = "preferences/autosave";
constexpr auto kPicturesFormat = "preferences/picturesFormat";
constexpr auto kCheckSpelling = "preferences/checkSpelling";
constexpr auto kWriteInfotext = "preferences/writeInfotext";
constexpr auto kLivePreview = "preferences/livePreview";
constexpr auto kThreads = "preferences/threads";
constexpr auto kRequest = "form/request";
constexpr auto kSeedLocked = "form/seedLocked";
constexpr auto kVaeFiles = "models/vaes";
constexpr auto kAdapterSets = "adapters/sets";
constexpr auto kAdapterStack = "adapters/stack";
constexpr auto kTrainingSetup = "training/setup";
constexpr auto kUnfinishedTrainings = "training/unfinished";
constexpr auto kEditOptions = "canvas/options";
constexpr auto kToolOptions = "canvas/tools";
constexpr auto kEditing = "window/editing";
constexpr auto kGeometry = "window/geometry";
constexpr auto kDocks = "window/docks";

constexpr int kMaxThreads = 256;

const std::array<std::pair<Theme, QString>, 3>& themeNames() {
  static const std::array<std::pair<Theme, QString>, 3> names{{{Theme::System, QStringLiteral("system")},
                                                               {Theme::Light, QStringLiteral("light")},
                                                               {Theme::Dark, QStringLiteral("dark")}}};
  return names;
}

Theme themeFromName(const QString& name) {
  for (const auto& [theme, text] : themeNames())
    if (text == name) return theme;
  return Theme::System;
}

QString nameOf(Theme theme) {
  for (const auto& [value, text] : themeNames())
    if (value == theme) return text;
  return {};
}

/// Formats that can be saved, by the name of their files' ends.
const std::array<std::pair<PictureFormat, QString>, 3>& formatNames() {
  static const std::array<std::pair<PictureFormat, QString>, 3> names{{{PictureFormat::Png, QStringLiteral("png")},
                                                                       {PictureFormat::Jpeg, QStringLiteral("jpg")},
                                                                       {PictureFormat::WebP, QStringLiteral("webp")}}};
  return names;
}

PictureFormat formatFromName(const QString& name) {
  for (const auto& [format, text] : formatNames())
    if (text == name) return format;
  return PictureFormat::Png;
}

QString defaultPicturesFolder() {
  return QDir(QStandardPaths::writableLocation(QStandardPaths::PicturesLocation)).filePath(QStringLiteral("Lorikeet"));
}

QString userFile() {
  const QString folder = QStandardPaths::writableLocation(QStandardPaths::GenericConfigLocation);
  return QDir(folder).filePath(QStringLiteral("lorikeet/lorikeet.ini"));
}

}  // namespace

QString fileEndOf(PictureFormat format) {
  for (const auto& [value, text] : formatNames())
    if (value == format) return text;
  return QStringLiteral("png");
}

Settings::Settings(const QString& file, QObject* parent)
    : QObject(parent), store_(file.isEmpty() ? userFile() : file, QSettings::IniFormat) {
  preferences_ = readPreferences();
}

Preferences Settings::readPreferences() const {
  const Preferences defaults;
  Preferences result;
  result.theme = themeFromName(store_.value(kTheme).toString());
  result.modelFolder = store_.value(kModelFolder).toString();
  result.embeddingsFolder = store_.value(kEmbeddingsFolder).toString();
  result.adaptersFolder = store_.value(kAdaptersFolder).toString();
  result.moreAdapterFolders = store_.value(kMoreAdapterFolders).toStringList();
  result.wildcardsFolder = store_.value(kWildcardsFolder).toString();
  result.picturesFolder = store_.value(kPicturesFolder, defaultPicturesFolder()).toString();
  if (result.picturesFolder.isEmpty()) result.picturesFolder = defaultPicturesFolder();
  result.autosave = store_.value(kAutosave, defaults.autosave).toBool();
  result.picturesFormat = formatFromName(store_.value(kPicturesFormat).toString());
  result.checkSpelling = store_.value(kCheckSpelling, defaults.checkSpelling).toBool();
  result.writeInfotext = store_.value(kWriteInfotext, defaults.writeInfotext).toBool();
  result.livePreview = store_.value(kLivePreview, defaults.livePreview).toBool();
  result.threads = std::clamp(store_.value(kThreads, defaults.threads).toInt(), 0, kMaxThreads);
  return result;
}

void Settings::setPreferences(const Preferences& preferences) {
  if (preferences == preferences_) return;
  preferences_ = preferences;
  store_.setValue(kTheme, nameOf(preferences.theme));
  store_.setValue(kModelFolder, preferences.modelFolder);
  store_.setValue(kEmbeddingsFolder, preferences.embeddingsFolder);
  store_.setValue(kAdaptersFolder, preferences.adaptersFolder);
  store_.setValue(kMoreAdapterFolders, preferences.moreAdapterFolders);
  store_.setValue(kWildcardsFolder, preferences.wildcardsFolder);
  store_.setValue(kPicturesFolder, preferences.picturesFolder);
  store_.setValue(kAutosave, preferences.autosave);
  store_.setValue(kPicturesFormat, fileEndOf(preferences.picturesFormat));
  store_.setValue(kCheckSpelling, preferences.checkSpelling);
  store_.setValue(kWriteInfotext, preferences.writeInfotext);
  store_.setValue(kLivePreview, preferences.livePreview);
  store_.setValue(kThreads, preferences.threads);
  emit preferencesChanged(preferences_);
}

GenerateRequest Settings::request() const { return requestFromJson(store_.value(kRequest).toByteArray()); }

void Settings::setRequest(const GenerateRequest& request) {
  GenerateRequest kept = request;
  if (kept.init.pixels) {
    kept.init = {};
    kept.mask = {};
    kept.outpaint = {};
  }
  if (kept.mask.pixels) kept.mask = {};
  std::erase_if(kept.controls, [](const ControlUnit& unit) { return unit.picture.pixels != nullptr; });
  try {
    store_.setValue(kRequest, toJson(kept));
  } catch (const Error&) {  // a file's name that is no text cannot be kept: the form stays as it was last written
  }
}

EditOptions Settings::editOptions() const { return editOptionsFromJson(store_.value(kEditOptions).toByteArray()); }

void Settings::setEditOptions(const EditOptions& options) { store_.setValue(kEditOptions, toJson(options)); }

ToolOptions Settings::toolOptions() const { return toolOptionsFromJson(store_.value(kToolOptions).toByteArray()); }

void Settings::setToolOptions(const ToolOptions& options) { store_.setValue(kToolOptions, toJson(options)); }

bool Settings::isEditing() const { return store_.value(kEditing, false).toBool(); }

void Settings::setEditing(bool editing) { store_.setValue(kEditing, editing); }

bool Settings::seedLocked() const { return store_.value(kSeedLocked, false).toBool(); }

void Settings::setSeedLocked(bool locked) { store_.setValue(kSeedLocked, locked); }

QStringList Settings::vaeFiles() const { return store_.value(kVaeFiles).toStringList(); }

void Settings::setVaeFiles(const QStringList& files) { store_.setValue(kVaeFiles, files); }

QByteArray Settings::adapterSets() const { return store_.value(kAdapterSets).toByteArray(); }

void Settings::setAdapterSets(const QByteArray& json) { store_.setValue(kAdapterSets, json); }

QByteArray Settings::adapterStack() const { return store_.value(kAdapterStack).toByteArray(); }

void Settings::setAdapterStack(const QByteArray& json) { store_.setValue(kAdapterStack, json); }

QByteArray Settings::trainingSetup() const { return store_.value(kTrainingSetup).toByteArray(); }

void Settings::setTrainingSetup(const QByteArray& json) { store_.setValue(kTrainingSetup, json); }

QStringList Settings::unfinishedTrainings() const { return store_.value(kUnfinishedTrainings).toStringList(); }

void Settings::setUnfinishedTrainings(const QStringList& json) { store_.setValue(kUnfinishedTrainings, json); }

WindowLayout Settings::windowLayout() const {
  return {store_.value(kGeometry).toByteArray(), store_.value(kDocks).toByteArray()};
}

void Settings::setWindowLayout(const WindowLayout& layout) {
  store_.setValue(kGeometry, layout.geometry);
  store_.setValue(kDocks, layout.docks);
}

bool Settings::flush() {
  store_.sync();
  return store_.status() == QSettings::NoError;
}

}  // namespace lorikeet

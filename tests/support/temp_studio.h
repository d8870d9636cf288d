#pragma once
#include <QColorSpace>
#include <QDir>
#include <QImage>
#include <QTemporaryDir>

#include "studio/jobs/convert.h"
#include "studio/studio.h"

namespace lorikeet::test {

/// A folder of its own for one test: settings, pictures, whatever it writes.
struct TempFolder {
  QTemporaryDir folder;
  QString path(const char* name) const { return folder.filePath(QString::fromLatin1(name)); }
};

/// The pixels alone, without colour space and text.
inline QImage pixelsOf(const QImage& image) {
  QImage pixels = image.convertToFormat(QImage::Format_RGB32);
  pixels.setColorSpace({});
  return pixels;
}

/// A small diffusers folder of the repository with the real topology of SD 1.5, 64x64 pixels.
inline QString tinyModel() { return QStringLiteral(LORIKEET_SOURCE_DIR "/tests/golden/tiny-sd1"); }

/// Preferences that keep a test within its folder.
inline Preferences testPreferences(const TempFolder& temp) {
  Preferences preferences;
  preferences.theme = Theme::Light;
  preferences.picturesFolder = temp.path("pictures");
  preferences.threads = 2;
  return preferences;
}

/// A settings file in the test's folder that chooses the tiny model and few steps.
inline StudioConfig prepareStudio(const TempFolder& temp) {
  const QString file = temp.path("settings.ini");
  Settings settings(file);
  settings.setPreferences(testPreferences(temp));
  GenerateRequest request;
  request.model = toPath(tinyModel());
  request.prompt = "a red fox";
  request.steps = 4;
  request.width = 64;
  request.height = 64;
  settings.setRequest(request);
  settings.flush();
  return {file, {}, temp.path("styles.json")};
}

}  // namespace lorikeet::test

#pragma once
#include <lorikeet/picture_io.h>
#include <lorikeet/request.h>

#include <QByteArray>
#include <QObject>
#include <QSettings>
#include <QString>
#include <QStringList>

#include "studio/document/edit_options.h"
#include "studio/document/tool_options.h"

namespace lorikeet {

enum class Theme { System, Light, Dark };

/// What a person chooses in the preferences.
struct Preferences {
  Theme theme = Theme::System;
  QString modelFolder;       ///< scanned for models; empty: none chosen yet
  QString embeddingsFolder;  ///< textual inversions that prompts may name; empty: none
  QString adaptersFolder;    ///< what <lora:name> in prompts is looked up in; empty: defaultAdapterFolder()
  /// Other folders of adapters, such as those of A1111 or ComfyUI; looked into after adaptersFolder.
  QStringList moreAdapterFolders;
  QString wildcardsFolder;                            ///< what __name__ in prompts chooses from; empty: none
  QString picturesFolder;                             ///< finished pictures go into a sub-folder a day
  bool autosave = true;                               ///< save every finished picture
  PictureFormat picturesFormat = PictureFormat::Png;  ///< of those: Png, Jpeg or WebP
  bool writeInfotext = true;                          ///< put the settings into the saved picture
  bool livePreview = true;                            ///< show the picture as it forms
  bool checkSpelling = true;                          ///< underline misspelt words of prompts
  int threads = 0;                                    ///< of the engine, from the next start; 0: all

  bool operator==(const Preferences&) const = default;
};

/// "png", "jpg" or "webp".
QString fileEndOf(PictureFormat format);

/// Where the window was, for the next start.
struct WindowLayout {
  QByteArray geometry;
  QByteArray docks;
};

/// Everything that is kept between runs, typed; the one place that knows keys and defaults. Written at once. Values
/// that make no sense (edited by hand, from a newer version) become the default.
class Settings : public QObject {
  Q_OBJECT
 public:
  /// An INI file; empty: the user's own configuration file.
  explicit Settings(const QString& file = {}, QObject* parent = nullptr);

  const Preferences& preferences() const { return preferences_; }
  void setPreferences(const Preferences& preferences);

  /// The form as it was left. Pictures in memory are not kept: the canvas and the control units keep their own.
  GenerateRequest request() const;
  void setRequest(const GenerateRequest& request);
  bool seedLocked() const;
  void setSeedLocked(bool locked);

  /// VAEs that were used in place of a model's own, the latest first.
  QStringList vaeFiles() const;
  void setVaeFiles(const QStringList& files);
  /// Named stacks of adapters as JSON (AdapterSets).
  QByteArray adapterSets() const;
  void setAdapterSets(const QByteArray& json);
  /// The stack as it was left, solo and mute included (adapter_stack_json).
  QByteArray adapterStack() const;
  void setAdapterStack(const QByteArray& json);
  /// The training window's form as it was left, and trainings that were begun and not finished, the latest last
  /// (training_setup).
  QByteArray trainingSetup() const;
  void setTrainingSetup(const QByteArray& json);
  QStringList unfinishedTrainings() const;
  void setUnfinishedTrainings(const QStringList& json);
  /// How the picture on the canvas is worked on, and its tools.
  EditOptions editOptions() const;
  void setEditOptions(const EditOptions& options);
  ToolOptions toolOptions() const;
  void setToolOptions(const ToolOptions& options);
  /// Whether the canvas was in front.
  bool isEditing() const;
  void setEditing(bool editing);

  WindowLayout windowLayout() const;
  void setWindowLayout(const WindowLayout& layout);

  /// Writes what is pending. False where the file could not be written.
  bool flush();

 signals:
  void preferencesChanged(const Preferences& preferences);

 private:
  Preferences readPreferences() const;

  QSettings store_;
  Preferences preferences_;
};

}  // namespace lorikeet

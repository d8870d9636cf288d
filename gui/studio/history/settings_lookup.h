#pragma once
#include <lorikeet/settings_files.h>

#include <QStringList>
#include <vector>

#include "studio/library/model_library.h"

namespace lorikeet {

/// Where what a picture names may be found.
struct SettingsSources {
  std::vector<ModelEntry> models;
  QString currentModel;     ///< path; used where the picture's model is not there
  SettingsFolders folders;  ///< the picture's own folder is searched as well
};

struct FoundSettings {
  GenerateRequest request;
  QStringList notes;  ///< a sentence for each setting that could not be taken over
};

/// The request that makes a picture file again: its model is looked up by name and by hash, its adapters become rows of
/// the stack (findSettingsFiles). Reads the file, and others to know their hashes; call it off the window's thread.
/// Throws Error(NotFound) for a picture without settings, and as readPictureSettings() does.
FoundSettings findSettings(const QString& file, const SettingsSources& sources, FileHashes& hashes,
                           const std::stop_token& stop = {});

}  // namespace lorikeet

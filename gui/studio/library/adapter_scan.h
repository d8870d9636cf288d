#pragma once
#include <QHash>
#include <QStringList>
#include <atomic>
#include <vector>

#include "studio/library/library_adapter.h"

namespace lorikeet {

/// Adapters that were read before, by their file.
using KnownAdapters = QHash<QString, LibraryAdapter>;

/// What lies in the library's folders.
struct AdapterScan {
  std::vector<LibraryAdapter> adapters;  ///< by name; those that are new or changed are not read yet
  bool isNew = false;                    ///< something is not as it was known
  QStringList folders;                   ///< every folder that was looked into, to be watched
  QStringList problems;                  ///< a sentence for each folder that could not be listed
};

/// Lists folders and what is below them, and takes over what is known of files that are as they were. Sidecars of new
/// and changed files are read. Of a folder that does not exist only the default one is no problem. Safe on any thread.
AdapterScan scanAdapterFolders(const QStringList& folders, const KnownAdapters& known,
                               const std::atomic<bool>& cancelled);

/// The folders of adapters of an installation of A1111, Forge, SD.Next or ComfyUI where `folder` is one or its folder
/// of models; otherwise the folder itself.
QStringList adapterFoldersBelow(const QString& folder);

}  // namespace lorikeet

#pragma once
#include <QStringList>

#include "studio/history/history_entry.h"

namespace lorikeet {

/// What a picture file says of itself: size, date, and the settings that made it. Throws Error for what is no picture.
HistoryEntry readHistoryEntry(const QString& file);
/// Every picture below the folders, without hidden files.
QStringList pictureFilesBelow(const QStringList& folders);

/// Moves a file into the desktop's trash and gives its name there. Throws Error(Io).
QString moveToTrash(const QString& file);
/// Moves it back; never replaces a file. Throws Error(NotFound | Io).
void restoreFromTrash(const QString& trashFile, const QString& file);

}  // namespace lorikeet

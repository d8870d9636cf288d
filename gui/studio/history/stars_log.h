#pragma once
#include <QHash>
#include <QList>
#include <QString>

#include "studio/history/history_entry.h"

namespace lorikeet {

/// The stars that pictures were given, in a log of their own beside the index. A picture is known by its file's name
/// and by its content, so that stars follow one that was renamed or moved by hand.
class StarsLog {
 public:
  StarsLog() = default;
  /// What the log says; nothing where there is none or it cannot be read.
  static StarsLog read(const QString& file);
  /// Notes that these pictures have this many stars. Reads their files. Throws Error(Io).
  static void write(const QString& file, const QList<HistoryEntry>& entries, int stars);

  /// Of a picture that is new to the index. Reads its file only where one of its size was starred.
  int starsOf(const HistoryEntry& entry) const;

 private:
  QHash<QString, int> byName_;
  QHash<qint64, QHash<QString, int>> byContent_;  // by size, then by digest
};

}  // namespace lorikeet

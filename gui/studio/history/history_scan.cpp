#include "studio/history/history_scan.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>

#include "studio/history/history_database.h"
#include "studio/history/history_files.h"

namespace lorikeet {
namespace {

constexpr int kBatch = 100;  ///< pictures in one transaction

/// The file is gone, and not with its drive: a scanned folder around it, or the one that held it, is there.
bool isGone(const QString& file, const QStringList& folders) {
  const QFileInfo info(file);
  if (info.exists()) return false;
  if (info.absoluteDir().exists()) return true;
  for (const QString& folder : folders)
    if (file.startsWith(QDir(folder).absolutePath() + QLatin1Char('/')) && QDir(folder).exists()) return true;
  return false;
}

}  // namespace

void bringUpToDate(HistoryDatabase& database, const HistoryScan& scan, const std::atomic<bool>& ending,
                   const std::function<void(int, int)>& progress) {
  QHash<QString, qint64> known = database.knownFiles();
  QStringList wanted;
  for (const QString& file : pictureFilesBelow(scan.folders)) {
    const auto row = known.constFind(file);
    if (scan.depth == ScanDepth::Everything || row == known.constEnd() || *row != QFileInfo(file).size())
      wanted << file;
    known.remove(file);
  }
  QList<HistoryEntry> batch;
  for (int i = 0; i < wanted.size() && !ending; ++i) {
    try {
      batch << readHistoryEntry(wanted[i]);
      batch.last().rating = scan.stars.starsOf(batch.last());
    } catch (const std::exception&) {
      continue;  // no picture, whatever its name says
    }
    if (batch.size() < kBatch) continue;
    database.add(batch);
    batch.clear();
    progress(i + 1, int(wanted.size()));
  }
  database.add(batch);
  QStringList gone;
  for (auto row = known.keyBegin(); row != known.keyEnd() && !ending; ++row)
    if (isGone(*row, scan.folders)) gone << *row;
  database.forget(gone);
}

}  // namespace lorikeet

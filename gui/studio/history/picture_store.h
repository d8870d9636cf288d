#pragma once
#include <lorikeet/file_hashes.h>

#include <QDate>
#include <QImage>
#include <QObject>

#include "studio/history/session_results.h"
#include "studio/jobs/background_queue.h"

namespace lorikeet {

/// Where and how finished pictures are saved.
struct SaveOptions {
  QString folder;
  bool writeInfotext = true;
  QString fileEnd = QStringLiteral("png");  ///< "png", "jpg" or "webp": decides the format
};

/// Saves pictures with their settings, off the window's thread and one after the other. A picture is complete on
/// disk or not there at all, and never replaces another one unless the user named that file.
class PictureStore : public QObject {
  Q_OBJECT
 public:
  /// `hashes` must outlive the store.
  explicit PictureStore(FileHashes& hashes, QObject* parent = nullptr)
      : QObject(parent), hashes_(hashes), queue_(this) {}

  /// Saves into `folder`/2025-01-31/0001-first-words-of-the-prompt-42.png, numbered on.
  void save(const SessionResult& result, const SaveOptions& options);
  /// Saves to a file that the user chose.
  void saveAs(const SessionResult& result, const QImage& image, const QString& file, bool writeInfotext);
  /// Waits until everything is on disk.
  void finish() { queue_.finish(); }

 signals:
  void saved(quint64 id, const QString& file);
  void savedAs(quint64 id, const QString& file);
  void failed(quint64 id, const QString& message, const QString& details);

 private:
  FileHashes& hashes_;
  BackgroundQueue queue_;
};

/// "red-fox-in-the-snow-oil" of "(red fox:1.2) in the snow, oil": letters and digits of any script, at most 40.
QString fileNameWords(const QString& prompt);
/// Writes the picture under the next free number of the day's folder and gives the file's name. Throws Error(Io).
QString savePicture(const SessionResult& result, const QImage& image, const SaveOptions& options, QDate day,
                    FileHashes& hashes);

}  // namespace lorikeet

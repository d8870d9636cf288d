#pragma once
#include <QHash>
#include <QList>

#include "studio/library/library_adapter.h"

namespace lorikeet {

/// Favourites, notes and default weights, in a file of the program's own: other programs' files are never written. They
/// are found again by the adapter's path, and where it was moved by its file's name and size.
class AdapterNotes {
 public:
  explicit AdapterNotes(QString file) : file_(std::move(file)) {}

  /// Reads all notes. Throws Error(Io).
  void load();
  AdapterNote find(const LibraryAdapter& adapter) const;
  /// Keeps a note in memory; save() puts it on disk.
  void set(const LibraryAdapter& adapter);
  /// Appends the note of an adapter to the file. Throws Error(Io). Needs nothing of what is in memory: safe on another
  /// thread.
  static void save(const QString& file, const LibraryAdapter& adapter);
  const QString& file() const { return file_; }

 private:
  void keep(const QString& path, qint64 byteSize, const AdapterNote& note);

  QString file_;
  QHash<QString, AdapterNote> byPath_;
  QHash<std::pair<QString, qint64>, AdapterNote> byNameAndSize_;
};

}  // namespace lorikeet

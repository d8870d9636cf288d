#pragma once
#include <QList>
#include <QString>

namespace lorikeet {

/// A picture that was moved into the trash.
struct TrashedPicture {
  QString file;       ///< where it was
  QString trashFile;  ///< where it is
};

/// What went into the trash together and comes back together.
struct TrashedBatch {
  QString id;
  QList<TrashedPicture> pictures;
};

/// What was trashed and not put back, in a log on disk, so that it can be undone after a restart.
class TrashLog {
 public:
  explicit TrashLog(QString file) : file_(std::move(file)) {}

  /// The oldest first, without pictures that are no longer in the trash. Nothing where the log cannot be read.
  QList<TrashedBatch> read() const;
  /// Throw Error(Io).
  void add(const TrashedBatch& batch) const;
  void remove(const QString& id) const;

 private:
  QString file_;
};

}  // namespace lorikeet

#pragma once
#include <QAbstractListModel>
#include <QDateTime>
#include <QImage>
#include <vector>

#include "studio/jobs/job.h"

namespace lorikeet {

/// One picture of this session. Its request makes it again: one picture, with the seed that this one had.
struct SessionResult {
  quint64 id = 0;
  GenerateRequest request;
  QString modelName;
  QDateTime made;
  QString file;  ///< empty until it is saved
  QImage thumbnail;
  QImage image;  ///< null where only the file holds it
};

/// This session's pictures, newest first. Older ones are kept as files and thumbnails only, so that a long session does
/// not fill the memory.
class SessionResults : public QAbstractListModel {
  Q_OBJECT
 public:
  enum Role { IdRole = Qt::UserRole, SeedRole, FileRole };
  static constexpr int kThumbnailSize = 256;  ///< pixels, the longer side

  explicit SessionResults(QObject* parent = nullptr) : QAbstractListModel(parent) {}

  /// Adds a picture in front and gives its number.
  quint64 add(const JobPicture& picture);
  void setFile(quint64 id, const QString& file);
  /// Takes a picture off the list; its file stays.
  void remove(quint64 id);

  /// Null where there is no such picture.
  const SessionResult* find(quint64 id) const;
  const SessionResult& at(int row) const { return results_[size_t(row)]; }
  /// The full picture, read back from its file where need be; null when that is gone.
  QImage image(quint64 id) const;
  QModelIndex indexOf(quint64 id) const;

  int rowCount(const QModelIndex& parent = {}) const override;
  QVariant data(const QModelIndex& index, int role) const override;
  Qt::ItemFlags flags(const QModelIndex& index) const override;
  QStringList mimeTypes() const override;
  /// The saved files as URLs, and the picture itself for programs that take one.
  QMimeData* mimeData(const QModelIndexList& indexes) const override;
  Qt::DropActions supportedDragActions() const override { return Qt::CopyAction; }

 private:
  void dropOldImages();

  std::vector<SessionResult> results_;
  quint64 last_ = 0;
};

}  // namespace lorikeet

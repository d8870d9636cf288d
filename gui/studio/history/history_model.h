#pragma once
#include <QAbstractListModel>
#include <QHash>
#include <QSet>
#include <QTimer>

#include "studio/history/picture_history.h"
#include "studio/history/thumbnail_cache.h"

namespace lorikeet {

/// The pictures that a query finds, newest first. Only their numbers are held for all of them; what a view shows is
/// fetched when it asks, off the window's thread, so that a hundred thousand rows cost no more than a hundred.
class HistoryModel : public QAbstractListModel {
  Q_OBJECT
 public:
  enum Role { IdRole = Qt::UserRole, FileRole, RatingRole, LoadedRole };

  HistoryModel(PictureHistory& history, const QString& thumbnailFolder, QObject* parent = nullptr);

  void setQuery(const HistoryQuery& query);
  const HistoryQuery& query() const { return query_; }
  /// The picture of a row; without a file while it is being fetched.
  HistoryEntry entry(int row) const;
  /// Of a picture that was fetched; without a file for others.
  HistoryEntry entryOf(qint64 id) const { return entries_.value(id); }
  /// Fetches pictures that are not known yet.
  void fetch(const std::vector<qint64>& ids);
  qint64 idAt(int row) const { return ids_[size_t(row)]; }

  int rowCount(const QModelIndex& parent = {}) const override;
  QVariant data(const QModelIndex& index, int role) const override;
  Qt::ItemFlags flags(const QModelIndex& index) const override;
  QStringList mimeTypes() const override { return {QStringLiteral("text/uri-list")}; }
  QMimeData* mimeData(const QModelIndexList& indexes) const override;
  Qt::DropActions supportedDragActions() const override { return Qt::CopyAction; }

 signals:
  /// The answer to the last query is shown.
  void answered(int count);
  /// Pictures were fetched that entryOf() did not know.
  void fetched();

 private:
  void ask();
  void show(quint64 number, const std::vector<qint64>& ids);
  void take(const QList<HistoryEntry>& entries);
  void want(qint64 id) const;
  void loadWanted();
  void announce(qint64 id);

  PictureHistory& history_;
  mutable ThumbnailCache thumbnails_;
  HistoryQuery query_;
  quint64 number_ = 0;
  std::vector<qint64> ids_;
  QHash<qint64, int> rows_;  ///< of what was fetched or asked for
  QHash<qint64, HistoryEntry> entries_;
  mutable std::vector<qint64> wanted_;
  mutable QSet<qint64> asked_;
  mutable QTimer loadTimer_;
  QTimer askTimer_;
};

}  // namespace lorikeet

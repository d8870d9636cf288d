#pragma once
#include <QAbstractListModel>
#include <QHash>
#include <QSet>

#include "studio/history/thumbnail_cache.h"
#include "studio/library/adapter_library.h"

namespace lorikeet {

enum class AdapterOrder { Name, Newest, LastUsed };

/// Which adapters of the library are shown; empty members do not restrict.
struct AdapterQuery {
  QString words = {};  ///< each must stand in the name, folder, title, family, trigger words or notes
  QString family = {};
  bool favouritesOnly = false;
  AdapterOrder order = AdapterOrder::Name;

  bool operator==(const AdapterQuery&) const = default;
};

/// The adapters of the library that a query finds, with their thumbnails: the picture beside the file, else the last
/// one that was made with it.
class AdapterListModel : public QAbstractListModel {
  Q_OBJECT
 public:
  enum Role { FileRole = Qt::UserRole, FamilyRole, FavouriteRole, ProblemRole, PlaceRole, UsedRole };

  AdapterListModel(AdapterLibrary& library, const QString& thumbnailFolder, QObject* parent = nullptr);

  void setQuery(const AdapterQuery& query);
  const AdapterQuery& query() const { return query_; }
  /// The latest pictures by the names of adapters (PictureHistory::lastWithAdapters).
  void setPictures(const QHash<QString, HistoryEntry>& pictures);
  /// The files that are in the stack.
  void setUsed(const QSet<QString>& files);
  /// Families that the library has, for a filter.
  QStringList families() const;

  /// The adapter of a row of this model.
  const LibraryAdapter& at(int row) const { return library_.adapters()[size_t(rows_[size_t(row)])]; }
  /// Its row in the library.
  int libraryRow(int row) const { return rows_[size_t(row)]; }
  /// The row in which a file is shown; -1: it is not.
  int shownRow(const QString& file) const;

  int rowCount(const QModelIndex& parent = {}) const override;
  QVariant data(const QModelIndex& index, int role) const override;
  Qt::ItemFlags flags(const QModelIndex& index) const override;
  QStringList mimeTypes() const override { return {QStringLiteral("text/uri-list")}; }
  QMimeData* mimeData(const QModelIndexList& indexes) const override;
  Qt::DropActions supportedDragActions() const override { return Qt::CopyAction; }

 signals:
  /// Other rows are shown, or in another order.
  void answered();

 private:
  void takeList();
  void takeChanges(const std::vector<int>& changed);
  void find(bool isNewList = false);
  bool fits(int row, const QStringList& words) const;
  QImage thumbnailOf(const LibraryAdapter& adapter) const;
  QString toolTipOf(const LibraryAdapter& adapter) const;

  AdapterLibrary& library_;
  mutable ThumbnailCache thumbnails_;
  AdapterQuery query_;
  std::vector<QString> texts_;  ///< what words are looked for in, case folded, by the library's rows
  std::vector<int> rows_;       ///< of the library
  QHash<QString, HistoryEntry> pictures_;
  QSet<QString> used_;
};

}  // namespace lorikeet

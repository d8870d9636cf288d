#include "studio/history/history_model.h"

#include <QMimeData>
#include <QUrl>
#include <algorithm>

namespace lorikeet {
namespace {

constexpr size_t kMostWanted = 400;    ///< more than a screen of rows; older wishes have scrolled away
constexpr qsizetype kMostKept = 8000;  ///< entries in memory
constexpr int kSettleMs = 40;          ///< changes in this time are shown together

/// The rows at which two lists differ: what is equal in front and at the end is left out.
struct Difference {
  int first = 0;
  int oldCount = 0;
  int newCount = 0;
};

Difference differenceOf(const std::vector<qint64>& old, const std::vector<qint64>& fresh) {
  const auto front = std::ranges::mismatch(old, fresh);
  const auto first = int(front.in1 - old.begin());
  const int room = int(std::min(old.size(), fresh.size())) - first;
  int tail = 0;
  while (tail < room && old[old.size() - 1 - size_t(tail)] == fresh[fresh.size() - 1 - size_t(tail)]) ++tail;
  return {first, int(old.size()) - first - tail, int(fresh.size()) - first - tail};
}

}  // namespace

HistoryModel::HistoryModel(PictureHistory& history, const QString& thumbnailFolder, QObject* parent)
    : QAbstractListModel(parent), history_(history), thumbnails_(thumbnailFolder) {
  loadTimer_.setSingleShot(true);
  askTimer_.setSingleShot(true);
  askTimer_.setInterval(kSettleMs);
  connect(&loadTimer_, &QTimer::timeout, this, &HistoryModel::loadWanted);
  connect(&askTimer_, &QTimer::timeout, this, &HistoryModel::ask);
  connect(&history_, &PictureHistory::found, this, &HistoryModel::show);
  connect(&history_, &PictureHistory::loaded, this, &HistoryModel::take);
  connect(&history_, &PictureHistory::changed, &askTimer_, qOverload<>(&QTimer::start));
  connect(&thumbnails_, &ThumbnailCache::ready, this, &HistoryModel::announce);
}

void HistoryModel::setQuery(const HistoryQuery& query) {
  query_ = query;
  ask();
}

void HistoryModel::ask() { history_.search(++number_, query_); }

void HistoryModel::show(quint64 number, const std::vector<qint64>& ids) {
  if (number != number_) return;  // the answer to an older question
  const Difference difference = differenceOf(ids_, ids);
  const int first = difference.first;
  if (difference.oldCount > 0) {
    beginRemoveRows({}, first, first + difference.oldCount - 1);
    ids_.erase(ids_.begin() + first, ids_.begin() + first + difference.oldCount);
    rows_.clear();
    endRemoveRows();
  }
  if (difference.newCount > 0) {
    beginInsertRows({}, first, first + difference.newCount - 1);
    ids_.insert(ids_.begin() + first, ids.begin() + first, ids.begin() + first + difference.newCount);
    rows_.clear();
    endInsertRows();
  }
  emit answered(int(ids_.size()));
}

HistoryEntry HistoryModel::entry(int row) const {
  const auto found = entries_.constFind(idAt(row));
  return found == entries_.constEnd() ? HistoryEntry() : *found;
}

void HistoryModel::take(const QList<HistoryEntry>& entries) {
  if (entries_.size() > kMostKept) entries_.clear();
  for (const HistoryEntry& entry : entries) {
    entries_.insert(entry.id, entry);
    asked_.remove(entry.id);
    announce(entry.id);
  }
  emit fetched();
}

void HistoryModel::fetch(const std::vector<qint64>& ids) {
  std::vector<qint64> missing;
  for (const qint64 id : ids)
    if (!entries_.contains(id)) missing.push_back(id);
  if (!missing.empty()) history_.load(missing);
}

void HistoryModel::want(qint64 id) const {
  if (asked_.contains(id)) return;
  asked_.insert(id);
  wanted_.push_back(id);
  loadTimer_.start(0);
}

void HistoryModel::loadWanted() {
  const size_t dropped = wanted_.size() > kMostWanted ? wanted_.size() - kMostWanted : 0;
  for (size_t i = 0; i < dropped; ++i) asked_.remove(wanted_[i]);
  history_.load({wanted_.begin() + std::ptrdiff_t(dropped), wanted_.end()});
  wanted_.clear();
}

void HistoryModel::announce(qint64 id) {
  if (rows_.isEmpty())
    for (size_t row = 0; row < ids_.size(); ++row) rows_.insert(ids_[row], int(row));
  const auto row = rows_.constFind(id);
  if (row != rows_.constEnd()) emit dataChanged(index(*row), index(*row));
}

int HistoryModel::rowCount(const QModelIndex& parent) const { return parent.isValid() ? 0 : int(ids_.size()); }

QVariant HistoryModel::data(const QModelIndex& index, int role) const {
  if (!checkIndex(index, CheckIndexOption::IndexIsValid)) return {};
  const qint64 id = idAt(index.row());
  if (role == IdRole) return id;
  const auto found = entries_.constFind(id);
  if (found == entries_.constEnd()) {
    want(id);
    return {};
  }
  switch (role) {
    case Qt::DisplayRole:
      return found->prompt;
    case Qt::DecorationRole:
      return thumbnails_.thumbnail(*found);
    case Qt::ToolTipRole:
      return tr("<p>%1</p><p>%2 × %3 · %4</p><p>%5</p>")
          .arg(found->prompt.toHtmlEscaped())
          .arg(found->width)
          .arg(found->height)
          .arg(QLocale().toString(found->made, QLocale::ShortFormat), found->file.toHtmlEscaped());
    case FileRole:
      return found->file;
    case RatingRole:
      return found->rating;
    case LoadedRole:
      return true;
    default:
      return {};
  }
}

Qt::ItemFlags HistoryModel::flags(const QModelIndex& index) const {
  return QAbstractListModel::flags(index) | (index.isValid() ? Qt::ItemIsDragEnabled : Qt::NoItemFlags);
}

QMimeData* HistoryModel::mimeData(const QModelIndexList& indexes) const {
  QList<QUrl> urls;
  for (const QModelIndex& index : indexes)
    if (const QString file = entry(index.row()).file; !file.isEmpty()) urls << QUrl::fromLocalFile(file);
  auto* data = new QMimeData;
  data->setUrls(urls);
  return data;
}

}  // namespace lorikeet

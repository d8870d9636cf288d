#include "studio/history/session_results.h"

#include <QFileInfo>
#include <QMimeData>
#include <QUrl>
#include <algorithm>

#include "studio/jobs/convert.h"

namespace lorikeet {
namespace {

constexpr int kImagesInMemory = 48;

GenerateRequest singlePicture(const JobPicture& picture) {
  GenerateRequest request = picture.request;
  request.seed = picture.seed;
  request.imageCount = 1;
  request.width = picture.image.width();
  request.height = picture.image.height();
  return request;
}

QImage thumbnailOf(const QImage& image) {
  const int size = SessionResults::kThumbnailSize;
  if (image.width() <= size && image.height() <= size) return image;
  return image.scaled(size, size, Qt::KeepAspectRatio, Qt::SmoothTransformation);
}

}  // namespace

quint64 SessionResults::add(const JobPicture& picture) {
  SessionResult result;
  result.id = ++last_;
  result.request = singlePicture(picture);
  result.modelName = picture.modelName;
  result.made = QDateTime::currentDateTime();
  result.thumbnail = thumbnailOf(picture.image);
  result.image = picture.image;
  beginInsertRows({}, 0, 0);
  results_.insert(results_.begin(), std::move(result));
  endInsertRows();
  dropOldImages();
  return last_;
}

void SessionResults::setFile(quint64 id, const QString& file) {
  const QModelIndex index = indexOf(id);
  if (!index.isValid()) return;
  results_[size_t(index.row())].file = file;
  dropOldImages();
  emit dataChanged(index, index, {FileRole, Qt::ToolTipRole});
}

void SessionResults::remove(quint64 id) {
  const QModelIndex index = indexOf(id);
  if (!index.isValid()) return;
  beginRemoveRows({}, index.row(), index.row());
  results_.erase(results_.begin() + index.row());
  endRemoveRows();
}

const SessionResult* SessionResults::find(quint64 id) const {
  const auto found = std::ranges::find(results_, id, &SessionResult::id);
  return found == results_.end() ? nullptr : &*found;
}

QImage SessionResults::image(quint64 id) const {
  const SessionResult* result = find(id);
  if (!result) return {};
  return result->image.isNull() ? QImage(result->file) : result->image;
}

QModelIndex SessionResults::indexOf(quint64 id) const {
  const auto found = std::ranges::find(results_, id, &SessionResult::id);
  return found == results_.end() ? QModelIndex() : index(int(found - results_.begin()));
}

int SessionResults::rowCount(const QModelIndex& parent) const { return parent.isValid() ? 0 : int(results_.size()); }

QVariant SessionResults::data(const QModelIndex& index, int role) const {
  if (!checkIndex(index, CheckIndexOption::IndexIsValid)) return {};
  const SessionResult& result = at(index.row());
  switch (role) {
    case Qt::DisplayRole:
      return toQString(result.request.prompt);
    case Qt::DecorationRole:
      return result.thumbnail;
    case Qt::ToolTipRole:
      return tr("<p>%1</p><p>%2 × %3 · seed %4 · %5</p>")
          .arg(toQString(result.request.prompt).toHtmlEscaped())
          .arg(result.request.width)
          .arg(result.request.height)
          .arg(result.request.seed)
          .arg(result.modelName.toHtmlEscaped());
    case IdRole:
      return result.id;
    case SeedRole:
      return quint64(result.request.seed);
    case FileRole:
      return result.file;
    default:
      return {};
  }
}

Qt::ItemFlags SessionResults::flags(const QModelIndex& index) const {
  return QAbstractListModel::flags(index) | (index.isValid() ? Qt::ItemIsDragEnabled : Qt::NoItemFlags);
}

QStringList SessionResults::mimeTypes() const { return {QStringLiteral("text/uri-list")}; }

QMimeData* SessionResults::mimeData(const QModelIndexList& indexes) const {
  auto* data = new QMimeData;
  QList<QUrl> urls;
  for (const QModelIndex& index : indexes)
    if (!at(index.row()).file.isEmpty()) urls << QUrl::fromLocalFile(at(index.row()).file);
  data->setUrls(urls);
  if (indexes.size() == 1) data->setImageData(image(at(indexes.front().row()).id));
  return data;
}

void SessionResults::dropOldImages() {
  for (size_t i = kImagesInMemory; i < results_.size(); ++i)
    if (QFileInfo::exists(results_[i].file)) results_[i].image = {};
}

}  // namespace lorikeet

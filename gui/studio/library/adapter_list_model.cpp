#include "studio/library/adapter_list_model.h"

#include <QFileInfo>
#include <QLocale>
#include <QMimeData>
#include <QUrl>
#include <algorithm>

namespace lorikeet {
namespace {

QString searchTextOf(const LibraryAdapter& adapter) {
  QStringList parts{adapter.place,         adapter.name,     adapter.contents.title, adapter.contents.outputName,
                    adapter.sidecar.title, adapter.family(), adapter.note.text,      adapter.sidecar.notes};
  parts += adapter.triggers();
  return parts.join(QLatin1Char('\n')).toCaseFolded();
}

/// Thumbnails are told apart by a number; equal pictures may share one.
qint64 numberOf(const HistoryEntry& picture) {
  return qint64(qHashMulti(0, picture.file, picture.byteSize, picture.made.toMSecsSinceEpoch()));
}

}  // namespace

AdapterListModel::AdapterListModel(AdapterLibrary& library, const QString& thumbnailFolder, QObject* parent)
    : QAbstractListModel(parent), library_(library), thumbnails_(thumbnailFolder) {
  connect(&library, &AdapterLibrary::listed, this, &AdapterListModel::takeList);
  connect(&library, &AdapterLibrary::changed, this, &AdapterListModel::takeChanges);
  connect(&thumbnails_, &ThumbnailCache::ready, this, [this] {
    if (!rows_.empty()) emit dataChanged(index(0), index(int(rows_.size()) - 1), {Qt::DecorationRole});
  });
  takeList();
}

void AdapterListModel::setQuery(const AdapterQuery& query) {
  if (query == query_) return;
  query_ = query;
  find();
}

void AdapterListModel::setPictures(const QHash<QString, HistoryEntry>& pictures) {
  pictures_ = pictures;
  if (query_.order == AdapterOrder::LastUsed) return find();
  if (!rows_.empty()) emit dataChanged(index(0), index(int(rows_.size()) - 1), {Qt::DecorationRole});
}

void AdapterListModel::setUsed(const QSet<QString>& files) {
  if (files == used_) return;
  used_ = files;
  if (!rows_.empty()) emit dataChanged(index(0), index(int(rows_.size()) - 1), {UsedRole});
}

QStringList AdapterListModel::families() const {
  QStringList families;
  for (const LibraryAdapter& adapter : library_.adapters())
    if (const QString& family = adapter.family(); !family.isEmpty() && !families.contains(family)) families << family;
  families.sort();
  return families;
}

int AdapterListModel::shownRow(const QString& file) const {
  const int wanted = library_.rowOf(file);
  const auto found = std::ranges::find(rows_, wanted);
  return wanted < 0 || found == rows_.end() ? -1 : int(found - rows_.begin());
}

void AdapterListModel::takeList() {
  texts_.clear();
  for (const LibraryAdapter& adapter : library_.adapters()) texts_.push_back(searchTextOf(adapter));
  find(true);
}

void AdapterListModel::takeChanges(const std::vector<int>& changed) {
  for (const int row : changed) texts_[size_t(row)] = searchTextOf(library_.adapters()[size_t(row)]);
  find();
  if (!rows_.empty()) emit dataChanged(index(0), index(int(rows_.size()) - 1));
}

void AdapterListModel::find(bool isNewList) {
  const QStringList words = query_.words.toCaseFolded().split(QLatin1Char(' '), Qt::SkipEmptyParts);
  std::vector<int> found;
  for (int row = 0; row < int(texts_.size()); ++row)
    if (fits(row, words)) found.push_back(row);
  const auto adapter = [this](int row) -> const LibraryAdapter& { return library_.adapters()[size_t(row)]; };
  if (query_.order == AdapterOrder::Newest)
    std::ranges::stable_sort(found, [&](int a, int b) { return adapter(a).modified > adapter(b).modified; });
  if (query_.order == AdapterOrder::LastUsed)
    std::ranges::stable_sort(found, [&](int a, int b) {
      const auto used = [&](int row) { return pictures_.value(adapter(row).name).made; };
      return used(a).isValid() && (!used(b).isValid() || used(a) > used(b));
    });
  if (isNewList || found != rows_) {
    beginResetModel();
    rows_ = std::move(found);
    endResetModel();
  }
  emit answered();
}

bool AdapterListModel::fits(int row, const QStringList& words) const {
  const LibraryAdapter& adapter = library_.adapters()[size_t(row)];
  if (query_.favouritesOnly && !adapter.note.favourite) return false;
  if (!query_.family.isEmpty() && adapter.family() != query_.family) return false;
  const QString& text = texts_[size_t(row)];
  return std::ranges::all_of(words, [&text](const QString& word) { return text.contains(word); });
}

int AdapterListModel::rowCount(const QModelIndex& parent) const { return parent.isValid() ? 0 : int(rows_.size()); }

QVariant AdapterListModel::data(const QModelIndex& index, int role) const {
  if (!checkIndex(index, CheckIndexOption::IndexIsValid)) return {};
  const LibraryAdapter& adapter = at(index.row());
  switch (role) {
    case Qt::DisplayRole:
      return adapter.name;
    case Qt::DecorationRole:
      return thumbnailOf(adapter);
    case Qt::ToolTipRole:
      return toolTipOf(adapter);
    case FileRole:
      return adapter.file;
    case FamilyRole:
      return adapter.family();
    case FavouriteRole:
      return adapter.note.favourite;
    case ProblemRole:
      return adapter.contents.problem;
    case PlaceRole:
      return adapter.place;
    case UsedRole:
      return used_.contains(adapter.file);
    default:
      return {};
  }
}

QImage AdapterListModel::thumbnailOf(const LibraryAdapter& adapter) const {
  HistoryEntry picture = pictures_.value(adapter.name);
  if (!adapter.preview.isEmpty()) {
    picture.file = adapter.preview;
    picture.byteSize = adapter.previewByteSize;
    picture.made = adapter.previewModified;
  }
  if (picture.file.isEmpty()) return {};
  picture.id = numberOf(picture);
  return thumbnails_.thumbnail(picture);
}

QString AdapterListModel::toolTipOf(const LibraryAdapter& adapter) const {
  const auto line = [](const QString& text) { return QStringLiteral("<p>%1</p>").arg(text.toHtmlEscaped()); };
  QString html = QStringLiteral("<p><b>%1</b></p>").arg(adapter.name.toHtmlEscaped());
  if (!adapter.contents.problem.isEmpty()) html += line(adapter.contents.problem);
  QStringList facts = adapter.contents.formats;
  if (!adapter.family().isEmpty()) facts.prepend(adapter.family());
  facts << QLocale().formattedDataSize(adapter.byteSize);
  html += line(facts.join(QStringLiteral(" · ")));
  constexpr qsizetype kFewWords = 6;
  const QStringList triggers = adapter.triggers().mid(0, kFewWords);
  if (!triggers.isEmpty()) html += line(tr("Trigger words: %1").arg(triggers.join(QStringLiteral(", "))));
  for (const QString& problem : adapter.sidecar.problems) html += line(problem);
  return html + line(adapter.file);
}

Qt::ItemFlags AdapterListModel::flags(const QModelIndex& index) const {
  return QAbstractListModel::flags(index) | (index.isValid() ? Qt::ItemIsDragEnabled : Qt::NoItemFlags);
}

QMimeData* AdapterListModel::mimeData(const QModelIndexList& indexes) const {
  QList<QUrl> urls;
  for (const QModelIndex& index : indexes) urls << QUrl::fromLocalFile(at(index.row()).file);
  auto* data = new QMimeData;
  data->setUrls(urls);
  return data;
}

}  // namespace lorikeet

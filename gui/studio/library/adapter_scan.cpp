#include "studio/library/adapter_scan.h"

#include <lorikeet/adapter_tags.h>

#include <QCollator>
#include <QDir>
#include <QDirIterator>
#include <QFileInfo>
#include <QSet>
#include <algorithm>

#include "studio/jobs/convert.h"

namespace lorikeet {
namespace {

/// A1111's names for pictures beside a file, in its order.
constexpr const char* kPreviewSuffixes[] = {".png",  ".preview.png",  ".jpg",  ".preview.jpg",
                                            ".jpeg", ".preview.jpeg", ".webp", ".preview.webp"};
constexpr auto kA1111Suffix = ".json";
constexpr auto kCivitaiSuffix = ".civitai.info";

/// The files of one folder by their names in lower case.
class Siblings {
 public:
  explicit Siblings(const QString& folder) {
    const QFileInfoList files = QDir(folder).entryInfoList(QDir::Files);
    for (const QFileInfo& file : files) files_.insert(file.fileName().toLower(), file);
  }
  /// The file of this name; null where there is none.
  const QFileInfo* find(const QString& name) const {
    const auto found = files_.constFind(name.toLower());
    return found == files_.constEnd() ? nullptr : &*found;
  }

 private:
  QHash<QString, QFileInfo> files_;
};

QString stampOf(const QFileInfo* file) {
  if (!file) return QStringLiteral("-;");
  return QStringLiteral("%1/%2/%3;")
      .arg(file->fileName())
      .arg(file->size())
      .arg(file->lastModified().toMSecsSinceEpoch());
}

void lookBeside(const QString& stem, const Siblings& siblings, LibraryAdapter& adapter, const LibraryAdapter* known) {
  const QFileInfo* preview = nullptr;
  for (const char* suffix : kPreviewSuffixes)
    if (!preview) preview = siblings.find(stem + QLatin1String(suffix));
  const QFileInfo* a1111 = siblings.find(stem + QLatin1String(kA1111Suffix));
  const QFileInfo* civitai = siblings.find(stem + QLatin1String(kCivitaiSuffix));
  if (preview) {
    adapter.preview = preview->absoluteFilePath();
    adapter.previewByteSize = preview->size();
    adapter.previewModified = preview->lastModified();
  }
  adapter.sidecarStamp = stampOf(preview) + stampOf(a1111) + stampOf(civitai);
  const auto nameOf = [](const QFileInfo* file) { return file ? file->absoluteFilePath() : QString(); };
  if (known && known->sidecarStamp == adapter.sidecarStamp)
    adapter.sidecar = known->sidecar;
  else
    adapter.sidecar = readAdapterSidecar(nameOf(a1111), nameOf(civitai));
}

/// Size and time of a file, or of an adapter that is a folder of files.
void stampAdapter(const QFileInfo& info, LibraryAdapter& adapter) {
  adapter.byteSize = info.isDir() ? 0 : info.size();
  adapter.modified = info.lastModified();
  if (!info.isDir()) return;
  for (QDirIterator files(info.filePath(), QDir::Files, QDirIterator::Subdirectories); files.hasNext();) {
    const QFileInfo file(files.next());
    adapter.byteSize += file.size();
    adapter.modified = std::max(adapter.modified, file.lastModified());
  }
}

/// Collects the adapters of one folder after the other.
class AdapterCollector {
 public:
  AdapterCollector(const KnownAdapters& known, AdapterScan& scan) : known_(known), scan_(scan) {}

  void add(const NamedAdapter& named) {
    const QFileInfo info(pathToQString(named.file));
    const QString path = info.absoluteFilePath();
    if (seen_.contains(path)) return;
    seen_.insert(path);
    LibraryAdapter adapter;
    adapter.file = path;
    adapter.name = toQString(named.name);
    adapter.place = QFileInfo(toQString(named.place())).path();
    if (adapter.place == u".") adapter.place.clear();
    stampAdapter(info, adapter);
    const auto found = known_.constFind(path);
    const LibraryAdapter* known = found == known_.constEnd() ? nullptr : &*found;
    const QString stem = info.isDir() ? info.fileName() : info.completeBaseName();
    lookBeside(stem, siblingsIn(info.absolutePath()), adapter, known);
    const bool isSame = known && known->byteSize == adapter.byteSize && known->modified == adapter.modified;
    if (isSame) adapter.contents = known->contents;
    if (!isSame || known->sidecarStamp != adapter.sidecarStamp) scan_.isNew = true;
    scan_.adapters.push_back(std::move(adapter));
  }

 private:
  const Siblings& siblingsIn(const QString& folder) {
    auto found = siblings_.constFind(folder);
    if (found == siblings_.constEnd()) {
      found = siblings_.insert(folder, Siblings(folder));
      if (!scan_.folders.contains(folder)) scan_.folders << folder;
    }
    return *found;
  }

  const KnownAdapters& known_;
  AdapterScan& scan_;
  QSet<QString> seen_;
  QHash<QString, Siblings> siblings_;
};

void sortByName(std::vector<LibraryAdapter>& adapters) {
  QCollator order;
  order.setNumericMode(true);
  order.setCaseSensitivity(Qt::CaseInsensitive);
  std::vector<std::pair<QCollatorSortKey, size_t>> keys;
  for (size_t i = 0; i < adapters.size(); ++i) keys.emplace_back(order.sortKey(adapters[i].name), i);
  std::stable_sort(keys.begin(), keys.end(), [](const auto& a, const auto& b) { return a.first.compare(b.first) < 0; });
  std::vector<LibraryAdapter> sorted;
  for (const auto& [key, index] : keys) sorted.push_back(std::move(adapters[index]));
  adapters = std::move(sorted);
}

/// The shortest name by which a tag means this adapter alone.
void giveTags(std::vector<LibraryAdapter>& adapters) {
  const auto placeOf = [](const LibraryAdapter& adapter) {
    return adapter.place.isEmpty() ? adapter.name : adapter.place + QLatin1Char('/') + adapter.name;
  };
  QHash<QString, QSet<QString>> places;
  for (const LibraryAdapter& adapter : adapters) places[adapter.name].insert(placeOf(adapter));
  for (LibraryAdapter& adapter : adapters) {
    adapter.tag = places[adapter.name].size() == 1 ? adapter.name : placeOf(adapter);
    const auto isForeign = [](QChar c) { return QStringView(u"<>:#{}").contains(c); };
    if (std::any_of(adapter.tag.cbegin(), adapter.tag.cend(), isForeign)) adapter.tag.clear();
  }
}

/// The folder below `folder` that is called so, whatever the case; empty where there is none.
QString folderCalled(const QString& folder, const QString& name) {
  const QStringList names = QDir(folder).entryList(QDir::Dirs | QDir::NoDotAndDotDot);
  for (const QString& one : names)
    if (one.compare(name, Qt::CaseInsensitive) == 0) return QDir(folder).filePath(one);
  return {};
}

/// All folders below one, to be watched: a file may come into any of them.
void addFoldersBelow(const QString& folder, QStringList& folders) {
  constexpr qsizetype kMostWatched = 1000;
  for (QDirIterator below(folder, QDir::Dirs | QDir::NoDotAndDotDot, QDirIterator::Subdirectories);
       below.hasNext() && folders.size() < kMostWatched;)
    if (const QString one = below.next(); !folders.contains(one)) folders << one;
}

}  // namespace

AdapterScan scanAdapterFolders(const QStringList& folders, const KnownAdapters& known,
                               const std::atomic<bool>& cancelled) {
  AdapterScan scan;
  AdapterCollector collector(known, scan);
  for (const QString& folder : folders) {
    const bool isThere = QFileInfo(folder).isDir();
    if (!isThere && toPath(folder) == defaultAdapterFolder()) continue;
    if (isThere && !scan.folders.contains(folder)) scan.folders << folder;
    if (isThere) addFoldersBelow(folder, scan.folders);
    try {
      for (const NamedAdapter& named : listAdapters({toPath(folder)})) {
        if (cancelled) return scan;
        collector.add(named);
      }
    } catch (const std::exception& error) {
      scan.problems << toQString(error.what());
    }
  }
  sortByName(scan.adapters);
  giveTags(scan.adapters);
  return scan;
}

QStringList adapterFoldersBelow(const QString& folder) {
  const QString models = folderCalled(folder, QStringLiteral("models"));
  QStringList found;
  for (const QString& root : {models, folder}) {
    if (root.isEmpty()) continue;
    for (const char* name : {"Lora", "LyCORIS", "loras"})
      if (const QString one = folderCalled(root, QLatin1String(name)); !one.isEmpty() && !found.contains(one))
        found << one;
    if (!found.isEmpty()) return found;
  }
  return {folder};
}

}  // namespace lorikeet

#include "studio/library/model_library.h"

#include <lorikeet/engine.h>

#include <QDir>
#include <QFileInfo>
#include <algorithm>

#include "studio/jobs/convert.h"

namespace lorikeet {
namespace {

constexpr int kMaxDepth = 4;

bool looksLikeCheckpoint(const QFileInfo& info) {
  const QString suffix = info.suffix().toLower();
  return suffix == u"safetensors" || suffix == u"ckpt";
}

bool holdsModel(const QFileInfo& info) {
  try {
    return (info.isDir() || looksLikeCheckpoint(info)) && isModel(toPath(info.absoluteFilePath()));
  } catch (const std::exception&) {
    return false;  // unreadable: not something to offer
  }
}

void collect(const QDir& folder, int depth, const std::atomic<bool>& cancelled, std::vector<QString>& found) {
  const auto entries = folder.entryInfoList(QDir::Files | QDir::Dirs | QDir::NoDotAndDotDot | QDir::Readable);
  for (const QFileInfo& info : entries) {
    if (cancelled) return;
    if (holdsModel(info)) {
      found.push_back(info.absoluteFilePath());
    } else if (info.isDir() && depth < kMaxDepth) {
      collect(QDir(info.absoluteFilePath()), depth + 1, cancelled, found);
    }
  }
}

}  // namespace

std::vector<QString> findModels(const QString& folder, const std::atomic<bool>& cancelled) {
  std::vector<QString> found;
  if (folder.isEmpty() || !QFileInfo(folder).isDir()) return found;
  if (holdsModel(QFileInfo(folder))) return {QFileInfo(folder).absoluteFilePath()};
  collect(QDir(folder), 1, cancelled, found);
  return found;
}

ModelEntry readModelEntry(const QString& path) {
  ModelEntry entry;
  entry.path = path;
  entry.name = path.isEmpty() ? ModelLibrary::tr("Starter model") : QFileInfo(path).fileName();
  try {
    const ModelInfo info = inspectModel(toPath(path));
    entry.nameInPictures = toQString(info.name);
    entry.family = toQString(info.family);
    entry.nativeSize = {info.nativeWidth, info.nativeHeight};
    entry.byteSize = info.byteSize;
  } catch (const std::exception& error) {
    entry.problem = toQString(error.what());
  }
  return entry;
}

ModelLibrary::ModelLibrary(QObject* parent) : QAbstractListModel(parent), queue_(this) {
  current_ = readModelEntry({});
  entries_ = {current_};
  rescanDelay_.setSingleShot(true);
  rescanDelay_.setInterval(800);
  connect(&rescanDelay_, &QTimer::timeout, this, &ModelLibrary::rescan);
  connect(&watcher_, &QFileSystemWatcher::directoryChanged, &rescanDelay_, qOverload<>(&QTimer::start));
}

ModelLibrary::~ModelLibrary() {
  if (cancelled_) *cancelled_ = true;
}

int ModelLibrary::rowCount(const QModelIndex& parent) const { return parent.isValid() ? 0 : int(entries_.size()); }

QVariant ModelLibrary::data(const QModelIndex& index, int role) const {
  if (!checkIndex(index, CheckIndexOption::IndexIsValid)) return {};
  const ModelEntry& entry = entries_[size_t(index.row())];
  switch (role) {
    case Qt::DisplayRole:
      return entry.name;
    case Qt::ToolTipRole:
      return entry.problem.isEmpty() ? entry.path : entry.problem;
    case PathRole:
      return entry.path;
    case FamilyRole:
      return entry.family;
    case ProblemRole:
      return entry.problem;
    default:
      return {};
  }
}

void ModelLibrary::setCurrent(const QString& path) {
  if (path == current_.path) return;
  if (const ModelEntry* known = find(path)) {
    current_ = *known;
  } else {
    current_ = readModelEntry(path);
    opened_.push_back(path);
    beginInsertRows({}, int(entries_.size()), int(entries_.size()));
    entries_.push_back(current_);
    endInsertRows();
  }
  emit currentChanged(current_);
}

void ModelLibrary::setFolder(const QString& folder) {
  if (folder == folder_) return;
  folder_ = folder;
  watchFolder();
  rescan();
}

void ModelLibrary::rescan() {
  if (cancelled_) *cancelled_ = true;
  cancelled_ = std::make_shared<std::atomic<bool>>(false);
  scanning_ = true;
  const quint64 generation = ++generation_;
  queue_.clear();
  queue_.run(
      [folder = folder_, opened = opened_, cancelled = cancelled_] {
        std::vector<QString> paths = findModels(folder, *cancelled);
        for (const QString& path : opened)
          if (std::ranges::find(paths, path) == paths.end()) paths.push_back(path);
        std::vector<ModelEntry> found = {readModelEntry({})};
        for (const QString& path : paths)
          if (!*cancelled) found.push_back(readModelEntry(path));
        return found;
      },
      [this, generation](std::vector<ModelEntry> found) {
        if (generation == generation_) show(std::move(found));
      });
}

void ModelLibrary::show(std::vector<ModelEntry> found) {
  scanning_ = false;
  if (found != entries_) {
    beginResetModel();
    entries_ = std::move(found);
    endResetModel();
  }
  if (const ModelEntry* entry = find(current_.path); entry && *entry != current_) {
    current_ = *entry;
    emit currentChanged(current_);
  }
  emit scanFinished();
}

const ModelEntry* ModelLibrary::find(const QString& path) const {
  const auto found = std::ranges::find(entries_, path, &ModelEntry::path);
  return found == entries_.end() ? nullptr : &*found;
}

void ModelLibrary::watchFolder() {
  if (!watcher_.directories().isEmpty()) watcher_.removePaths(watcher_.directories());
  if (QFileInfo(folder_).isDir()) watcher_.addPath(folder_);
}

}  // namespace lorikeet

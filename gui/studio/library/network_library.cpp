#include "studio/library/network_library.h"

#include <QDir>
#include <QFileInfo>

#include "studio/jobs/convert.h"

namespace lorikeet {
namespace {

constexpr int kMaxFolderDepth = 4;

bool mayHoldNetwork(const QFileInfo& info) {
  static const QStringList kSuffixes{QStringLiteral("safetensors"), QStringLiteral("ckpt"), QStringLiteral("pt"),
                                     QStringLiteral("pth"),         QStringLiteral("bin"),  QStringLiteral("pb")};
  if (info.isDir()) return QFileInfo::exists(QDir(info.absoluteFilePath()).filePath(QStringLiteral("config.json")));
  return kSuffixes.contains(info.suffix().toLower());
}

bool holdsNetwork(FileKind kind, const QFileInfo& info) {
  try {
    return mayHoldNetwork(info) && recogniseFile(toPath(info.absoluteFilePath())).kind == kind;
  } catch (const std::exception&) {
    return false;  // unreadable or unknown: not something to offer
  }
}

void collectNetworks(FileKind kind, const QDir& folder, int depth, const std::atomic<bool>& cancelled,
                     QStringList& found) {
  for (const QFileInfo& info : folder.entryInfoList(QDir::Files | QDir::Dirs | QDir::NoDotAndDotDot | QDir::Readable)) {
    if (cancelled) return;
    if (holdsNetwork(kind, info)) {
      found << info.absoluteFilePath();
    } else if (info.isDir() && depth < kMaxFolderDepth) {
      collectNetworks(kind, QDir(info.absoluteFilePath()), depth + 1, cancelled, found);
    }
  }
}

}  // namespace

QStringList findNetworks(FileKind kind, const QString& folder, const std::atomic<bool>& cancelled) {
  QStringList found;
  const QFileInfo info(folder);
  if (folder.isEmpty() || !info.isDir()) return found;
  if (holdsNetwork(kind, info)) return {info.absoluteFilePath()};
  collectNetworks(kind, QDir(folder), 1, cancelled, found);
  found.sort();
  return found;
}

QString networkName(const QString& path) {
  const QFileInfo info(path);
  if (info.isDir()) return info.fileName();
  const QString name = info.completeBaseName();
  return name.startsWith(u"diffusion_pytorch_model") ? info.dir().dirName() : name;
}

NetworkLibrary::NetworkLibrary(FileKind kind, QObject* parent) : QObject(parent), kind_(kind), queue_(this) {}

NetworkLibrary::~NetworkLibrary() {
  if (cancelled_) *cancelled_ = true;
}

void NetworkLibrary::setFolder(const QString& folder) {
  if (folder == folder_) return;
  folder_ = folder;
  rescan();
}

void NetworkLibrary::rescan() {
  if (cancelled_) *cancelled_ = true;
  cancelled_ = std::make_shared<std::atomic<bool>>(false);
  const quint64 generation = ++generation_;
  queue_.clear();
  queue_.run(
      [kind = kind_, folder = folder_, cancelled = cancelled_] { return findNetworks(kind, folder, *cancelled); },
      [this, generation](const QStringList& found) {
        if (generation == generation_) show(found);
      });
}

void NetworkLibrary::add(const QString& path) {
  if (path.isEmpty() || opened_.contains(path)) return;
  for (const NetworkEntry& entry : entries_)
    if (entry.path == path) return;
  opened_ << path;
  entries_.push_back({path, networkName(path)});
  emit changed();
}

void NetworkLibrary::show(const QStringList& found) {
  std::vector<NetworkEntry> entries;
  for (const QString& path : found) entries.push_back({path, networkName(path)});
  for (const QString& path : opened_)
    if (!found.contains(path)) entries.push_back({path, networkName(path)});
  if (entries == entries_) return;
  entries_ = std::move(entries);
  emit changed();
}

}  // namespace lorikeet

#include "studio/library/control_library.h"

#include <lorikeet/file_kind.h>

#include <QDir>
#include <QFileInfo>

#include "studio/jobs/convert.h"

namespace lorikeet {
namespace {

constexpr int kMaxFolderDepth = 4;

bool mayHoldControlNet(const QFileInfo& info) {
  static const QStringList kSuffixes{QStringLiteral("safetensors"), QStringLiteral("ckpt"), QStringLiteral("pt"),
                                     QStringLiteral("pth"), QStringLiteral("bin")};
  if (info.isDir()) return QFileInfo::exists(QDir(info.absoluteFilePath()).filePath(QStringLiteral("config.json")));
  return kSuffixes.contains(info.suffix().toLower());
}

bool holdsControlNet(const QFileInfo& info) {
  try {
    return mayHoldControlNet(info) && recogniseFile(toPath(info.absoluteFilePath())).kind == FileKind::ControlNet;
  } catch (const std::exception&) {
    return false;  // unreadable or unknown: not something to offer
  }
}

void collectControlNets(const QDir& folder, int depth, const std::atomic<bool>& cancelled, QStringList& found) {
  for (const QFileInfo& info : folder.entryInfoList(QDir::Files | QDir::Dirs | QDir::NoDotAndDotDot | QDir::Readable)) {
    if (cancelled) return;
    if (holdsControlNet(info)) {
      found << info.absoluteFilePath();
    } else if (info.isDir() && depth < kMaxFolderDepth) {
      collectControlNets(QDir(info.absoluteFilePath()), depth + 1, cancelled, found);
    }
  }
}

}  // namespace

QStringList findControlNets(const QString& folder, const std::atomic<bool>& cancelled) {
  QStringList found;
  const QFileInfo info(folder);
  if (folder.isEmpty() || !info.isDir()) return found;
  if (holdsControlNet(info)) return {info.absoluteFilePath()};
  collectControlNets(QDir(folder), 1, cancelled, found);
  found.sort();
  return found;
}

QString controlNetName(const QString& path) {
  const QFileInfo info(path);
  if (info.isDir()) return info.fileName();
  const QString name = info.completeBaseName();
  return name.startsWith(u"diffusion_pytorch_model") ? info.dir().dirName() : name;
}

ControlLibrary::ControlLibrary(QObject* parent) : QObject(parent), queue_(this) {}

ControlLibrary::~ControlLibrary() {
  if (cancelled_) *cancelled_ = true;
}

void ControlLibrary::setFolder(const QString& folder) {
  if (folder == folder_) return;
  folder_ = folder;
  rescan();
}

void ControlLibrary::rescan() {
  if (cancelled_) *cancelled_ = true;
  cancelled_ = std::make_shared<std::atomic<bool>>(false);
  const quint64 generation = ++generation_;
  queue_.clear();
  queue_.run([folder = folder_, cancelled = cancelled_] { return findControlNets(folder, *cancelled); },
             [this, generation](const QStringList& found) {
               if (generation == generation_) show(found);
             });
}

void ControlLibrary::add(const QString& path) {
  if (path.isEmpty() || opened_.contains(path)) return;
  for (const ControlNetEntry& entry : entries_)
    if (entry.path == path) return;
  opened_ << path;
  entries_.push_back({path, controlNetName(path)});
  emit changed();
}

void ControlLibrary::show(const QStringList& found) {
  std::vector<ControlNetEntry> entries;
  for (const QString& path : found) entries.push_back({path, controlNetName(path)});
  for (const QString& path : opened_)
    if (!found.contains(path)) entries.push_back({path, controlNetName(path)});
  if (entries == entries_) return;
  entries_ = std::move(entries);
  emit changed();
}

}  // namespace lorikeet

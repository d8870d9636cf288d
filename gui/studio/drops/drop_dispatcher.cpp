#include "studio/drops/drop_dispatcher.h"

#include <QDirIterator>
#include <QFileInfo>
#include <algorithm>

#include "studio/jobs/convert.h"

namespace lorikeet {
namespace {

/// A folder with more files than this is a library to point at, not a drop.
constexpr qsizetype kMaxFilesOfFolder = 200;

/// The files below a folder; empty with a sentence in `problem` where there are too many or none.
QStringList filesBelow(const QString& folder, const std::atomic<bool>& cancelled, QString& problem) {
  QStringList files;
  QDirIterator walk(folder, QDir::Files | QDir::Readable, QDirIterator::Subdirectories);
  while (walk.hasNext() && !cancelled) {
    files << walk.next();
    if (files.size() <= kMaxFilesOfFolder) continue;
    problem = DropDispatcher::tr("The folder \"%1\" holds more than %2 files; drop those that you need.")
                  .arg(QFileInfo(folder).fileName())
                  .arg(kMaxFilesOfFolder);
    return {};
  }
  files.sort();
  return files;
}

QString kindNames(FileKind kind) {
  switch (kind) {
    case FileKind::Adapter:
      return DropDispatcher::tr("adapters");
    case FileKind::TextualInversion:
      return DropDispatcher::tr("textual inversions");
    case FileKind::Model:
      return DropDispatcher::tr("models");
    case FileKind::Vae:
      return DropDispatcher::tr("separate VAEs");
    case FileKind::ControlNet:
      return DropDispatcher::tr("ControlNets");
    case FileKind::LineDetector:
      return DropDispatcher::tr("line detectors");
    case FileKind::Upscaler:
      return DropDispatcher::tr("upscalers");
    case FileKind::Picture:
      return DropDispatcher::tr("pictures");
  }
  return {};
}

}  // namespace

DropDispatcher::DropDispatcher(QObject* parent) : QObject(parent), queue_(this) {}

DropDispatcher::~DropDispatcher() { cancelled_ = true; }

void DropDispatcher::addTaker(FileKind kind, QObject* owner, Taker taker) {
  takers_.emplace(kind, Owned{owner, std::move(taker)});
}

void DropDispatcher::drop(const QStringList& paths) {
  if (paths.isEmpty()) return;
  ++pending_;
  queue_.run([this, paths] { return recognise(paths, cancelled_); },
             [this](const Recognised& found) {
               --pending_;
               handOut(found);
             });
}

DropDispatcher::Recognised DropDispatcher::recognise(const QStringList& paths, const std::atomic<bool>& cancelled) {
  Recognised result;
  const auto tryOne = [&](const QString& path) -> QString {
    try {
      const RecognisedFile file = recogniseFile(toPath(path));
      result.files.push_back({path, file.kind, file.hasSettings});
      return {};
    } catch (const std::exception& error) {
      return toQString(error.what());
    }
  };
  for (const QString& path : paths) {
    if (cancelled) break;
    QString problem = tryOne(path);
    if (!problem.isEmpty() && QFileInfo(path).isDir()) {
      QString tooMany;
      const size_t before = result.files.size();
      // What else lies in a folder, notes and settings, is nobody's mistake.
      for (const QString& file : filesBelow(path, cancelled, tooMany)) tryOne(file);
      if (!tooMany.isEmpty())
        problem = tooMany;
      else if (result.files.size() > before)
        problem.clear();
    }
    if (!problem.isEmpty()) result.problems << problem;
  }
  return result;
}

void DropDispatcher::handOut(const Recognised& found) {
  QStringList problems = found.problems;
  std::map<FileKind, std::vector<DroppedFile>> byKind;
  for (const DroppedFile& file : found.files) byKind[file.kind].push_back(file);
  for (const auto& [kind, files] : byKind) {
    if (handOut(kind, files)) continue;
    problems << tr("\"%1\" is %2; Lorikeet has no use for %3 here yet.")
                    .arg(QFileInfo(files.front().path).fileName(), toQString(describe(kind)), kindNames(kind));
  }
  if (problems.size() == 1) emit refused(problems.front(), {});
  if (problems.size() > 1)
    emit refused(tr("%n files could not be used.", nullptr, int(problems.size())), problems.join(QLatin1Char('\n')));
}

bool DropDispatcher::handOut(FileKind kind, const std::vector<DroppedFile>& files) {
  std::vector<Owned> takers;  // a taker may add another
  const auto [first, last] = takers_.equal_range(kind);
  for (auto entry = first; entry != last; ++entry)
    if (entry->second.owner) takers.push_back(entry->second);
  for (const Owned& one : takers)
    if (one.owner) one.taker(files);
  return !takers.empty();
}

}  // namespace lorikeet

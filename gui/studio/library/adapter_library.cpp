#include "studio/library/adapter_library.h"

#include <QDir>
#include <QElapsedTimer>
#include <QFileInfo>
#include <QSet>
#include <algorithm>
#include <utility>

#include "studio/jobs/problem_of.h"
#include "studio/library/adapter_index.h"
#include "studio/library/adapter_words.h"

namespace lorikeet {
namespace {

constexpr int kRescanMs = 800;  ///< a file that is being copied changes its folder many times
constexpr int kBatchMs = 150;   ///< files that are read in this time are shown together
constexpr size_t kLargestBatch = 64;

}  // namespace

AdapterLibrary::AdapterLibrary(const QString& dataFolder, QObject* parent)
    : QObject(parent),
      indexFile_(QDir(dataFolder).filePath(QStringLiteral("adapters.json"))),
      notes_(QDir(dataFolder).filePath(QStringLiteral("adapter-notes.journal"))),
      queue_(this),
      writes_(this) {
  rescanDelay_.setSingleShot(true);
  rescanDelay_.setInterval(kRescanMs);
  connect(&rescanDelay_, &QTimer::timeout, this, &AdapterLibrary::rescan);
  connect(&watcher_, &QFileSystemWatcher::directoryChanged, &rescanDelay_, qOverload<>(&QTimer::start));
}

void AdapterLibrary::setFolders(const QStringList& folders) {
  if (folders == folders_ && generation_ > 0) return;
  folders_ = folders;
  rescan();
}

void AdapterLibrary::rescan() {
  if (finished_) return;
  const quint64 generation = ++generation_;
  scanning_ = true;
  rescanDelay_.stop();
  queue_.clear();
  struct Scanned {
    AdapterScan scan;
    KnownAdapters known;
    AdapterNotes notes;
    QString problem;
  };
  queue_.run(
      [folders = folders_, knows = knowsIndex_, index = indexFile_, result = Scanned{{}, known_, notes_, {}},
       &ending = ending_]() mutable {
        if (!knows) {
          result.known = readAdapterIndex(index);
          result.problem = problemOf([&] { result.notes.load(); });
        }
        result.scan = scanAdapterFolders(folders, result.known, ending);
        return result;
      },
      [this, generation](Scanned result) {
        if (generation != generation_ || ending_) return;
        if (!knowsIndex_) {
          notes_ = std::move(result.notes);
          known_ = std::move(result.known);
        }
        knowsIndex_ = true;
        if (!result.problem.isEmpty()) emit problem(result.problem);
        for (const QString& sentence : std::as_const(result.scan.problems)) emit problem(sentence);
        show(std::move(result.scan));
      });
}

void AdapterLibrary::show(AdapterScan scan) {
  scanning_ = false;
  for (LibraryAdapter& adapter : scan.adapters) adapter.note = notes_.find(adapter);
  remember(scan);
  watch(scan.folders);
  adapters_ = std::move(scan.adapters);
  leaveOthersOut();
  unread_ = int(std::ranges::count_if(adapters_, [](const auto& adapter) { return !adapter.contents.isRead; }));
  emit listed();
  findWords();
  unread_ > 0 ? readMore() : end();
}

/// Forgets files that are gone, not those of a folder that could not be listed: a drive comes back.
void AdapterLibrary::remember(const AdapterScan& scan) {
  const QSet<QString> listed(scan.folders.begin(), scan.folders.end());
  const qsizetype before = known_.size();
  known_.removeIf([&](KnownAdapters::iterator known) { return listed.contains(QFileInfo(known.key()).path()); });
  for (const LibraryAdapter& adapter : scan.adapters) known_.insert(adapter.file, adapter);
  indexIsOld_ = indexIsOld_ || scan.isNew || known_.size() != before;
}

void AdapterLibrary::leaveOthersOut() {
  std::erase_if(adapters_, [](const LibraryAdapter& adapter) { return adapter.contents.isOther; });
  rows_.clear();
  for (size_t row = 0; row < adapters_.size(); ++row) rows_.insert(adapters_[row].file, int(row));
}

void AdapterLibrary::findWords() {
  queue_.run([adapters = adapters_] { return wordsOfAdapters(adapters); },
             [this, generation = generation_](const AdapterWords& words) {
               if (generation == generation_ && !ending_) emit wordsFound(words);
             });
}

void AdapterLibrary::watch(const QStringList& folders) {
  const QStringList watched = watcher_.directories();
  QStringList gone, fresh;
  for (const QString& folder : watched)
    if (!folders.contains(folder)) gone << folder;
  for (const QString& folder : folders)
    if (!watched.contains(folder)) fresh << folder;
  if (!gone.isEmpty()) watcher_.removePaths(gone);
  if (!fresh.isEmpty()) watcher_.addPaths(fresh);
}

void AdapterLibrary::readMore() {
  QStringList files;
  for (const LibraryAdapter& adapter : adapters_)
    if (!adapter.contents.isRead && size_t(files.size()) < kLargestBatch) files << adapter.file;
  queue_.run(
      [files, &ending = ending_] {
        std::vector<ReadFile> read;
        QElapsedTimer age;
        age.start();
        for (const QString& file : files) {
          if (ending || (!read.empty() && age.elapsed() > kBatchMs)) break;
          read.push_back({file, readAdapterContents(file)});
        }
        return read;
      },
      [this, generation = generation_](const std::vector<ReadFile>& read) {
        if (generation == generation_ && !ending_) take(read);
      });
}

void AdapterLibrary::take(const std::vector<ReadFile>& files) {
  std::vector<int> rows;
  for (const auto& [file, contents] : files) {
    const int row = rowOf(file);
    if (row < 0) continue;
    adapters_[size_t(row)].contents = contents;
    known_.insert(file, adapters_[size_t(row)]);
    rows.push_back(row);
    --unread_;
  }
  indexIsOld_ = true;
  emit changed(rows);
  unread_ > 0 ? readMore() : end();
}

void AdapterLibrary::writeIndex() {
  if (!std::exchange(indexIsOld_, false)) return;
  writes_.run(
      [file = indexFile_, known = known_] {
        writeAdapterIndex(file, known);
        return true;
      },
      [](bool) {});
}

void AdapterLibrary::end() {
  writeIndex();
  const size_t count = adapters_.size();
  leaveOthersOut();
  if (adapters_.size() != count) emit listed();
  findWords();
  emit finished();
}

double AdapterLibrary::defaultWeightOf(const QString& file) const {
  const int row = rowOf(file);
  return row < 0 ? 1 : adapters_[size_t(row)].defaultWeight();
}

void AdapterLibrary::setNote(int row, const AdapterNote& note) {
  LibraryAdapter& adapter = adapters_[size_t(row)];
  if (adapter.note == note || finished_) return;
  adapter.note = note;
  known_.insert(adapter.file, adapter);
  notes_.set(adapter);
  writes_.run([file = notes_.file(), adapter] { return problemOf([&] { AdapterNotes::save(file, adapter); }); },
              [this](const QString& failure) {
                if (!failure.isEmpty()) emit problem(failure);
              });
  emit changed({row});
}

void AdapterLibrary::finish() {
  finished_ = true;
  ending_ = true;
  rescanDelay_.stop();
  queue_.clear();
  queue_.finish();
  writeIndex();  // what was read so far
  writes_.finish();
}

}  // namespace lorikeet

#include "studio/jobs/queue_journal.h"

#include <lorikeet/error.h>

#include <QDir>
#include <QFile>
#include <algorithm>

#include "studio/jobs/problem_of.h"

namespace lorikeet {
namespace {

constexpr int kPlaces = 16;  ///< programs on one folder at the same time

/// Numbers the jobs of several journals on, without a number used twice.
void append(QueueContents& all, QueueContents more) {
  quint64 last = 0;
  for (const QueueJob& job : all.jobs) last = std::max(last, job.id);
  for (QueueJob& job : more.jobs) {
    const bool isTaken = std::ranges::find(all.jobs, job.id, &QueueJob::id) != all.jobs.end();
    last = std::max(last, job.id);
    if (isTaken) job.id = ++last;
    all.jobs.push_back(std::move(job));
  }
  all.paused = all.paused || more.paused;
}

}  // namespace

QueueJournal::QueueJournal(const QString& folder, QObject* parent)
    : QObject(parent), folder_(folder), vault_(QDir(folder).filePath(QStringLiteral("pictures"))), queue_(this) {}

QueueContents QueueJournal::open(QStringList& notices) {
  QDir().mkpath(folder_);
  bool alone = true;
  std::vector<Place> places = takeFreePlaces(alone);
  if (places.empty()) {
    notices << tr("The queue of this window is not kept on disk: the folder %1 cannot be used.").arg(folder_);
    return {};
  }
  QueueContents contents;
  for (const Place& place : places) append(contents, readPlace(place.file, notices));
  log_ = std::make_unique<DurableLog>(places.front().file);
  const QString problem = problemOf([&] {
    log_->rewrite(toRecords(contents));
    for (size_t i = 1; i < places.size(); ++i) QFile::remove(places[i].file);  // only now: their jobs are safe
  });
  if (!problem.isEmpty()) notices << problem;
  lock_ = std::move(places.front().lock);
  if (alone) {
    std::vector<GenerateRequest> requests;
    for (const QueueJob& job : contents.jobs) requests.push_back(job.request);
    vault_.keepOnly(requests);
  } else {
    notices << tr("Another Lorikeet is open: this window has a queue of its own, and both share the history.");
  }
  return contents;
}

std::vector<QueueJournal::Place> QueueJournal::takeFreePlaces(bool& alone) {
  std::vector<Place> places;
  for (int i = 1; i <= kPlaces; ++i) {
    Place place;
    place.file =
        QDir(folder_).filePath(i == 1 ? QStringLiteral("queue.journal") : QStringLiteral("queue-%1.journal").arg(i));
    const QString lockFile = place.file + QStringLiteral(".lock");
    if (!places.empty() && !QFile::exists(lockFile)) continue;  // never used
    const FileLock::Outcome outcome = place.lock.take(lockFile);
    if (outcome == FileLock::Outcome::HeldByOther) alone = false;
    const bool isOfUse = places.empty() || QFile::exists(place.file);
    if (outcome == FileLock::Outcome::Taken && isOfUse) places.push_back(std::move(place));
  }
  return places;
}

QueueContents QueueJournal::readPlace(const QString& file, QStringList& notices) {
  try {
    const LogContents log = DurableLog::read(file);
    if (log.damaged > 0) {
      const QString copy = keepAside(file);
      notices << tr("The queue's journal was damaged; what could be read of it is here, and the journal is kept as %1.")
                     .arg(copy);
    }
    return fromRecords(log.records);
  } catch (const Error& error) {
    keepAside(file);  // what cannot be read must not be replaced either
    notices << toQString(error.what());
    return {};
  }
}

void QueueJournal::writeJob(quint64 id, const GenerateRequest& request, const SweepPlace& place) {
  write([this, id, request, place] { return queue_record::job(id, vault_.withFiles(request), place); });
}

void QueueJournal::writeOrder(const std::vector<quint64>& ids) {
  write([ids] { return queue_record::order(ids); });
}

void QueueJournal::writeState(const QueueJob& job) {
  write([job] { return queue_record::state(job); });
}

void QueueJournal::writeRemoved(quint64 id) {
  write([id] { return queue_record::removed(id); });
}

void QueueJournal::writePaused(bool paused) {
  write([paused] { return queue_record::paused(paused); });
}

void QueueJournal::writeAll(const QueueContents& contents) {
  attempt([this, stored = contents](DurableLog& log) mutable {
    for (QueueJob& job : stored.jobs) job.request = vault_.withFiles(job.request);
    log.rewrite(toRecords(stored));
  });
}

void QueueJournal::write(std::function<QByteArray()> makeRecord) {
  attempt([makeRecord = std::move(makeRecord)](DurableLog& log) { log.append(makeRecord()); });
}

void QueueJournal::attempt(std::function<void(DurableLog&)> work) {
  if (!log_) return;
  queue_.run([log = log_.get(), work = std::move(work)] { return problemOf([&] { work(*log); }); },
             [this](const QString& problem) { deliver(problem); });
}

void QueueJournal::deliver(const QString& problem) {
  if (problem.isEmpty()) {
    failing_ = false;
    emit written();
  } else if (!failing_) {  // once, not for every change while the disk is full
    failing_ = true;
    emit failed(tr("The queue could not be written to disk, it would not survive a crash: %1").arg(problem));
  }
}

}  // namespace lorikeet

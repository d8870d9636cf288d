#include "studio/history/picture_history.h"

#include <lorikeet/error.h>

#include <QDir>
#include <QFile>
#include <QThread>
#include <QUuid>
#include <algorithm>
#include <optional>

#include "studio/history/history_files.h"
#include "studio/history/history_scan.h"
#include "studio/history/stars_log.h"
#include "studio/jobs/convert.h"
#include "studio/storage/durable_log.h"
#include "studio/storage/file_lock.h"

namespace lorikeet {
namespace {

constexpr int kKeepThread = -1;  ///< a connection belongs to its thread, which must therefore stay
constexpr int kPollMs = 2000;
constexpr int kLockTries = 50;
constexpr int kLockWaitMs = 100;

struct Failure {
  QString sentence;
  bool isDamage = false;
};

template <class Work>
Failure historyFailureOf(Work work) {
  try {
    work();
    return {};
  } catch (const Error& error) {
    return {toQString(error.what()), error.kind() == ErrorKind::Corrupt};
  } catch (const std::exception& error) {
    return {toQString(error.what()), false};
  }
}

/// Renames a damaged index and gives its new name. Another program on the same index may have done so just now; the
/// name is empty then and the index is whole again.
QString setDamagedAside(const QString& file) {
  FileLock lock;
  for (int i = 0; i < kLockTries && lock.take(file + QStringLiteral(".lock")) == FileLock::Outcome::HeldByOther; ++i)
    QThread::msleep(kLockWaitMs);
  const Failure failure = historyFailureOf([&] {
    HistoryDatabase now(file);
    now.open();
    now.check();
  });
  if (!failure.isDamage) return {};
  for (const char* part : {"-wal", "-shm"}) QFile::remove(file + QLatin1String(part));
  return keepAside(file);
}

}  // namespace

PictureHistory::PictureHistory(const QString& folder, QObject* parent)
    : QObject(parent),
      file_(QDir(folder).filePath(QStringLiteral("history.sqlite"))),
      starsFile_(QDir(folder).filePath(QStringLiteral("stars.journal"))),
      trashLog_(QDir(folder).filePath(QStringLiteral("trash.journal"))),
      reader_(std::make_shared<HistoryDatabase>(file_)),
      writer_(std::make_shared<HistoryDatabase>(file_)),
      answers_(this, kKeepThread),
      scans_(this, kKeepThread) {
  pollTimer_.setInterval(kPollMs);
  connect(&pollTimer_, &QTimer::timeout, this, &PictureHistory::poll);
}

template <class Result, class Work, class Done>
void PictureHistory::ask(Work work, Done done) {
  if (finished_) return;
  answers_.run(
      [reader = reader_, work = std::move(work)] {
        std::pair<Result, Failure> outcome;
        outcome.second = historyFailureOf([&] {
          reader->open();
          outcome.first = work(*reader);
        });
        return outcome;
      },
      [this, done = std::move(done)](const std::pair<Result, Failure>& outcome) {
        if (outcome.second.isDamage) {
          replaceDamaged();
        } else if (!outcome.second.sentence.isEmpty()) {
          emit problem(outcome.second.sentence);
        } else {
          done(outcome.first);
        }
      });
}

void PictureHistory::open(const QStringList& pictureFolders) {
  folders_ = pictureFolders;
  ask<qint64>([](HistoryDatabase& database) { return database.version(); },
              [this](qint64 version) {
                version_ = version;
                pollTimer_.start();
                emit changed();
              });
  ask<QList<TrashedBatch>>([log = trashLog_](HistoryDatabase&) { return log.read(); },
                           [this](const QList<TrashedBatch>& batches) {
                             trashed_ = batches + trashed_;
                             emit trashKnown();
                           });
  scans_.run(
      [writer = writer_] {
        return historyFailureOf([&] {
          writer->open();
          writer->check();
        });
      },
      [this](const Failure& failure) {
        if (failure.isDamage) {
          replaceDamaged();
        } else {
          scan(ScanDepth::New);
        }
      });
}

void PictureHistory::setFolders(const QStringList& pictureFolders) {
  if (pictureFolders == folders_) return;
  folders_ = pictureFolders;
  scan(ScanDepth::New);
}

void PictureHistory::rebuild() { scan(ScanDepth::Everything); }

void PictureHistory::scan(ScanDepth depth) {
  if (finished_) return;
  const auto progress = [this](int done, int total) {
    QMetaObject::invokeMethod(
        this, [this, done, total] { emit scanned(done, total); }, Qt::QueuedConnection);
  };
  progress(0, -1);
  scans_.run(
      [writer = writer_, folders = folders_, starsFile = starsFile_, depth, &ending = ending_, progress] {
        return historyFailureOf([&] {
          writer->open();
          bringUpToDate(*writer, {folders, StarsLog::read(starsFile), depth}, ending, progress);
        });
      },
      [this](const Failure& failure) {
        emit scanned(0, 0);
        if (failure.isDamage) return replaceDamaged();
        if (!failure.sentence.isEmpty()) emit problem(failure.sentence);
        emit changed();
      });
}

void PictureHistory::replaceDamaged() {
  if (replaced_ || finished_) return;
  replaced_ = true;
  scans_.run([writer = writer_] { return historyFailureOf([&] { writer->close(); }); },
             [this](const Failure&) {
               answers_.run(
                   [reader = reader_, file = file_] {
                     reader->close();
                     return setDamagedAside(file);
                   },
                   [this](const QString& copy) {
                     if (!copy.isEmpty())
                       emit notice(tr("The history's index was damaged. It is made anew from the pictures; the damaged "
                                      "one is kept as %1.")
                                       .arg(copy));
                     scan(ScanDepth::New);
                   });
             });
}

void PictureHistory::add(const QString& file) {
  ask<bool>(
      [file](HistoryDatabase& database) {
        database.add({readHistoryEntry(file)});
        return true;
      },
      [this](bool) { emit changed(); });
}

void PictureHistory::search(quint64 number, const HistoryQuery& query) {
  newestSearch_ = number;
  using Answer = std::optional<std::vector<qint64>>;
  ask<Answer>([query, number, &newest = newestSearch_](
                  HistoryDatabase& database) { return number == newest ? Answer(database.find(query)) : Answer(); },
              [this, number](const Answer& ids) {
                if (ids) emit found(number, *ids);
              });
}

void PictureHistory::load(const std::vector<qint64>& ids) {
  ask<QList<HistoryEntry>>([ids](HistoryDatabase& database) { return database.load(ids); },
                           [this](const QList<HistoryEntry>& entries) { emit loaded(entries); });
}

void PictureHistory::askChoices() {
  ask<HistoryChoices>([](HistoryDatabase& database) { return database.choices(); },
                      [this](const HistoryChoices& choices) { emit choicesFound(choices); });
}

void PictureHistory::askLastWithAdapters() {
  using Pictures = QHash<QString, HistoryEntry>;
  ask<Pictures>([](HistoryDatabase& database) { return database.lastWithAdapters(); },
                [this](const Pictures& pictures) { emit lastWithAdapters(pictures); });
}

void PictureHistory::rate(const std::vector<qint64>& ids, int stars) {
  ask<QList<HistoryEntry>>(
      [ids, stars = std::clamp(stars, 0, 5), starsFile = starsFile_](HistoryDatabase& database) {
        database.rate(ids, stars);
        QList<HistoryEntry> entries = database.load(ids);
        StarsLog::write(starsFile, entries, stars);
        return entries;
      },
      [this](const QList<HistoryEntry>& entries) {
        emit loaded(entries);
        emit changed();
      });
}

void PictureHistory::trash(const std::vector<qint64>& ids) {
  using Outcome = std::pair<TrashedBatch, QString>;
  ask<Outcome>(
      [ids, log = trashLog_](HistoryDatabase& database) {
        Outcome outcome;
        TrashedBatch& batch = outcome.first;
        QString& problem = outcome.second;
        batch.id = QUuid::createUuid().toString(QUuid::WithoutBraces);
        for (const HistoryEntry& entry : database.load(ids)) {
          const Failure failure = historyFailureOf([&] {
            const QString trashFile = moveToTrash(entry.file);
            batch.pictures << TrashedPicture{entry.file, trashFile};
            database.setTrashed(entry.id, trashFile);
          });
          if (!failure.sentence.isEmpty()) problem = failure.sentence;
        }
        if (batch.pictures.isEmpty()) return outcome;
        const Failure failure = historyFailureOf([&] { log.add(batch); });
        if (!failure.sentence.isEmpty()) problem = failure.sentence;
        return outcome;
      },
      [this](const Outcome& outcome) {
        if (!outcome.second.isEmpty()) emit problem(outcome.second);
        if (outcome.first.pictures.isEmpty()) return;
        trashed_ << outcome.first;
        emit changed();
        emit trashedPictures(int(outcome.first.pictures.size()));
      });
}

void PictureHistory::undoTrash() {
  if (trashed_.isEmpty()) return;
  using Outcome = std::pair<int, QString>;
  ask<Outcome>(
      [last = trashed_.takeLast(), log = trashLog_, starsFile = starsFile_](HistoryDatabase& database) {
        Outcome outcome;
        for (const auto& [file, trashFile] : last.pictures) {
          const Failure failure = historyFailureOf([&, &file = file, &trashFile = trashFile] {
            restoreFromTrash(trashFile, file);
            HistoryEntry entry = readHistoryEntry(file);
            entry.rating = StarsLog::read(starsFile).starsOf(entry);
            database.add({entry});  // shows it again, also where the index was made anew
            ++outcome.first;
          });
          if (!failure.sentence.isEmpty()) outcome.second = failure.sentence;
        }
        const Failure failure = historyFailureOf([&] { log.remove(last.id); });
        if (!failure.sentence.isEmpty()) outcome.second = failure.sentence;
        return outcome;
      },
      [this](const Outcome& outcome) {
        if (!outcome.second.isEmpty()) emit problem(outcome.second);
        emit changed();
        emit restored(outcome.first);
      });
}

void PictureHistory::poll() {
  ask<qint64>([](HistoryDatabase& database) { return database.version(); },
              [this](qint64 version) {
                if (version != version_) emit changed();
                version_ = version;
              });
}

void PictureHistory::finish() {
  if (finished_) return;
  finished_ = true;
  ending_ = true;
  pollTimer_.stop();
  for (const auto& [queue, database] : {std::pair(&answers_, reader_), std::pair(&scans_, writer_)}) {
    queue->run([database = database] { return historyFailureOf([&] { database->close(); }); }, [](const Failure&) {});
    queue->finish();
  }
}

}  // namespace lorikeet

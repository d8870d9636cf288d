// What is on disk of the queue: damage, full disks, several programs, pictures that existed in memory alone.
#include <lorikeet/picture_io.h>

#include <QRandomGenerator>
#include <QtTest>

#include "studio/storage/durable_log.h"
#include "support/qt/test_program.h"
#include "support/queue_jobs.h"

using namespace lorikeet;
using lorikeet::test::QueueSession;
using lorikeet::test::TempFolder;
using lorikeet::test::tinyJob;

namespace {

QByteArray bytesOfFile(const QString& name) {
  QFile file(name);
  return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

void writeBytes(const QString& name, const QByteArray& bytes) {
  QVERIFY(QDir().mkpath(QFileInfo(name).absolutePath()));
  QFile file(name);
  QVERIFY(file.open(QIODevice::WriteOnly));
  QCOMPARE(file.write(bytes), bytes.size());
}

/// Three jobs with every kind of change, as a journal file.
void writeSampleJournal(const QString& file) {
  DurableLog log(file);
  log.append(queue_record::job(1, tinyJob("one")));
  log.append(queue_record::job(2, tinyJob("two")));
  log.append(queue_record::job(3, tinyJob("three")));
  log.append(queue_record::order({3, 1, 2}));
  log.append(queue_record::state({2, {}, QueueState::Failed, QStringLiteral("no model"), 1}));
  log.append(queue_record::paused(true));
  log.append(queue_record::removed(1));
}

}  // namespace

class QueueJournalTest : public QObject {
  Q_OBJECT
 private slots:
  void recordsAreTheContents() {
    QueueContents contents;
    contents.paused = true;
    contents.jobs.push_back({5, tinyJob("five"), QueueState::Failed, QStringLiteral("a \"reason\"\n"), 2});
    contents.jobs.push_back({3, tinyJob("three\nlines\xC3\xA4"), QueueState::Waiting, {}, 0});
    QCOMPARE(fromRecords(toRecords(contents)), contents);
  }

  void nonsenseIsPassedOver() {
    QList<QByteArray> records = toRecords({{{4, tinyJob("four"), QueueState::Waiting, {}, 0}}, false});
    records << ""
            << "[]"
            << "{"
            << "{\"kind\":\"job\"}"
            << "{\"kind\":\"state\",\"id\":\"9\",\"state\":\"running\"}"
            << "{\"kind\":\"order\",\"ids\":[1,\"4\",null,\"4\"]}"
            << "{\"kind\":\"new\",\"id\":\"4\"}" << QByteArray(100'000, '[');
    const QueueContents contents = fromRecords(records);
    QCOMPARE(contents.jobs.size(), size_t(1));
    QCOMPARE(contents.jobs[0].request, tinyJob("four"));
  }

  void aTornLineTakesNoOtherAlong() {
    TempFolder temp;
    const QString file = temp.path("log");
    DurableLog(file).append("first");
    writeBytes(file, bytesOfFile(file) + "0123456789abcdef half a re");
    LogContents contents = DurableLog::read(file);
    QCOMPARE(contents.records, QList<QByteArray>{"first"});
    QVERIFY(contents.cutOff);
    QCOMPARE(contents.damaged, 0);
    DurableLog(file).append("second");
    QCOMPARE(DurableLog::read(file).records, (QList<QByteArray>{"first", "second"}));
  }

  void mutatedJournalsNeverInventAJob() {
    TempFolder temp;
    writeSampleJournal(temp.path("sample"));
    const QByteArray sample = bytesOfFile(temp.path("sample"));
    const QList<std::string> known{"one", "two", "three"};
    QRandomGenerator random(1);
    for (int round = 0; round < 1500; ++round) {
      QByteArray bytes = sample;
      const int changes = 1 + int(random.bounded(8));
      for (int i = 0; i < changes && !bytes.isEmpty(); ++i) {
        const auto place = qsizetype(random.bounded(quint32(bytes.size())));
        switch (random.bounded(4)) {
          case 0:
            bytes[place] = char(random.bounded(256));
            break;
          case 1:
            bytes.truncate(place);
            break;
          case 2:
            bytes.remove(place, qsizetype(random.bounded(40)));
            break;
          default:
            bytes.insert(place, bytes.mid(qsizetype(random.bounded(quint32(bytes.size()))), 200));
        }
      }
      writeBytes(temp.path("mutated"), bytes);
      const LogContents log = DurableLog::read(temp.path("mutated"));
      for (const QueueJob& job : fromRecords(log.records).jobs) QVERIFY(known.contains(job.request.prompt));
    }
    // The reader of records alone, without the checksum in front of it.
    const QList<QByteArray> records = DurableLog::read(temp.path("sample")).records;
    for (int round = 0; round < 1500; ++round) {
      QList<QByteArray> mutated = records;
      QByteArray& record = mutated[qsizetype(random.bounded(quint32(mutated.size())))];
      record[qsizetype(random.bounded(quint32(record.size())))] = char(random.bounded(256));
      QVERIFY(fromRecords(mutated).jobs.size() <= 4);
    }
  }

  void aDamagedJournalIsKeptAside() {
    TempFolder temp;
    const QString file = temp.path("queue/queue.journal");
    writeSampleJournal(file);
    QByteArray bytes = bytesOfFile(file);
    bytes[bytes.indexOf("three")] = 'T';
    writeBytes(file, bytes);
    QueueSession session(temp.path("queue"));
    const QStringList notices = session.queue.open();
    QCOMPARE(session.prompts(), QStringList{"two"});
    QCOMPARE(notices.size(), 1);
    const QStringList kept = QDir(temp.path("queue")).entryList({QStringLiteral("queue.journal.damaged-*")});
    QCOMPARE(kept.size(), 1);
    QVERIFY(notices[0].contains(kept[0]));
    QCOMPARE(bytesOfFile(temp.path("queue/") + kept[0]), bytes);
  }

  void aFileThatIsNoJournalIsKeptAside() {
    TempFolder temp;
    const QByteArray garbage(3'000'000, '\xFF');
    writeBytes(temp.path("queue/queue.journal"), garbage);
    QueueSession session(temp.path("queue"));
    QCOMPARE(session.queue.open().size(), 1);
    QCOMPARE(session.queue.rowCount(), 0);
    const QStringList kept = QDir(temp.path("queue")).entryList({QStringLiteral("queue.journal.damaged-*")});
    QCOMPARE(kept.size(), 1);
    QCOMPARE(bytesOfFile(temp.path("queue/") + kept[0]), garbage);
  }

  void twoProgramsKeepTheirJobsApartAndNoneIsLost() {
    TempFolder temp;
    {
      QueueSession first(temp.path("queue"));
      QVERIFY(first.queue.open().isEmpty());
      first.queue.setPaused(true);
      first.queue.add(tinyJob("of the first"));
      QueueSession second(temp.path("queue"));
      const QStringList notices = second.queue.open();
      QCOMPARE(notices.size(), 1);
      QVERIFY(notices[0].contains(QStringLiteral("Another Lorikeet")));
      QCOMPARE(second.queue.rowCount(), 0);
      second.queue.setPaused(true);
      second.queue.add(tinyJob("of the second"));
    }
    QueueSession later(temp.path("queue"));
    later.queue.open();
    QCOMPARE(later.prompts(), (QStringList{"of the first", "of the second"}));
    QVERIFY(later.queue.at(0).id != later.queue.at(1).id);
    QVERIFY(!QFile::exists(temp.path("queue/queue-2.journal")));
  }

  void picturesInMemorySurvive() {
    TempFolder temp;
    Image image = Image::create(5, 3);
    for (size_t i = 0; i < image.pixels.size(); ++i) image.pixels[i] = uint8_t(i * 17);
    Mask mask = Mask::create(5, 3);
    for (size_t i = 0; i < mask.values.size(); ++i) mask.values[i] = uint8_t(i * 18);
    GenerateRequest request = tinyJob("painted");
    request.init = PictureSource(image);
    request.mask = MaskSource(mask);
    const PictureVault vault(temp.path("vault"));
    const GenerateRequest stored = vault.withFiles(request);
    QVERIFY(!stored.init.pixels && !stored.mask.pixels);
    QCOMPARE(loadPicture(stored.init.file).image, image);
    QCOMPARE(maskFromPicture(loadPicture(stored.mask.file)), mask);
    QCOMPARE(vault.withFiles(request), stored);
    QCOMPARE(QDir(temp.path("vault")).entryList(QDir::Files).size(), 2);
    QCOMPARE(vault.withFiles(stored), stored);
    QVERIFY(std::filesystem::exists(stored.init.file));
    for (const auto& file : {stored.init.file, stored.mask.file})
      std::filesystem::last_write_time(file, std::filesystem::file_time_type::clock::now() - std::chrono::hours(48));
    GenerateRequest other = tinyJob("other");
    other.init = stored.init;
    vault.keepOnly({other});
    QVERIFY(std::filesystem::exists(stored.init.file));
    QVERIFY(!std::filesystem::exists(stored.mask.file));
  }

  void aFullDiskIsToldOnceAndMendedLater() {
    TempFolder temp;
    QueueSession session(temp.path("queue"));
    session.queue.open();
    session.queue.setPaused(true);
    session.queue.finishWriting();
    QSignalSpy problems(&session.queue, &JobQueue::problem);
    // A folder where the vault's should be a file: pictures cannot be written.
    writeBytes(temp.path("queue/pictures"), "in the way");
    GenerateRequest request = tinyJob("painted");
    request.init = PictureSource(Image::create(4, 4));
    session.queue.add(request);
    QTRY_COMPARE(problems.count(), 1);
    QVERIFY(problems[0][0].toString().contains(QStringLiteral("pictures")));
    QVERIFY(QFile::remove(temp.path("queue/pictures")));
    session.queue.add(tinyJob("later"));
    session.queue.finishWriting();
    const auto kept = fromRecords(DurableLog::read(temp.path("queue/queue.journal")).records);
    QCOMPARE(kept.jobs.size(), size_t(2));
    QVERIFY(kept.paused);
  }
};

namespace {
const lorikeet::TestCase<QueueJournalTest> kQueueJournalTest("queue_journal");
}  // namespace
#include "queue_journal_test.moc"

// The queue without a window: order, pause, failure, and what a kill leaves.
#include <lorikeet/picture_io.h>

#include <QProcess>
#include <QtTest>
#include <cstdio>

#include "support/qt/test_program.h"
#include "support/queue_jobs.h"

using namespace lorikeet;
using lorikeet::test::kTimeoutMs;
using lorikeet::test::QueueSession;
using lorikeet::test::TempFolder;
using lorikeet::test::tinyJob;

namespace {

GenerateRequest jobWithPictures() {
  GenerateRequest request = tinyJob("with pictures");
  Image image = Image::create(16, 8);
  for (size_t i = 0; i < image.pixels.size(); ++i) image.pixels[i] = uint8_t(i * 7);
  Mask mask = Mask::create(16, 8);
  for (size_t i = 0; i < mask.values.size(); ++i) mask.values[i] = uint8_t(i * 2);
  request.init = PictureSource(image);
  request.mask = MaskSource(mask);
  request.maskOptions.grow = 3;
  ControlUnit unit;
  unit.model = "edges.safetensors";
  unit.picture = PictureSource(Image::create(8, 8));
  unit.scale = 0.5;
  request.controls = {unit};
  request.prompting.emphasis = EmphasisMode::NoNorm;
  request.seamless.x = true;
  return request;
}

/// The job as it was added, with its pictures read back from the files that the queue keeps.
GenerateRequest withPicturesInMemory(GenerateRequest request) {
  request.init = PictureSource(loadPicture(request.init.file).image);
  request.mask = MaskSource(maskFromPicture(loadPicture(request.mask.file)));
  for (ControlUnit& unit : request.controls) unit.picture = PictureSource(loadPicture(unit.picture.file).image);
  return request;
}

/// What the killed program does: three jobs, the first of which never ends by itself.
int runVictim(const QString& folder) {
  QueueSession session(folder);
  session.queue.open();
  session.queue.add(tinyJob("endless", 1000));
  session.queue.add(tinyJob("second"));
  session.queue.add(jobWithPictures());
  session.queue.moveRow({}, 1, {}, 3);
  QObject::connect(&session.runner, &JobRunner::progressed, &session.queue, [&](JobId, const Progress& progress) {
    if (progress.step < 3) return;
    session.queue.finishWriting();
    std::puts("running");
    std::fflush(stdout);
  });
  return QCoreApplication::exec();
}

}  // namespace

class QueueTest : public QObject {
  Q_OBJECT
 private slots:
  void runsOneAfterTheOther() {
    TempFolder temp;
    QueueSession session(temp.path("queue"));
    session.queue.open();
    QSignalSpy pictures(&session.runner, &JobRunner::pictureFinished);
    session.queue.add(tinyJob("one"));
    session.queue.add(tinyJob("two"));
    session.queue.add(tinyJob("three"));
    QVERIFY(session.queue.moveRow({}, 2, {}, 0));
    QCOMPARE(session.prompts(), (QStringList{"three", "one", "two"}));
    QTRY_COMPARE_WITH_TIMEOUT(session.queue.rowCount(), 0, kTimeoutMs);
    QStringList made;
    for (const auto& row : pictures) made << toQString(row[0].value<JobPicture>().request.prompt);
    QCOMPARE(made, (QStringList{"three", "one", "two"}));
  }

  void pausesAfterTheRunningJob() {
    TempFolder temp;
    QueueSession session(temp.path("queue"));
    session.queue.open();
    session.queue.add(tinyJob("one", 20));
    session.queue.add(tinyJob("two"));
    QTRY_COMPARE(session.queue.count(QueueState::Running), 1);
    session.queue.setPaused(true);
    QTRY_COMPARE_WITH_TIMEOUT(session.prompts(), QStringList{"two"}, kTimeoutMs);
    QTest::qWait(50);  // nothing may happen, which no condition can wait for
    QVERIFY(!session.runner.isRunning());
    QCOMPARE(session.queue.count(QueueState::Waiting), 1);
    session.queue.setPaused(false);
    QTRY_COMPARE_WITH_TIMEOUT(session.queue.rowCount(), 0, kTimeoutMs);
  }

  void aFailureStaysAndTheNextGoesOn() {
    TempFolder temp;
    QueueSession session(temp.path("queue"));
    session.queue.open();
    GenerateRequest broken = tinyJob("broken");
    broken.model = "/nowhere/model.safetensors";
    const quint64 id = session.queue.add(broken);
    session.queue.add(tinyJob("two"));
    QTRY_COMPARE_WITH_TIMEOUT(session.prompts(), QStringList{"broken"}, kTimeoutMs);
    QTRY_COMPARE(session.queue.find(id)->state, QueueState::Failed);
    QVERIFY(session.queue.find(id)->message.contains(QStringLiteral("nowhere")));
    QVERIFY(session.queue.replace(id, tinyJob("mended")));
    QTRY_COMPARE_WITH_TIMEOUT(session.queue.rowCount(), 0, kTimeoutMs);
  }

  void stopKeepsTheJobAndQuietensTheQueue() {
    TempFolder temp;
    QueueSession session(temp.path("queue"));
    session.queue.open();
    session.queue.add(tinyJob("long", 1000));
    session.queue.add(tinyJob("two"));
    QTRY_COMPARE(session.queue.count(QueueState::Running), 1);
    session.queue.stop();
    QTRY_COMPARE(session.queue.count(QueueState::Stopped), 1);
    QVERIFY(session.queue.isPaused());
    session.queue.retryFailed();
    QCOMPARE(session.queue.count(QueueState::Waiting), 2);
  }

  void removingTheRunningJobBeginsTheNext() {
    TempFolder temp;
    QueueSession session(temp.path("queue"));
    session.queue.open();
    const quint64 id = session.queue.add(tinyJob("long", 1000));
    session.queue.add(tinyJob("two"));
    QTRY_COMPARE(session.queue.count(QueueState::Running), 1);
    session.queue.remove(id);
    QTRY_COMPARE_WITH_TIMEOUT(session.queue.rowCount(), 0, kTimeoutMs);
    QVERIFY(!session.queue.isPaused());
  }

  void aHeldJobIsPassedOver() {
    TempFolder temp;
    QueueSession session(temp.path("queue"));
    session.queue.open();
    session.queue.setPaused(true);
    const quint64 id = session.queue.add(tinyJob("edited"));
    session.queue.add(tinyJob("two"));
    const quint64 copy = session.queue.duplicate(id);
    QCOMPARE(session.queue.indexOf(copy).row(), 1);
    QCOMPARE(session.queue.find(copy)->request, session.queue.find(id)->request);
    session.queue.setHeld(id);
    session.queue.setPaused(false);
    QTRY_COMPARE_WITH_TIMEOUT(session.prompts(), QStringList{"edited"}, kTimeoutMs);
    session.queue.setHeld(0);
    QTRY_COMPARE_WITH_TIMEOUT(session.queue.rowCount(), 0, kTimeoutMs);
  }

  void saysHowLongEverythingTakes() {
    TempFolder temp;
    QueueSession session(temp.path("queue"));
    session.queue.open();
    QCOMPARE(session.queue.secondsLeft(), 0.0);
    session.queue.add(tinyJob("one", 20));
    QTRY_VERIFY_WITH_TIMEOUT(session.queue.secondsLeft() > 0, kTimeoutMs);
    session.queue.setPaused(true);
    QTRY_COMPARE_WITH_TIMEOUT(session.queue.rowCount(), 0, kTimeoutMs);
    session.queue.add(tinyJob("short", 10));
    const double ten = session.queue.secondsLeft();
    session.queue.add(tinyJob("long", 20));
    QVERIFY(qAbs(session.queue.secondsLeft() - 3 * ten) < 1e-9);
  }

  void aKillLosesNothing() {
    TempFolder temp;
    const QString folder = temp.path("queue");
    QProcess victim;
    victim.start(QCoreApplication::applicationFilePath(), {QStringLiteral("queue_victim"), folder});
    QVERIFY(victim.waitForStarted());
    while (!victim.canReadLine()) QVERIFY(victim.waitForReadyRead(kTimeoutMs));
    victim.kill();  // SIGKILL
    QVERIFY(victim.waitForFinished());
    QCOMPARE(victim.exitStatus(), QProcess::CrashExit);

    QueueSession session(folder);
    session.queue.setPaused(false);
    const QStringList notices = session.queue.open();
    QCOMPARE(session.prompts(), (QStringList{"endless", "with pictures", "second"}));
    QCOMPARE(notices.size(), 1);
    QVERIFY(notices[0].contains(QStringLiteral("begins again")));
    QTRY_COMPARE(session.queue.at(0).state, QueueState::Running);
    QCOMPARE(session.queue.at(0).request, tinyJob("endless", 1000));
    QCOMPARE(withPicturesInMemory(session.queue.at(1).request), jobWithPictures());
    QCOMPARE(session.queue.at(0).attempts, 2);
  }

  void theEndOfTheProgramIsNoFaultOfTheJob() {
    TempFolder temp;
    for (int start = 0; start < JobQueue::kMaxAttempts + 2; ++start) {
      QueueSession session(temp.path("queue"));
      QVERIFY(session.queue.open().isEmpty());
      if (start == 0) session.queue.add(tinyJob("long", 1000));
      QTRY_COMPARE(session.queue.count(QueueState::Running), 1);
      QCOMPARE(session.queue.at(0).attempts, 1);
    }
  }

  void aJobThatTakesTheProgramAlongIsNotBegunForEver() {
    TempFolder temp;
    DurableLog log(temp.path("queue/queue.journal"));
    log.append(queue_record::job(7, tinyJob("deadly")));
    log.append(queue_record::state({7, {}, QueueState::Running, {}, JobQueue::kMaxAttempts}));
    QueueSession session(temp.path("queue"));
    session.queue.open();
    QCOMPARE(session.queue.find(7)->state, QueueState::Failed);
    QVERIFY(session.queue.find(7)->message.contains(u'3'));
    session.queue.retry(7);
    QTRY_COMPARE_WITH_TIMEOUT(session.queue.rowCount(), 0, kTimeoutMs);
  }
};

namespace {
const lorikeet::TestCase<QueueTest> kQueueTest("queue");
const lorikeet::TestEntry kQueueVictim("queue_victim", [](int argc, char** argv) {
  return argc == 2 ? runVictim(QString::fromLocal8Bit(argv[1])) : 2;
});
}  // namespace

#include "queue_test.moc"

// The studio's sweep without a window: pictures by way of the queue, stop, resume, what a crash leaves, the grid.
#include <lorikeet/engine.h>
#include <lorikeet/picture_io.h>
#include <lorikeet/picture_settings.h>

#include <QDirIterator>
#include <QtTest>

#include "studio/sweep/sweep_picture.h"
#include "support/qt/test_program.h"
#include "support/queue_jobs.h"

using namespace lorikeet;
using lorikeet::test::TempFolder;
using lorikeet::test::tinyJob;

namespace {

constexpr int kSweepTimeoutMs = 2 * lorikeet::test::kTimeoutMs;

/// A studio whose queue runs.
struct SweepStudio {
  explicit SweepStudio(const StudioConfig& config) : studio(config) {
    studio.queue.open();
    studio.sweep.open();
  }
  bool isDone() const { return studio.sweep.count(SweepCellState::Done) == int(studio.sweep.plan().cells.size()); }

  Studio studio;
};

SweepAxis axisOf(const char* text) { return parseSweepAxis(text); }

/// Every picture as it is when it is made alone.
bool equalsSingleRuns(const SweepSession& sweep) {
  Engine engine({.threads = 2});
  for (size_t i = 0; i < sweep.plan().cells.size(); ++i) {
    const GenerateResult alone = engine.generate(sweep.plan().cells[i].request);
    if (loadPicture(toPath(sweep.picture(i).file)).image.pixels != alone.images.at(0).pixels) return false;
  }
  return true;
}

/// What a power cut at this moment would leave on disk.
void copyFolder(const QString& from, const QString& to) {
  QDirIterator files(from, QDir::Files | QDir::Hidden, QDirIterator::Subdirectories);
  while (files.hasNext()) {
    const QString file = files.next();
    const QString copy = to + file.mid(from.size());
    QDir().mkpath(QFileInfo(copy).path());
    QFile::copy(file, copy);
  }
}

}  // namespace

class SweepSessionTest : public QObject {
  Q_OBJECT
 private slots:
  void picturesComeFromTheQueueAndEqualSingleRuns() {
    TempFolder temp;
    SweepStudio session(lorikeet::test::prepareStudio(temp));
    SweepSession& sweep = session.studio.sweep;
    QSignalSpy grids(&sweep, &SweepSession::gridSaved);
    sweep.start(tinyJob("a red fox", 2), axisOf("seed=1-2"), axisOf("guidance=3,7"));
    QCOMPARE(session.studio.queue.rowCount(), 4);
    QVERIFY(session.studio.queue.index(0).data(JobQueue::SummaryRole).toString().startsWith("Sweep: "));
    QVERIFY(sweep.isActive());
    QTRY_VERIFY_WITH_TIMEOUT(session.isDone(), kSweepTimeoutMs);
    QVERIFY(equalsSingleRuns(sweep));
    QTRY_COMPARE_WITH_TIMEOUT(grids.size(), 1, kSweepTimeoutMs);
    const auto settings = readPictureSettings(toPath(sweep.record().grid));
    QVERIFY(settings);
    QCOMPARE(settings->prompt, "a red fox");
    const QImage grid(sweep.record().grid);
    QVERIFY(grid.width() > 2 * 64 && grid.height() > 2 * 64);
    QCOMPARE(QFileInfo(sweep.record().grid).path(), QFileInfo(sweep.picture(0).file).path());
  }

  void stopKeepsWhatIsFinishedAndResumeMakesTheRest() {
    TempFolder temp;
    SweepStudio session(lorikeet::test::prepareStudio(temp));
    SweepSession& sweep = session.studio.sweep;
    sweep.start(tinyJob("a red fox", 60), axisOf("seed=1-5"), std::nullopt);
    QTRY_VERIFY_WITH_TIMEOUT(sweep.count(SweepCellState::Done) >= 1, kSweepTimeoutMs);
    sweep.stop();
    QTRY_VERIFY_WITH_TIMEOUT(!sweep.isActive(), kSweepTimeoutMs);
    QTRY_COMPARE(session.studio.queue.rowCount(), 0);
    const int done = sweep.count(SweepCellState::Done);
    QVERIFY(done < 5);
    QCOMPARE(sweep.count(SweepCellState::Missing), 5 - done);
    QVERIFY(sweep.record().grid.isEmpty());
    const QString first = sweep.picture(0).file;
    sweep.resume();
    QCOMPARE(session.studio.queue.rowCount(), 5 - done);
    QTRY_VERIFY_WITH_TIMEOUT(session.isDone(), kSweepTimeoutMs);
    QCOMPARE(sweep.picture(0).file, first);
    QTRY_VERIFY_WITH_TIMEOUT(!sweep.record().grid.isEmpty(), kSweepTimeoutMs);
  }

  void aCrashLosesNoPicture() {
    TempFolder temp;
    const StudioConfig config = lorikeet::test::prepareStudio(temp);
    const StudioConfig after{temp.path("after.ini"), {}, config.stylesFile};
    QString made;
    {
      SweepStudio session(config);
      session.studio.sweep.start(tinyJob("a red fox", 30), axisOf("seed=1-4"), axisOf("steps=30,31"));
      QTRY_VERIFY_WITH_TIMEOUT(session.studio.sweep.count(SweepCellState::Done) >= 2, kSweepTimeoutMs);
      made = session.studio.sweep.picture(0).file;
      session.studio.queue.finishWriting();
      session.studio.sweep.finish();
      copyFolder(config.settingsFile + ".data", after.settingsFile + ".data");
      session.studio.sweep.stop();
    }
    QFile::copy(config.settingsFile, after.settingsFile);
    SweepStudio session(after);
    SweepSession& sweep = session.studio.sweep;
    QCOMPARE(sweep.plan().cells.size(), size_t(8));
    QVERIFY(sweep.isActive());
    QCOMPARE(sweep.picture(0).file, made);
    QTRY_VERIFY_WITH_TIMEOUT(!sweep.isActive(), kSweepTimeoutMs);
    sweep.resume();  // a picture whose job was over and whose file was not yet known
    QTRY_VERIFY_WITH_TIMEOUT(session.isDone(), kSweepTimeoutMs);
    QVERIFY(equalsSingleRuns(sweep));
    QTRY_VERIFY_WITH_TIMEOUT(!sweep.record().grid.isEmpty(), kSweepTimeoutMs);
  }

  void theStackDoesNotChangeASweep() {
    TempFolder temp;
    SweepStudio session(lorikeet::test::prepareStudio(temp));
    SweepSession& sweep = session.studio.sweep;
    AdapterUse use;
    use.file = LORIKEET_SOURCE_DIR "/tests/golden/lora/kohya_lora/adapter.safetensors";
    GenerateRequest base = tinyJob("a red fox", 40);
    base.adapters = {use};
    sweep.start(base, axisOf("adapter:adapter=0.5,1"), std::nullopt);
    QTRY_COMPARE_WITH_TIMEOUT(session.studio.queue.count(QueueState::Running), 1, kSweepTimeoutMs);
    session.studio.jobs.changeAdapters({});
    QTRY_VERIFY_WITH_TIMEOUT(session.isDone(), kSweepTimeoutMs);
    QVERIFY(equalsSingleRuns(sweep));
    QVERIFY(QFile(sweep.picture(0).file).size() > 0);
  }

  void aPictureThatFailsLeavesItsCellBlank() {
    TempFolder temp;
    SweepStudio session(lorikeet::test::prepareStudio(temp));
    SweepSession& sweep = session.studio.sweep;
    sweep.start(tinyJob("a red fox", 2), axisOf("sampler=DDIM,Euler"), axisOf("schedule=karras"));
    QTRY_VERIFY_WITH_TIMEOUT(!sweep.record().grid.isEmpty(), kSweepTimeoutMs);
    QCOMPARE(sweep.count(SweepCellState::Failed), 1);
    QVERIFY(!sweep.picture(0).problem.isEmpty());
    QCOMPARE(sweep.picture(1).state, SweepCellState::Done);
    AdapterUse gone;
    gone.file = "/nowhere/ink.safetensors";
    GenerateRequest base = tinyJob("a red fox", 2);
    base.adapters = {gone};
    sweep.start(base, axisOf("adapter:ink=0.5"), std::nullopt);
    QTRY_COMPARE_WITH_TIMEOUT(sweep.count(SweepCellState::Failed), 1, kSweepTimeoutMs);
    QVERIFY(sweep.picture(0).problem.contains("ink"));
  }

  void refusesWhatMakesNoSweepAndKeepsTheOneBefore() {
    TempFolder temp;
    SweepStudio session(lorikeet::test::prepareStudio(temp));
    SweepSession& sweep = session.studio.sweep;
    sweep.start(tinyJob("a red fox", 1), axisOf("seed=1"), std::nullopt);
    QVERIFY_THROWS_EXCEPTION(Error, sweep.start(tinyJob("x"), axisOf("adapter:ink=1"), std::nullopt));
    QCOMPARE(sweep.plan().columns.front(), "Seed 1");
  }

  void damagedRecordsAreNoSweep() {
    TempFolder temp;
    const StudioConfig config = lorikeet::test::prepareStudio(temp);
    const QString folder = config.settingsFile + ".data/sweep";
    QDir().mkpath(folder);
    for (const QByteArray& text :
         {QByteArray(), QByteArray("{"), QByteArray("[]"), QByteArray(R"#({"id":"a","x":"seed=1-4"})#"),
          QByteArray(R"#({"id":"a","x":"seed=1-4(+0)","request":"{}"})#"),
          QByteArray(R"#({"id":"a","x":"seed=1-2","request":"{}","files":[7,"/nowhere.png",null,"a"],"grid":3})#")}) {
      QFile file(folder + "/sweep.json");
      QVERIFY(file.open(QIODevice::WriteOnly));
      file.write(text);
      file.close();
      SweepStudio session(config);
      QVERIFY(!session.studio.sweep.isActive());
      QCOMPARE(session.studio.sweep.count(SweepCellState::Done), 0);
    }
  }

  void theGridShowsLabelsOfAnyScript() {
    TempFolder temp;
    QImage picture(64, 64, QImage::Format_RGB32);
    picture.fill(Qt::blue);
    QVERIFY(picture.save(temp.path("one.png")));
    GenerateRequest base = tinyJob("лиса");
    const SweepPlan plan = planSweep(base, axisOf("prompt=лиса,狐"), axisOf("seed=1-2"));
    const QImage grid = drawSweepGrid(plan, {temp.path("one.png"), {}, {}, temp.path("gone.png")});
    QVERIFY(grid.width() > 2 * 64);
    int dark = 0;
    for (int x = 0; x < grid.width(); ++x)
      for (int y = 0; y < 14; ++y) dark += qGray(grid.pixel(x, y)) < 128;
    QVERIFY(dark > 20);
    QVERIFY(drawSweepGrid(plan, {}).isNull());
  }
};

namespace {
const lorikeet::TestCase<SweepSessionTest> kSweepSessionTest("sweep_session");
}  // namespace
#include "sweep_session_test.moc"

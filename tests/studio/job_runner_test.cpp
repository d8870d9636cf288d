// The engine behind its thread, without a window.
#include "studio/jobs/job_runner.h"

#include <QFile>
#include <QtTest>

#include "studio/jobs/prompt_reader.h"
#include "support/qt/test_program.h"
#include "support/temp_studio.h"

using namespace lorikeet;
using lorikeet::test::kTimeoutMs;
using lorikeet::test::TempFolder;

namespace {

GenerateRequest tinyRequest(int steps) {
  GenerateRequest request;
  request.model = toPath(lorikeet::test::tinyModel());
  request.prompt = "a red fox";
  request.steps = steps;
  request.width = request.height = 64;
  return request;
}

EngineConfig twoThreads() {
  EngineConfig config;
  config.threads = 2;
  return config;
}

}  // namespace

class JobRunnerTest : public QObject {
  Q_OBJECT
 private slots:
  void everyJobEndsOnceInItsOrder() {
    JobRunner jobs(twoThreads());
    QSignalSpy pictures(&jobs, &JobRunner::pictureFinished);
    QSignalSpy finished(&jobs, &JobRunner::finished);
    GenerateRequest request = tinyRequest(2);
    request.imageCount = 2;
    const JobId job = jobs.start(request);
    QVERIFY(jobs.isRunning());
    QTRY_COMPARE_WITH_TIMEOUT(finished.count(), 1, kTimeoutMs);
    QVERIFY(!jobs.isRunning());
    QCOMPARE(pictures.count(), 2);
    const auto second = pictures.at(1).at(0).value<JobPicture>();
    QCOMPARE(second.job, job);
    QCOMPARE(second.seed, request.seed + 1);
    QCOMPARE(second.request, requestOfPicture(request, 1));
    QCOMPARE(second.image.size(), QSize(64, 64));
    const auto summary = finished.at(0).at(0).value<JobSummary>();
    QCOMPARE(summary.status, Status::Done);
    QCOMPARE(summary.pictureCount, 2);
  }

  void signalsArriveInTheWindowsThread() {
    JobRunner jobs(twoThreads());
    QSet<QThread*> threads;
    connect(
        &jobs, &JobRunner::progressed, this, [&threads] { threads << QThread::currentThread(); }, Qt::DirectConnection);
    QSignalSpy finished(&jobs, &JobRunner::finished);
    jobs.start(tinyRequest(2));
    QTRY_COMPARE_WITH_TIMEOUT(finished.count(), 1, kTimeoutMs);
    QCOMPARE(threads, QSet<QThread*>{QThread::currentThread()});
  }

  void withoutPreviewsNoneAreMade() {
    JobRunner jobs(twoThreads());
    QSignalSpy previews(&jobs, &JobRunner::previewed);
    QSignalSpy finished(&jobs, &JobRunner::finished);
    jobs.start(tinyRequest(3), {false});
    QTRY_COMPARE_WITH_TIMEOUT(finished.count(), 1, kTimeoutMs);
    QCOMPARE(previews.count(), 0);
  }

  void impossibleRequestsFailWithASentence_data() {
    QTest::addColumn<GenerateRequest>("request");
    GenerateRequest request = tinyRequest(0);
    QTest::newRow("no steps") << request;
    request = tinyRequest(2);
    request.width = 100'000;
    QTest::newRow("too large") << request;
    request = tinyRequest(2);
    request.width = 63;
    QTest::newRow("not a multiple of eight") << request;
    request = tinyRequest(2);
    request.model = "/nowhere/model.safetensors";
    QTest::newRow("no model") << request;
  }
  void impossibleRequestsFailWithASentence() {
    QFETCH(GenerateRequest, request);
    JobRunner jobs(twoThreads());
    QSignalSpy failed(&jobs, &JobRunner::failed);
    QSignalSpy finished(&jobs, &JobRunner::finished);
    jobs.start(request);
    QTRY_COMPARE_WITH_TIMEOUT(failed.count(), 1, kTimeoutMs);
    QCOMPARE(finished.count(), 0);
    const auto failure = failed.at(0).at(0).value<JobFailure>();
    QVERIFY(!failure.message.isEmpty());
    QVERIFY(!failure.message.contains(u'\n'));
    jobs.start(tinyRequest(1));
    QTRY_COMPARE_WITH_TIMEOUT(finished.count(), 1, kTimeoutMs);
  }

  void aStopReachesAJobThatHasNotBegun() {
    JobRunner jobs(twoThreads());
    QSignalSpy finished(&jobs, &JobRunner::finished);
    jobs.preload(toPath(lorikeet::test::tinyModel()));
    jobs.start(tinyRequest(1000));
    jobs.stop();
    QVERIFY(jobs.isStopping());
    QTRY_COMPARE(finished.count(), 1);
    QCOMPARE(finished.at(0).at(0).value<JobSummary>().status, Status::Stopped);
  }

  void preloadingSaysWhatWasLoaded() {
    JobRunner jobs(twoThreads());
    QSignalSpy loaded(&jobs, &JobRunner::modelLoaded);
    jobs.preload(toPath(lorikeet::test::tinyModel()));
    QTRY_COMPARE_WITH_TIMEOUT(loaded.count(), 1, kTimeoutMs);
    QCOMPARE(loaded.at(0).at(0).value<ModelInfo>().name, "tiny-sd1");
    QSignalSpy failed(&jobs, &JobRunner::modelFailed);
    jobs.preload("/nowhere");
    QTRY_COMPARE_WITH_TIMEOUT(failed.count(), 1, kTimeoutMs);
  }

  void shutDownDeliversFinishedPictures() {
    JobRunner jobs(twoThreads());
    QSignalSpy pictures(&jobs, &JobRunner::pictureFinished);
    GenerateRequest request = tinyRequest(1);
    request.imageCount = 100;
    jobs.start(request);
    QTRY_VERIFY_WITH_TIMEOUT(pictures.count() >= 1, kTimeoutMs);
    jobs.shutDown();
    QVERIFY(!jobs.isRunning());
    QVERIFY(pictures.count() < 100);
  }

  void theLastPromptIsRead() {
    PromptReader reader(PromptRole::Positive);
    QSignalSpy done(&reader, &PromptReader::done);
    GenerateRequest request;
    request.model = toPath(lorikeet::test::tinyModel());
    request.prompt = "one two three four";
    reader.setRequest(request);
    request.prompt = "a red {fox|fox}";
    reader.setRequest(request);
    QTRY_COMPARE_WITH_TIMEOUT(done.count(), 1, kTimeoutMs);
    const auto reading = done.at(0).at(0).value<PromptReading>();
    QCOMPARE(reading.prompt, QStringLiteral("a red {fox|fox}"));
    QCOMPARE(reading.report.text, "a red fox");
    QCOMPARE(reading.report.tokenCount, 3);
    request.model = "/nowhere";
    reader.setRequest(request);
    QTRY_COMPARE_WITH_TIMEOUT(done.count(), 2, kTimeoutMs);
    QVERIFY(!done.at(1).at(0).value<PromptReading>().problem.isEmpty());
  }
};

namespace {
const lorikeet::TestCase<JobRunnerTest> kJobRunnerTest("job_runner");
}  // namespace
#include "job_runner_test.moc"

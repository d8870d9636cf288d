#include "mainwindow/status_line.h"

#include <QLabel>
#include <QProgressBar>
#include <QtTest>

#include "support/qt/test_program.h"

using namespace lorikeet;

namespace {

Progress denoising(int imageIndex, int imageCount, int step, int stepCount) {
  Progress progress;
  progress.stage = Stage::Denoising;
  progress.imageIndex = imageIndex;
  progress.imageCount = imageCount;
  progress.step = step;
  progress.stepCount = stepCount;
  return progress;
}

}  // namespace

class StatusLineTest : public QObject {
  Q_OBJECT
 private slots:
  void shareCountsAllPictures() {
    QCOMPARE(shareDone(denoising(0, 1, 5, 20)), 0.25);
    QCOMPARE(shareDone(denoising(1, 2, 10, 20)), 0.75);
    Progress progress = denoising(1, 2, 20, 20);
    progress.stage = Stage::Decoding;
    QCOMPARE(shareDone(progress), 1.0);
    progress.stage = Stage::Loading;
    progress.imageIndex = 0;
    QCOMPARE(shareDone(progress), 0.0);
    QCOMPARE(shareDone(Progress{}), 0.0);
  }

  void saysWhatIsGoingOn() {
    QLocale::setDefault(QLocale::c());
    Progress progress = denoising(0, 1, 7, 20);
    progress.secondsPerStep = 1.31;
    progress.secondsLeft = 17.03;
    QCOMPARE(describe(progress), QStringLiteral("Step 7 of 20  ·  1.3 s a step  ·  17 s left"));
    progress.imageCount = 4;
    progress.imageIndex = 1;
    progress.secondsPerStep = 0.0501;
    QCOMPARE(describe(progress), QStringLiteral("Picture 2 of 4  ·  Step 7 of 20  ·  50 ms a step  ·  17 s left"));
  }

  void timesAreReadable() {
    QCOMPARE(describeSeconds(0.2), QStringLiteral("1 s"));
    QCOMPARE(describeSeconds(59.4), QStringLiteral("59 s"));
    QCOMPARE(describeSeconds(125), QStringLiteral("2 min 5 s"));
    QCOMPARE(describeSeconds(3840), QStringLiteral("1 h 4 min"));
  }

  void theBarIsThereOnlyWhileSomethingRuns() {
    StatusLine line;
    line.show();
    auto* bar = line.findChild<QProgressBar*>(QStringLiteral("progressBar"));
    QVERIFY(!bar->isVisible());
    line.showProgress(denoising(0, 1, 10, 20));
    QVERIFY(bar->isVisible());
    QCOMPARE(bar->value(), bar->maximum() / 2);
    line.showIdle(QStringLiteral("Ready"));
    QVERIFY(!bar->isVisible());
    QCOMPARE(line.findChild<QLabel*>(QStringLiteral("statusText"))->text(), QStringLiteral("Ready"));
  }
};

namespace {
const lorikeet::TestCase<StatusLineTest> kStatusLineTest("status_line");
}  // namespace
#include "status_line_test.moc"

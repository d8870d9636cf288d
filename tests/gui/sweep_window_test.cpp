// The sweep's window: axes as they are typed, the grid as it fills, a picture's settings taken over.
#include <QComboBox>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QSpinBox>
#include <QtTest>

#include "mainwindow/main_window.h"
#include "support/qt/test_program.h"
#include "support/temp_studio.h"
#include "sweep/axis_editor.h"
#include "sweep/sweep_view.h"
#include "sweep/sweep_window.h"

using namespace lorikeet;
using lorikeet::test::TempFolder;

namespace {

constexpr int kSweepTimeoutMs = 2 * lorikeet::test::kTimeoutMs;

struct SweepWindowSession {
  explicit SweepWindowSession(const TempFolder& temp) : studio(lorikeet::test::prepareStudio(temp)), window(studio) {
    window.show();
    window.findChild<QAction*>("showSweep")->trigger();
    sweep = window.findChild<SweepWindow*>("sweepWindow");
    if (!sweep || !QTest::qWaitForWindowExposed(sweep)) qFatal("the sweep's window does not open");
  }
  void choose(const char* axis, const QString& field, const QString& values) const {
    auto* editor = sweep->findChild<AxisEditor*>(QString::fromLatin1(axis));
    auto* box = editor->findChild<QComboBox*>("sweepField");
    const int row = box->findText(field);
    if (row < 0) qFatal("no field %s", qPrintable(field));
    box->setCurrentIndex(row);
    emit box->activated(row);
    auto* line = editor->findChild<QLineEdit*>("sweepValues");
    line->clear();
    QTest::keyClicks(line, values);
  }
  QString text(const char* label) const { return sweep->findChild<QLabel*>(QString::fromLatin1(label))->text(); }
  QPushButton* button(const char* name) const { return sweep->findChild<QPushButton*>(QString::fromLatin1(name)); }
  void click(const char* name) const { QTest::mouseClick(button(name), Qt::LeftButton); }
  int done() const { return studio.sweep.count(SweepCellState::Done); }

  Studio studio;
  MainWindow window;
  SweepWindow* sweep = nullptr;
};

}  // namespace

class SweepWindowTest : public QObject {
  Q_OBJECT
 private slots:
  void mistakesAreToldAsTheyAreTyped() {
    TempFolder temp;
    SweepWindowSession session(temp);
    session.choose("sweepX", QStringLiteral("Guidance"), QStringLiteral("3-9(+2)"));
    QCOMPARE(session.text("sweepSummary"), QStringLiteral("4 pictures"));
    session.choose("sweepY", QStringLiteral("Seed"), QStringLiteral("1-5"));
    QCOMPARE(session.text("sweepSummary"), QStringLiteral("4 × 5 = 20 pictures"));
    QVERIFY(session.button("sweepStart")->isEnabled());
    session.choose("sweepX", QStringLiteral("Guidance"), QStringLiteral("0-1(+0)"));
    QVERIFY(session.text("sweepSummary").contains(QStringLiteral("at character 5: the step must not be 0")));
    QVERIFY(!session.button("sweepStart")->isEnabled());
    session.choose("sweepX", QStringLiteral("Steps"), QStringLiteral("0-2"));
    QVERIFY(session.text("sweepSummary").startsWith(QStringLiteral("Steps 0")));
    session.choose("sweepX", QStringLiteral("Seed"), QStringLiteral("7"));
    QVERIFY(session.text("sweepSummary").contains(QStringLiteral("the same setting")));
    session.choose("sweepX", QStringLiteral("Prompt"), QStringLiteral("red,blue"));
    QCOMPARE(session.text("sweepSummary"), QStringLiteral("2 × 5 = 10 pictures"));
  }

  void theGridFillsAndAPicturesSettingsAreTakenOver() {
    TempFolder temp;
    SweepWindowSession session(temp);
    session.choose("sweepX", QStringLiteral("Guidance"), QStringLiteral("3,7"));
    session.choose("sweepY", QStringLiteral("Steps"), QStringLiteral("2,3"));
    session.click("sweepStart");
    QVERIFY(session.button("sweepStop")->isVisible());
    QVERIFY(!session.button("sweepStart")->isEnabled());
    QTRY_COMPARE_WITH_TIMEOUT(session.done(), 4, kSweepTimeoutMs);
    QTRY_VERIFY_WITH_TIMEOUT(session.button("sweepOpenGrid")->isEnabled(), kSweepTimeoutMs);
    QVERIFY(QFile::exists(session.studio.sweep.record().grid));
    QCOMPARE(session.text("sweepState"), QStringLiteral("4 of 4"));
    QVERIFY(session.button("sweepStart")->isEnabled());

    SweepView& view = session.sweep->view();
    const int last = 3;
    QTest::mouseClick(&view, Qt::LeftButton, {}, view.rectOf(last).center());
    QCOMPARE(view.current(), last);
    QCOMPARE(session.text("sweepCaption"), QStringLiteral("Guidance 7 · Steps 3"));
    QTest::keyClick(&view, Qt::Key_Left);
    QCOMPARE(session.text("sweepCaption"), QStringLiteral("Guidance 3 · Steps 3"));
    QTest::keyClick(&view, Qt::Key_Return);
    QCOMPARE(session.studio.settings.request().steps, 3);
    QCOMPARE(session.studio.settings.request().guidanceScale, 3.0);
    QTest::mouseDClick(&view, Qt::LeftButton, {}, view.rectOf(last).center());
    QTest::mouseClick(&view, Qt::LeftButton, {}, view.rectOf(last).center());
    session.click("sweepUse");
    QCOMPARE(session.studio.settings.request().guidanceScale, 7.0);
  }

  void stopAndResume() {
    TempFolder temp;
    SweepWindowSession session(temp);
    session.choose("sweepX", QStringLiteral("Steps"), QStringLiteral("80-84"));
    session.click("sweepStart");
    QTRY_VERIFY_WITH_TIMEOUT(session.done() >= 1, kSweepTimeoutMs);
    session.click("sweepStop");
    QTRY_VERIFY_WITH_TIMEOUT(session.button("sweepResume")->isVisible(), kSweepTimeoutMs);
    QVERIFY(session.done() < 5);
    QTRY_COMPARE(session.studio.queue.rowCount(), 0);
    session.click("sweepResume");
    QTRY_COMPARE_WITH_TIMEOUT(session.done(), 5, kSweepTimeoutMs);
    QTRY_VERIFY_WITH_TIMEOUT(session.button("sweepOpenGrid")->isEnabled(), kSweepTimeoutMs);
  }

  void adaptersOfTheStackAreOffered() {
    TempFolder temp;
    SweepWindowSession session(temp);
    session.studio.stack.addFiles(
        {QStringLiteral(LORIKEET_SOURCE_DIR "/tests/golden/lora/kohya_lora/adapter.safetensors")});
    auto* box = session.sweep->findChild<AxisEditor*>("sweepX")->findChild<QComboBox*>("sweepField");
    QTRY_VERIFY_WITH_TIMEOUT(box->findText(QStringLiteral("adapter (text)")) >= 0, kSweepTimeoutMs);
    session.choose("sweepX", QStringLiteral("adapter"), QStringLiteral("0-1(+0.5)"));
    session.click("sweepStart");
    QTRY_COMPARE_WITH_TIMEOUT(session.done(), 3, kSweepTimeoutMs);
    QVERIFY(session.studio.sweep.picture(0).thumbnail != session.studio.sweep.picture(2).thumbnail);
  }

  void escClosesTheWindowAndTheSweepGoesOn() {
    TempFolder temp;
    SweepWindowSession session(temp);
    session.choose("sweepX", QStringLiteral("Seed"), QStringLiteral("1-3"));
    session.click("sweepStart");
    const QPointer<SweepWindow> open = session.sweep;
    QTest::keyClick(session.sweep, Qt::Key_Escape);
    QTRY_VERIFY(!open);
    QTRY_COMPARE_WITH_TIMEOUT(session.done(), 3, kSweepTimeoutMs);
    session.window.findChild<QAction*>("showSweep")->trigger();
    auto* again = session.window.findChild<SweepWindow*>("sweepWindow");
    QVERIFY(again);
    QCOMPARE(again->findChild<AxisEditor*>("sweepX")->axis()->values, "1-3");
  }
};

namespace {
const lorikeet::TestCase<SweepWindowTest> kSweepWindowTest("sweep_window");
}  // namespace
#include "sweep_window_test.moc"

// What the window says about memory, and the choice of the weights' precision.
#include <QLabel>
#include <QMenu>
#include <QToolButton>
#include <QtTest>
#include <cstdlib>

#include "generate/generate_panel.h"
#include "mainwindow/main_window.h"
#include "support/qt/test_program.h"
#include "support/temp_studio.h"
#include "widgets/message_bar.h"

using namespace lorikeet;
using lorikeet::test::kTimeoutMs;
using lorikeet::test::TempFolder;

namespace {

struct MemoryWindow {
  explicit MemoryWindow(const TempFolder& temp) : studio(lorikeet::test::prepareStudio(temp)), window(studio) {
    window.show();
    if (!QTest::qWaitForWindowExposed(&window)) qFatal("the window does not appear");
  }
  template <class Type>
  Type* find(const char* name) const {
    auto* found = window.findChild<Type*>(QString::fromLatin1(name));
    if (!found) qFatal("nothing is called %s", name);
    return found;
  }
  QString need() const { return find<QLabel>("memoryNeed")->text(); }
  QString message() const { return find<MessageBar>("messageBar")->text(); }
  Precision precision() const { return window.findChild<GeneratePanel*>()->request().precision; }
  QList<QAction*> precisions() const {
    auto* menu = find<QToolButton>("modelMenu")->menu();
    emit menu->aboutToShow();
    return menu->findChild<QMenu*>(QStringLiteral("precisionMenu"))->actions();
  }
  Studio studio;
  MainWindow window;
};

}  // namespace

class MemoryWindowTest : public QObject {
  Q_OBJECT
 private slots:
  void init() { unsetenv("LORIKEET_MEMORY_LIMIT"); }
  void cleanup() { unsetenv("LORIKEET_MEMORY_LIMIT"); }

  void theStatusLineSaysWhatTheNextPictureNeeds() {
    TempFolder temp;
    MemoryWindow test(temp);
    QTRY_VERIFY_WITH_TIMEOUT(test.need().startsWith("needs "), kTimeoutMs);
    QCOMPARE(test.find<QLabel>("memoryNeed")->property("role").toString(), "quiet");
    const QString small = test.need();
    GenerateRequest larger = test.window.findChild<GeneratePanel*>()->request();
    larger.width = larger.height = 1024;
    larger.vaeTiling = VaeTiling::Never;
    test.window.findChild<GeneratePanel*>()->setRequest(larger);
    QTRY_VERIFY_WITH_TIMEOUT(test.need() != small, kTimeoutMs);
    QVERIFY(test.message().isEmpty());
  }

  void tooMuchIsSaidBeforeAndRefused() {
    TempFolder temp;
    setenv("LORIKEET_MEMORY_LIMIT", "1000000", 1);
    MemoryWindow test(temp);
    QTRY_COMPARE_WITH_TIMEOUT(test.find<QLabel>("memoryNeed")->property("role").toString(), "problem", kTimeoutMs);
    QVERIFY2(test.message().contains("memory"), qPrintable(test.message()));
    QSignalSpy failed(&test.studio.jobs, &JobRunner::failed);
    test.find<QAction>("generate")->trigger();
    QTRY_COMPARE_WITH_TIMEOUT(failed.size(), 1, kTimeoutMs);
    QCOMPARE(test.studio.results.rowCount(), 0);
  }

  void thePrecisionIsChosenInTheModelMenu() {
    TempFolder temp;
    MemoryWindow test(temp);
    QTRY_VERIFY_WITH_TIMEOUT(test.precisions()[2]->text().contains('\t'), kTimeoutMs);  // with its size
    QVERIFY(test.precisions()[0]->isChecked());
    test.precisions()[2]->trigger();
    QCOMPARE(test.precision(), Precision::Int8);
    QCOMPARE(test.studio.settings.request().precision, Precision::Int8);
    QTRY_VERIFY_WITH_TIMEOUT(test.precisions()[2]->isChecked(), kTimeoutMs);
    QVERIFY(test.find<QToolButton>("modelMenu")->toolTip().contains("8 bits"));
    QSignalSpy pictures(&test.studio.jobs, &JobRunner::pictureFinished);
    test.find<QAction>("generate")->trigger();
    QTRY_COMPARE_WITH_TIMEOUT(pictures.size(), 1, kTimeoutMs);
    QCOMPARE(pictures[0][0].value<JobPicture>().request.precision, Precision::Int8);
  }
};

namespace {
const lorikeet::TestCase<MemoryWindowTest> kMemoryWindowTest("memory_window");
}  // namespace
#include "memory_window_test.moc"

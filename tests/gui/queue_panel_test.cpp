// The queue's panel in the window: added by keyboard, edited in the form, moved, removed.
#include <QAbstractItemView>
#include <QDockWidget>
#include <QDrag>
#include <QLabel>
#include <QMimeData>
#include <QPlainTextEdit>
#include <QTimer>
#include <QtTest>

#include "mainwindow/main_window.h"
#include "queue/queue_panel.h"
#include "support/qt/test_program.h"
#include "support/temp_studio.h"

using namespace lorikeet;
using lorikeet::test::kTimeoutMs;
using lorikeet::test::TempFolder;

namespace {

/// A window whose queue is paused, so that jobs stay where a test puts them.
struct QueueWindow {
  explicit QueueWindow(const TempFolder& temp) : studio(lorikeet::test::prepareStudio(temp)), window(studio) {
    window.show();
    window.activateWindow();
    if (!QTest::qWaitForWindowActive(&window)) qFatal("the window does not become active");
    studio.queue.setPaused(true);
  }
  template <class Type>
  Type* find(const char* name) const {
    auto* found = window.findChild<Type*>(QString::fromLatin1(name));
    if (!found) qFatal("nothing is called %s", name);
    return found;
  }
  void trigger(const char* name) const { find<QAction>(name)->trigger(); }
  void writePrompt(const QString& text) const { find<QPlainTextEdit>("promptEdit")->setPlainText(text); }
  void add(const QString& prompt) const {
    writePrompt(prompt);
    QTest::keyClick(find<QWidget>("promptEdit"), Qt::Key_Return, Qt::ControlModifier | Qt::ShiftModifier);
  }
  void mark(int row) const {
    auto* view = find<QAbstractItemView>("queueView");
    view->setCurrentIndex(view->model()->index(row, 0));
    view->setFocus();
  }
  QStringList prompts() const {
    QStringList texts;
    for (int row = 0; row < studio.queue.rowCount(); ++row) texts << toQString(studio.queue.at(row).request.prompt);
    return texts;
  }

  Studio studio;
  MainWindow window;
};

}  // namespace

class QueuePanelTest : public QObject {
  Q_OBJECT
 private slots:
  void theKeyboardFillsAndOrdersTheQueue() {
    TempFolder temp;
    QueueWindow session(temp);
    for (const char* prompt : {"one", "two", "three"}) session.add(QString::fromLatin1(prompt));
    QCOMPARE(session.prompts(), (QStringList{"one", "two", "three"}));
    QVERIFY(session.find<QWidget>("queueView")->isVisible());
    auto* view = session.find<QAbstractItemView>("queueView");
    session.mark(0);
    QTest::keyClick(view, Qt::Key_Down, Qt::AltModifier);
    QCOMPARE(session.prompts(), (QStringList{"two", "one", "three"}));
    QTest::keyClick(view, Qt::Key_Delete);
    QCOMPARE(session.prompts(), (QStringList{"two", "three"}));
    session.trigger("duplicateJob");
    QCOMPARE(session.prompts().size(), 3);
    QVERIFY(session.find<QLabel>("queueTotal")->text().startsWith(QStringLiteral("3 jobs")));
    QVERIFY(session.find<QLabel>("queueTotal")->text().endsWith(QStringLiteral("paused")));
    session.trigger("pauseQueue");
    QTRY_COMPARE_WITH_TIMEOUT(session.studio.results.rowCount(), 3, kTimeoutMs);
    QTRY_COMPARE(session.studio.queue.rowCount(), 0);
  }

  /// Press, drag and release as the window system reports them. The offscreen platform ends every drag where it begins,
  /// so the drop is looked at on others alone.
  void aJobIsDraggedToItsPlace() {
    TempFolder temp;
    QueueWindow session(temp);
    for (const char* prompt : {"one", "two", "three"}) session.add(QString::fromLatin1(prompt));
    auto* view = session.find<QAbstractItemView>("queueView");
    const QWidget* window = &session.window;
    QWindow* handle = window->windowHandle();
    const auto inWindow = [&](QPoint place) { return view->viewport()->mapTo(window, place); };
    const auto rowAt = [&](int row) { return view->visualRect(view->model()->index(row, 0)); };
    session.window.resize(1200, 1000);
    auto* dock = session.find<QDockWidget>("queueDock");
    dock->raise();
    session.window.resizeDocks({dock}, {400}, Qt::Vertical);
    QTRY_VERIFY(view->viewport()->visibleRegion().contains(rowAt(2).center()));
    const QPoint from = inWindow(rowAt(2).center());
    const QPoint to = inWindow(rowAt(0).topLeft() + QPoint(rowAt(0).width() / 2, 1));
    QTimer inTheDrag;  // starting to drag does not come back before the drop
    connect(&inTheDrag, &QTimer::timeout, this, [&, step = 0]() mutable {
      ++step;
      if (step <= 3) QTest::mouseMove(handle, from + (to - from) * step / 3);
      if (step == 4) QTest::mouseRelease(handle, Qt::LeftButton, {}, to);
      if (step >= 4) inTheDrag.stop();
    });
    QWidget* list = view->viewport();
    const QPoint grip = rowAt(2).center();
    QTest::mousePress(list, Qt::LeftButton, {}, grip);
    QCOMPARE(view->currentIndex().row(), 2);
    inTheDrag.start(20);
    QTest::mouseMove(list, grip - QPoint(0, QApplication::startDragDistance()));
    QTest::mouseMove(list, grip - QPoint(0, 3 * QApplication::startDragDistance()));
    const auto* drag = view->findChild<QDrag*>();
    QVERIFY(drag);
    QVERIFY(drag->mimeData()->hasFormat(view->model()->mimeTypes().value(0)));
    if (QGuiApplication::platformName() == u"offscreen") return;
    QTRY_COMPARE(session.prompts(), (QStringList{"three", "one", "two"}));
    QCOMPARE(view->currentIndex().row(), 0);
  }

  void aJobIsEditedInTheForm() {
    TempFolder temp;
    QueueWindow session(temp);
    session.add(QStringLiteral("one"));
    session.add(QStringLiteral("two"));
    session.writePrompt(QStringLiteral("mine"));
    session.mark(0);
    QTest::keyClick(session.find<QWidget>("queueView"), Qt::Key_Return);
    QVERIFY(session.find<QWidget>("queueEditBar")->isVisible());
    QCOMPARE(session.find<QPlainTextEdit>("promptEdit")->toPlainText(), QStringLiteral("one"));
    const quint64 seed = session.studio.queue.at(0).request.seed;
    session.writePrompt(QStringLiteral("better"));
    session.trigger("saveJob");
    QCOMPARE(session.prompts(), (QStringList{"better", "two"}));
    QCOMPARE(session.studio.queue.at(0).request.seed, seed);
    QVERIFY(!session.find<QWidget>("queueEditBar")->isVisible());

    session.writePrompt(QStringLiteral("mine"));
    session.mark(1);
    session.trigger("editJob");
    session.writePrompt(QStringLiteral("given up"));
    session.trigger("cancelEditJob");
    QCOMPARE(session.prompts(), (QStringList{"better", "two"}));
    QCOMPARE(session.find<QPlainTextEdit>("promptEdit")->toPlainText(), QStringLiteral("mine"));
  }

  void aFailedJobSaysWhyAndIsTriedAgain() {
    TempFolder temp;
    QueueWindow session(temp);
    GenerateRequest broken = session.studio.settings.request();
    broken.model = "/nowhere/model.safetensors";
    session.studio.queue.add(broken);
    session.trigger("pauseQueue");
    QTRY_COMPARE_WITH_TIMEOUT(session.studio.queue.count(QueueState::Failed), 1, kTimeoutMs);
    QVERIFY(session.find<QLabel>("queueTotal")->text().contains(QStringLiteral("1 failed")));
    QVERIFY(session.find<QAction>("retryFailedJobs")->isEnabled());
    session.trigger("retryFailedJobs");
    QCOMPARE(session.studio.queue.count(QueueState::Failed), 0);
    QTRY_COMPARE_WITH_TIMEOUT(session.studio.queue.count(QueueState::Failed), 1, kTimeoutMs);
  }

  void theRowsDrawInEveryState() {
    TempFolder temp;
    QueueWindow session(temp);
    session.add(QStringLiteral("waiting"));
    auto* view = session.find<QAbstractItemView>("queueView");
    const QImage waiting = view->grab().toImage();
    session.mark(0);
    session.trigger("editJob");
    QVERIFY(view->grab().toImage() != waiting);
  }
};

namespace {
const lorikeet::TestCase<QueuePanelTest> kQueuePanelTest("queue_panel");
}  // namespace
#include "queue_panel_test.moc"

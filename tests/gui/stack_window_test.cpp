// The adapter stack as a person plays it: rows dragged into order, chips, named sets, folders dropped, restarts.
#include <QInputDialog>
#include <QMenu>
#include <QMimeData>
#include <QPlainTextEdit>
#include <QToolButton>
#include <QtTest>

#include "adapters/adapter_row.h"
#include "adapters/drag_handle.h"
#include "mainwindow/main_window.h"
#include "support/fake_adapters.h"
#include "support/qt/test_program.h"
#include "support/temp_studio.h"

using namespace lorikeet;
using lorikeet::test::kTimeoutMs;
using lorikeet::test::TempFolder;

namespace {

/// A window whose stack holds fake adapters.
struct PlayedWindow {
  explicit PlayedWindow(const TempFolder& temp) : PlayedWindow(lorikeet::test::prepareStudio(temp)) {}
  explicit PlayedWindow(const StudioConfig& config) : studio(config), window(studio) {
    window.resize(1280, 800);
    window.show();
    window.activateWindow();
    if (!QTest::qWaitForWindowActive(&window)) qFatal("the window does not become active");
  }
  template <class Type>
  Type* find(const char* name) const {
    auto* found = window.findChild<Type*>(QString::fromLatin1(name));
    if (!found) qFatal("nothing is called %s", name);
    return found;
  }
  QStringList names() const {
    QStringList list;
    for (const AdapterEntry& entry : studio.stack.state().entries)
      list << QFileInfo(pathToQString(entry.use.file)).completeBaseName();
    return list;
  }
  QList<AdapterRow*> rows() const {
    QList<AdapterRow*> list;
    for (const AdapterEntry& entry : studio.stack.state().entries)
      for (auto* row : window.findChildren<AdapterRow*>())
        if (row->id() == entry.id) list << row;
    return list;
  }
  /// Drops a row at a height of the list, counted in rows, by the events that a drag of its handle sends.
  void dragRow(int from, double rowsDown) const {
    auto* list = find<QWidget>("adapterList");
    QMimeData data;
    data.setData(QLatin1String(kAdapterRowMime), QByteArray::number(rows().at(from)->id()));
    const QPoint target(20, int(rowsDown * rows().at(0)->height()));
    QDragEnterEvent enter(target, Qt::MoveAction, &data, Qt::LeftButton, Qt::NoModifier);
    QApplication::sendEvent(list, &enter);
    QDragMoveEvent move(target, Qt::MoveAction, &data, Qt::LeftButton, Qt::NoModifier);
    QApplication::sendEvent(list, &move);
    if (!enter.isAccepted() || !move.isAccepted()) qFatal("the list refuses its own row");
    QDropEvent drop(target, Qt::MoveAction, &data, Qt::LeftButton, Qt::NoModifier);
    QApplication::sendEvent(list, &drop);
  }
  /// Difference between the lightest and the darkest spot of the first row's handle.
  int handleContrast() const {
    const QImage image = rows().at(0)->findChild<DragHandle*>()->grab().toImage();
    int least = 255, most = 0;
    for (int y = 0; y < image.height(); ++y)
      for (int x = 0; x < image.width(); ++x) {
        least = std::min(least, qGray(image.pixel(x, y)));
        most = std::max(most, qGray(image.pixel(x, y)));
      }
    return most - least;
  }
  QList<QAction*> sets() const {
    auto* menu = find<QMenu>("setsMenu");
    emit menu->aboutToShow();
    return menu->actions();
  }

  Studio studio;
  MainWindow window;
};

QString fake(const TempFolder& temp, const char* name, const char* metadata = "") {
  const QString file = temp.path("loras/") + QLatin1String(name) + QStringLiteral(".safetensors");
  lorikeet::test::writeFakeAdapter(toPath(file), metadata);
  return file;
}

QAction* actionCalled(const QList<QAction*>& actions, const QString& text) {
  for (QAction* action : actions)
    if (action->text().remove(u'&') == text) return action;
  return nullptr;
}

}  // namespace

class StackWindowTest : public QObject {
  Q_OBJECT
 private slots:
  void rowsAreDraggedIntoOrder() {
    TempFolder temp;
    PlayedWindow test(temp);
    test.studio.stack.addFiles({fake(temp, "a"), fake(temp, "b"), fake(temp, "c")});
    QTRY_COMPARE(test.rows().size(), 3);
    QTest::qWait(50);  // rows are laid out
    test.dragRow(0, 2.9);
    QCOMPARE(test.names(), QStringList({"b", "c", "a"}));
    QTest::qWait(50);
    test.dragRow(2, 0.1);
    QCOMPARE(test.names(), QStringList({"a", "b", "c"}));
    test.studio.stack.undoStack().undo();
    QCOMPARE(test.names(), QStringList({"b", "c", "a"}));
  }

  void aHeldHandleBeginsADrag() {
    DragHandle handle;
    QSignalSpy dragged(&handle, &DragHandle::dragged);
    QTest::mouseMove(&handle, QPoint(5, 40));
    QCOMPARE(dragged.count(), 0);
    QTest::mousePress(&handle, Qt::LeftButton, {}, QPoint(5, 5));
    QMouseEvent little(QEvent::MouseMove, QPointF(5, 6), QPointF(5, 6), Qt::NoButton, Qt::LeftButton, {});
    QApplication::sendEvent(&handle, &little);
    QCOMPARE(dragged.count(), 0);
    QMouseEvent far(QEvent::MouseMove, QPointF(5, 45), QPointF(5, 45), Qt::NoButton, Qt::LeftButton, {});
    QApplication::sendEvent(&handle, &far);
    QCOMPARE(dragged.count(), 1);
  }

  void theHandleFollowsTheTheme() {
    TempFolder temp;
    PlayedWindow test(temp);
    test.studio.stack.addFiles({fake(temp, "a")});
    QTRY_COMPARE(test.rows().size(), 1);
    QVERIFY2(test.handleContrast() > 100, qPrintable(QString::number(test.handleContrast())));
    test.find<QAction>("themeDark")->trigger();
    QVERIFY2(test.handleContrast() > 100, qPrintable(QString::number(test.handleContrast())));
    test.find<QAction>("themeLight")->trigger();
  }

  void aTriggerChipPutsItsWordIntoThePrompt() {
    TempFolder temp;
    PlayedWindow test(temp);
    test.studio.stack.addFiles({fake(temp, "ink", R"("modelspec.trigger_phrase": "ink style")")});
    QTRY_VERIFY_WITH_TIMEOUT(test.window.findChild<QToolButton*>(QStringLiteral("triggerChip")), kTimeoutMs);
    auto* prompt = test.find<QPlainTextEdit>("promptEdit");
    prompt->setPlainText(QStringLiteral("a fox"));
    prompt->moveCursor(QTextCursor::End);
    QTest::mouseClick(test.find<QToolButton>("triggerChip"), Qt::LeftButton);
    QCOMPARE(prompt->toPlainText(), QStringLiteral("a fox, ink style"));
  }

  void setsAreSavedLoadedAndRemoved() {
    TempFolder temp;
    PlayedWindow test(temp);
    QVERIFY(!test.sets().isEmpty());
    QVERIFY(!test.find<QAction>("saveSet")->isEnabled());
    test.studio.stack.addFiles({fake(temp, "a"), fake(temp, "b")});
    test.sets();
    test.find<QAction>("saveSet")->trigger();
    auto* dialog = test.find<QInputDialog>("setNameDialog");
    dialog->setTextValue(QStringLiteral("Night & day"));
    dialog->accept();
    test.studio.stack.clear();
    QAction* load = actionCalled(test.sets(), QStringLiteral("Night  day"));  // "&&" without its signs
    QVERIFY(load);
    load->trigger();
    QCOMPARE(test.names(), QStringList({"a", "b"}));
    test.studio.stack.undoStack().undo();
    QCOMPARE(test.names(), QStringList());
    QAction* removal = actionCalled(test.sets(), QStringLiteral("Remove a Set"));
    QVERIFY(removal && removal->menu());
    removal->menu()->actions().at(0)->trigger();
    QVERIFY(actionCalled(test.sets(), QStringLiteral("No Sets Yet")));
  }

  void aDroppedFolderBecomesRows() {
    TempFolder temp;
    PlayedWindow test(temp);
    fake(temp, "deep/b");
    fake(temp, "a");
    QFile notes(temp.path("loras/notes.txt"));
    QVERIFY(notes.open(QIODevice::WriteOnly));
    QMimeData data;
    data.setUrls({QUrl::fromLocalFile(temp.path("loras"))});
    const QPointF point = test.window.rect().center();
    QDragEnterEvent enter(point.toPoint(), Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
    QApplication::sendEvent(&test.window, &enter);
    QVERIFY(enter.isAccepted());
    QDropEvent drop(point, Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
    QApplication::sendEvent(&test.window, &drop);
    QTRY_COMPARE_WITH_TIMEOUT(test.names(), QStringList({"a", "b"}), kTimeoutMs);
    QCOMPARE(test.studio.stack.undoStack().count(), 1);
  }

  void soloAndMuteOutlastARestart() {
    TempFolder temp;
    const StudioConfig config = lorikeet::test::prepareStudio(temp);
    AdapterStackState left;
    {
      PlayedWindow test(config);
      test.studio.stack.addFiles({fake(temp, "a"), fake(temp, "b"), fake(temp, "c")});
      QTRY_COMPARE(test.rows().size(), 3);
      test.rows().at(0)->findChild<QToolButton*>("adapterSolo")->click();
      test.rows().at(1)->findChild<QToolButton*>("adapterMute")->click();
      left = test.studio.stack.state();
      test.window.close();
    }
    PlayedWindow again(config);
    const std::vector<AdapterEntry>& entries = again.studio.stack.state().entries;
    QCOMPARE(entries.size(), size_t(3));
    for (size_t i = 0; i < entries.size(); ++i) {
      QCOMPARE(entries[i].use, left.entries[i].use);
      QCOMPARE(entries[i].solo, left.entries[i].solo);
      QCOMPARE(entries[i].muted, left.entries[i].muted);
    }
    QCOMPARE(again.studio.stack.undoStack().count(), 0);
    again.rows().at(0)->findChild<QToolButton*>("adapterSolo")->click();
    QVERIFY(isInEffect(again.studio.stack.state(), entries[2]));
    again.studio.stack.undoStack().undo();
    QVERIFY(!isInEffect(again.studio.stack.state(), entries[2]));
  }
};

namespace {
const lorikeet::TestCase<StackWindowTest> kStackWindowTest("stack_window");
}  // namespace
#include "stack_window_test.moc"

// The history's panel in the window: searched, filtered, rated, moved to the trash and back, compared, used again.
#include <QComboBox>
#include <QDateEdit>
#include <QLabel>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QScrollBar>
#include <QTableWidget>
#include <QToolButton>
#include <QtTest>

#include "history/compare_window.h"
#include "history/history_delegate.h"
#include "history/history_panel.h"
#include "history/history_view.h"
#include "mainwindow/main_window.h"
#include "support/history_pictures.h"
#include "support/qt/test_program.h"
#include "widgets/action_table.h"
#include "widgets/message_bar.h"

using namespace lorikeet;
using lorikeet::test::fillHistory;
using lorikeet::test::kTimeoutMs;
using lorikeet::test::makePicture;
using lorikeet::test::TempFolder;

namespace {

/// A window with its history in front.
struct HistoryWindow {
  explicit HistoryWindow(const TempFolder& temp) : studio(lorikeet::test::prepareStudio(temp)), window(studio) {
    QObject::connect(&studio.history, &PictureHistory::scanned, [this](int done, int total) { idle = done == total; });
    window.resize(1280, 900);
    window.show();
    window.activateWindow();
    if (!QTest::qWaitForWindowActive(&window)) qFatal("the window does not become active");
    trigger("showHistory");
  }
  template <class Type>
  Type* find(const char* name) const {
    auto* found = window.findChild<Type*>(QString::fromLatin1(name));
    if (!found) qFatal("nothing is called %s", name);
    return found;
  }
  void trigger(const char* name) const { find<QAction>(name)->trigger(); }
  HistoryView& view() const { return *find<HistoryView>("historyView"); }
  HistoryModel& model() const { return find<HistoryPanel>("historyPanel")->model(); }
  /// Waits for the answer to what was asked last.
  bool shows(int count) {
    return QTest::qWaitFor([&] { return idle && model().rowCount() == count; }, kTimeoutMs);
  }
  void write(const QString& words) const { find<QLineEdit>("historySearch")->setText(words); }
  void choose(const char* box, const QVariant& choice) const {
    auto* combo = find<QComboBox>(box);
    if (!QTest::qWaitFor([&] { return combo->findData(choice) >= 0; }, kTimeoutMs))
      qFatal("%s has no such choice", box);
    combo->setCurrentIndex(combo->findData(choice));
  }
  /// Marks rows whose pictures are known.
  void mark(const QList<int>& rows) const {
    view().setFocus();
    view().clearSelection();
    for (const int row : rows) {
      const QModelIndex index = model().index(row);
      view().selectionModel()->setCurrentIndex(index, QItemSelectionModel::Select);
      if (!QTest::qWaitFor([&] { return !model().entry(row).file.isEmpty(); }, kTimeoutMs)) qFatal("no entry");
    }
  }

  Studio studio;
  MainWindow window;
  bool idle = false;
};

void makePictures(const TempFolder& temp, int count) {
  for (int i = 0; i < count; ++i) {
    GenerateRequest request;
    request.prompt = i % 2 ? "a red fox, snow" : "a blue bird, snow";
    request.negativePrompt = "blurry";
    request.seed = uint64_t(i);
    makePicture(temp, QStringLiteral("day/%1.png").arg(i), request, i == 0 ? "other" : "tiny", uint8_t(40 * i));
  }
}

}  // namespace

class HistoryPanelTest : public QObject {
  Q_OBJECT
 private slots:
  void wordsAndFiltersNarrowTheList() {
    TempFolder temp;
    makePictures(temp, 4);
    HistoryWindow session(temp);
    QVERIFY(session.shows(4));
    QVERIFY(session.view().isVisible());
    session.write(QStringLiteral("fo sno"));
    QVERIFY(session.shows(2));
    QTRY_COMPARE(session.find<QLabel>("historyCount")->text(), QStringLiteral("2 found"));
    session.write(QStringLiteral("BLURRY other"));
    QVERIFY(session.shows(1));
    session.write({});
    session.choose("historyModel", QStringLiteral("tiny"));
    QVERIFY(session.shows(3));
    session.find<QToolButton>("historyResetFilters")->click();
    QVERIFY(session.shows(4));
    auto* dates = session.find<QComboBox>("historyDates");
    for (int row = 0; row < dates->count(); ++row) {  // they were all made today
      dates->setCurrentIndex(row);
      QVERIFY(session.shows(4));
    }
    session.find<QDateEdit>("historyFirstDay")->setDate(QDate::currentDate().addDays(-9));
    session.find<QDateEdit>("historyLastDay")->setDate(QDate::currentDate().addDays(-2));
    QVERIFY(session.shows(0));
  }

  void columnsFillThePanel() {
    TempFolder temp;
    makePictures(temp, 9);
    HistoryWindow session(temp);
    QVERIFY(session.shows(9));
    HistoryView view(session.model(), *session.window.findChild<ActionTable*>());
    for (int width = 140; width <= 900; width += 19) {
      view.resize(width, 400);
      view.show();
      QCoreApplication::processEvents();
      const int side = view.gridSize().width();
      int columns = 0;
      while (columns < 9 && view.visualRect(session.model().index(columns)).top() <
                                view.visualRect(session.model().index(0)).top() + side / 2)
        ++columns;
      const int filled = view.viewport()->width() - 6 - columns;
      QVERIFY2(columns == 9 || columns * side >= filled, qPrintable(QString::number(width)));
    }
  }

  void starsSurviveARestart() {
    TempFolder temp;
    makePictures(temp, 3);
    QString rated;
    {
      HistoryWindow session(temp);
      QVERIFY(session.shows(3));
      session.mark({1});
      rated = session.model().entry(1).file;
      QTest::keyClick(&session.view(), Qt::Key_3);
      QTRY_COMPARE(session.model().entry(1).rating, 3);
      const QRect cell = session.view().visualRect(session.model().index(0));
      QPoint star;
      for (int x = cell.left(); x < cell.right() && star.isNull(); ++x)
        if (HistoryDelegate::starAt(cell, {x, cell.bottom() - 14}) == 5) star = {x + 3, cell.bottom() - 14};
      QVERIFY(!star.isNull());
      QTest::mouseClick(session.view().viewport(), Qt::LeftButton, {}, star);
      QTRY_COMPARE(session.model().entry(0).rating, 5);
      QTest::mouseClick(session.view().viewport(), Qt::LeftButton, {}, star);  // the same star again takes them away
      QTRY_COMPARE(session.model().entry(0).rating, 0);
    }
    HistoryWindow session(temp);
    session.choose("historyRating", 3);
    QVERIFY(session.shows(1));
    session.mark({0});
    QCOMPARE(session.model().entry(0).file, rated);
  }

  void theTrashIsUndone() {
    TempFolder temp;
    QVERIFY(QDir().mkpath(temp.path("data")));
    qputenv("XDG_DATA_HOME", temp.path("data").toLocal8Bit());
    makePictures(temp, 3);
    HistoryWindow session(temp);
    QVERIFY(session.shows(3));
    QVERIFY(!session.find<QWidget>("historyTrashBar")->isVisible());
    session.mark({0, 2});
    const QString file = session.model().entry(2).file;
    QTest::keyClick(&session.view(), Qt::Key_Delete);
    QVERIFY(session.shows(1));
    QVERIFY(!QFile::exists(file));
    QTRY_VERIFY(session.find<QWidget>("historyTrashBar")->isVisible());
    QCOMPARE(session.find<QLabel>("historyTrashText")->text(), QStringLiteral("2 pictures are in the trash."));
    session.find<QAbstractButton>("undoTrashButton")->click();
    QVERIFY(session.shows(3));
    QVERIFY(QFile::exists(file));
    QTRY_VERIFY(!session.find<QWidget>("historyTrashBar")->isVisible());
    QVERIFY(!session.find<QAction>("undoTrash")->isEnabled());
    qunsetenv("XDG_DATA_HOME");
  }

  void picturesAreComparedSideBySide() {
    TempFolder temp;
    makePictures(temp, 5);
    HistoryWindow session(temp);
    QVERIFY(session.shows(5));
    session.write(QStringLiteral("fox"));
    QVERIFY(session.shows(2));
    session.mark({0, 1});
    QTest::keyClick(&session.view(), Qt::Key_Space);
    auto* comparison = session.find<CompareWindow>("compareWindow");
    const auto hasAll = [&](size_t count) {
      return comparison->panes().size() == count &&
             std::ranges::all_of(comparison->panes(), [](const ComparePane* pane) { return pane->hasPicture(); });
    };
    QTRY_VERIFY_WITH_TIMEOUT(hasAll(2), kTimeoutMs);
    auto* table = comparison->findChild<QTableWidget*>(QStringLiteral("differenceTable"));
    QTRY_COMPARE(table->rowCount(), 1);
    QCOMPARE(table->verticalHeaderItem(0)->text(), QStringLiteral("Seed"));
    QCOMPARE((QSet<QString>{table->item(0, 0)->text(), table->item(0, 1)->text()}),
             (QSet<QString>{QStringLiteral("1"), QStringLiteral("3")}));
    QCOMPARE(comparison->findChild<QLabel*>(QStringLiteral("differenceVerdict"))->text(),
             QStringLiteral("1 setting differs"));
    comparison->findChild<QAbstractButton*>(QStringLiteral("onlyDifferences"))->setChecked(false);
    QVERIFY(table->rowCount() > 5);
    session.write({});
    QVERIFY(session.shows(5));
    session.mark({0, 1, 2, 3});
    session.trigger("comparePictures");
    QTRY_VERIFY_WITH_TIMEOUT(hasAll(4), kTimeoutMs);
    QWheelEvent wheel({60, 60}, comparison->panes()[1]->mapToGlobal(QPointF(60, 60)), {}, {0, 480}, Qt::NoButton,
                      Qt::NoModifier, Qt::NoScrollPhase, false);
    QCoreApplication::sendEvent(comparison->panes()[1], &wheel);
    QVERIFY(comparison->panes()[1]->view().zoom > 1.5);
    for (const ComparePane* pane : comparison->panes()) QCOMPARE(pane->view(), comparison->panes()[1]->view());
    session.mark({0, 1, 2, 3, 4});
    QVERIFY(!session.find<QAction>("comparePictures")->isEnabled());
  }

  void settingsAreUsedAgainAndPicturesLeave() {
    TempFolder temp;
    makePictures(temp, 2);
    HistoryWindow session(temp);
    QVERIFY(session.shows(2));
    session.write(QStringLiteral("fox"));
    QVERIFY(session.shows(1));
    session.mark({0});
    const QPoint place = session.view().visualRect(session.model().index(0)).topLeft() + QPoint(20, 20);
    QTest::mouseDClick(session.view().viewport(), Qt::LeftButton, {}, place);
    QTRY_COMPARE(session.find<QPlainTextEdit>("promptEdit")->toPlainText(), QStringLiteral("a red fox, snow"));
    QTRY_COMPARE(session.studio.settings.request().seed, 1u);
    const std::unique_ptr<QMimeData> data(session.model().mimeData({session.model().index(0)}));
    QCOMPARE(data->urls(), QList<QUrl>{QUrl::fromLocalFile(session.model().entry(0).file)});
    session.trigger("editHistoryPicture");
    QTRY_COMPARE_WITH_TIMEOUT(session.studio.canvas.size(), QSize(16, 8), kTimeoutMs);
    QVERIFY(session.find<QWidget>("editPage")->isVisible());
  }

  void finishedPicturesAreIndexed() {
    TempFolder temp;
    HistoryWindow session(temp);
    QVERIFY(session.shows(0));
    session.find<QPlainTextEdit>("promptEdit")->setPlainText(QStringLiteral("a quiet harbour"));
    session.trigger("generate");
    QVERIFY(session.shows(1));
    session.write(QStringLiteral("harbour"));
    QVERIFY(session.shows(1));
    session.mark({0});
    QCOMPARE(session.model().entry(0).file, session.studio.results.at(0).file);
  }

  void aHundredThousandPicturesAreScrolledAndSearched() {
    TempFolder temp;
    QCOMPARE(fillHistory(temp.path("settings.ini.data/history/history.sqlite")), QString());
    HistoryWindow session(temp);
    QVERIFY(session.shows(100'000));
    QScrollBar* bar = session.view().verticalScrollBar();
    QTRY_VERIFY_WITH_TIMEOUT(bar->maximum() > 100'000, kTimeoutMs);
    for (int i = 1; i <= 20; ++i) {
      bar->setValue(bar->maximum() / 20 * i);
      QCoreApplication::processEvents();
    }
    bar->setValue(bar->maximum());
    QTRY_VERIFY_WITH_TIMEOUT(!session.model().entry(99'999).file.isEmpty(), kTimeoutMs);
    QVERIFY(session.model().entry(40'321).file.isEmpty());
    for (const QString& words : {QStringLiteral("r"), QStringLiteral("re"), QStringLiteral("red")})
      session.write(words);
    QVERIFY(session.shows(100'000));
    session.write(QStringLiteral("red picture 77777"));
    QVERIFY(session.shows(1));
    QTRY_COMPARE_WITH_TIMEOUT(session.model().entry(0).file, QStringLiteral("/nowhere/77777.png"), kTimeoutMs);
  }

  void aDamagedIndexIsMadeAnewWithASentence() {
    TempFolder temp;
    makePictures(temp, 3);
    QVERIFY(QDir().mkpath(temp.path("settings.ini.data/history")));
    QFile file(temp.path("settings.ini.data/history/history.sqlite"));
    QVERIFY(file.open(QIODevice::WriteOnly) && file.write(QByteArray(9000, 'x')) > 0);
    file.close();
    HistoryWindow session(temp);
    QVERIFY(session.shows(3));
    QTRY_VERIFY(session.find<MessageBar>("messageBar")->text().contains(QStringLiteral("history.sqlite.damaged-")));
  }

  void twoProgramsShareOneFolder() {
    TempFolder temp;
    makePictures(temp, 2);
    HistoryWindow first(temp);
    HistoryWindow second(temp);
    QVERIFY(first.shows(2) && second.shows(2));
    first.mark({0});
    QTest::keyClick(&first.view(), Qt::Key_4);
    second.choose("historyRating", 4);
    QVERIFY(second.shows(1));
    second.studio.history.add(makePicture(temp, QStringLiteral("day/9.png"), "a harbour"));
    QVERIFY(first.shows(3));
  }
};

namespace {
const lorikeet::TestCase<HistoryPanelTest> kHistoryPanelTest("history_panel");
}  // namespace
#include "history_panel_test.moc"

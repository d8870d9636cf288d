// The dock of the adapter library in the window: searched, filtered, noted, into the stack and into the prompt.
#include <QDoubleSpinBox>
#include <QFileDialog>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QMimeData>
#include <QPlainTextEdit>
#include <QStackedWidget>
#include <QToolButton>
#include <QtTest>

#include "adapters/weight_slider.h"
#include "library/library_delegate.h"
#include "library/library_panel.h"
#include "library/library_view.h"
#include "mainwindow/main_window.h"
#include "support/fake_adapters.h"
#include "support/history_pictures.h"
#include "support/qt/test_program.h"
#include "widgets/message_bar.h"

using namespace lorikeet;
using lorikeet::test::kTimeoutMs;
using lorikeet::test::TempFolder;

namespace {

void addAdapter(const TempFolder& temp, const char* name, const char* metadata = "") {
  lorikeet::test::writeFakeAdapter(toPath(temp.path("adapters/") + QLatin1String(name)), metadata);
}

StudioConfig prepareLibrary(const TempFolder& temp) {
  const StudioConfig config = lorikeet::test::prepareStudio(temp);
  Settings settings(config.settingsFile);
  Preferences preferences = settings.preferences();
  preferences.adaptersFolder = temp.path("adapters");
  QDir().mkpath(preferences.adaptersFolder);
  settings.setPreferences(preferences);
  return config;
}

/// A window with its library in front.
struct LibraryWindow {
  explicit LibraryWindow(const TempFolder& temp) : studio(prepareLibrary(temp)), window(studio) {
    window.resize(1280, 900);
    window.show();
    window.activateWindow();
    if (!QTest::qWaitForWindowActive(&window)) qFatal("the window does not become active");
    find<QAction>("showLibrary")->trigger();
    if (!QTest::qWaitFor([this] { return !studio.adapters.isBusy(); }, kTimeoutMs)) qFatal("always busy");
  }
  template <class Type>
  Type* find(const char* name) const {
    auto* found = window.findChild<Type*>(QString::fromLatin1(name));
    if (!found) qFatal("nothing is called %s", name);
    return found;
  }
  LibraryView& view() const { return *find<LibraryView>("libraryView"); }
  AdapterListModel& model() const { return find<LibraryPanel>("libraryPanel")->model(); }
  QString prompt() const { return find<QPlainTextEdit>("promptEdit")->toPlainText(); }
  QLineEdit* search() const { return find<QLineEdit>("librarySearch"); }
  QStringList shown() const {
    QStringList names;
    for (int row = 0; row < model().rowCount(); ++row) names << model().at(row).name;
    return names;
  }
  QImage thumbnail(int row) const { return model().index(row).data(Qt::DecorationRole).value<QImage>(); }
  void mark(int row) const {
    view().setFocus();
    view().setCurrentIndex(model().index(row));
  }
  /// Chooses an entry of the menu of the marked row.
  void choose(const char* text) const {
    QContextMenuEvent event(QContextMenuEvent::Keyboard, QPoint(), view().mapToGlobal(QPoint()));
    QApplication::sendEvent(&view(), &event);
    auto* menu = find<QMenu>("libraryMenu");
    for (QAction* action : menu->actions())
      if (action->text().remove(u'&').startsWith(QLatin1String(text))) {
        action->trigger();
        menu->close();
        QCoreApplication::sendPostedEvents(menu, QEvent::DeferredDelete);
        return;
      }
    qFatal("the menu has no %s", text);
  }
  std::vector<AdapterEntry> rows() const { return studio.stack.state().entries; }

  Studio studio;
  MainWindow window;
};

}  // namespace

class LibraryPanelTest : public QObject {
  Q_OBJECT
 private slots:
  void returnAndDoubleClickPutAdaptersIntoTheStack() {
    TempFolder temp;
    addAdapter(temp, "ink.safetensors");
    addAdapter(temp, "neon.safetensors");
    QFile sidecar(temp.path("adapters/neon.json"));
    QVERIFY(sidecar.open(QIODevice::WriteOnly));
    sidecar.write(R"({"preferred weight": 0.4})");
    sidecar.close();
    const LibraryWindow test(temp);
    QCOMPARE(test.shown(), QStringList({"ink", "neon"}));
    QVERIFY(test.view().isVisible());
    QVERIFY(test.search()->hasFocus());
    QTest::keyClicks(test.search(), "neo");
    QCOMPARE(test.shown(), QStringList({"neon"}));
    QTest::keyClick(test.search(), Qt::Key_Return);
    QCOMPARE(test.rows().size(), size_t(1));
    QCOMPARE(test.rows()[0].use.weight, 0.4);
    auto* slider = test.find<WeightSlider>("adapterSlider");
    QTest::keyClick(slider, Qt::Key_End);
    QCOMPARE(test.rows()[0].use.weight, 2.0);
    QTest::mouseDClick(slider, Qt::LeftButton);
    QCOMPARE(test.rows()[0].use.weight, 0.4);
    QVERIFY(test.model().index(0).data(AdapterListModel::UsedRole).toBool());
    QVERIFY(test.view().isVisible());  // so that more can be added
    test.search()->clear();
    QTest::keyClick(test.search(), Qt::Key_Down);
    QVERIFY(test.view().hasFocus());
    const QPoint place = test.view().visualRect(test.model().index(0)).center();
    QTest::mouseDClick(test.view().viewport(), Qt::LeftButton, {}, place);
    QCOMPARE(test.rows().size(), size_t(2));
    QCOMPARE(pathToQString(test.rows()[1].use.file), temp.path("adapters/ink.safetensors"));
    QVERIFY(QFile::remove(temp.path("adapters/ink.safetensors")));
    QTest::keyClick(&test.view(), Qt::Key_Return);
    QCOMPARE(test.rows().size(), size_t(2));
    QVERIFY(test.find<MessageBar>("messageBar")->text().contains("ink.safetensors"));
  }

  void wordsAndTagsGoIntoThePrompt() {
    TempFolder temp;
    addAdapter(temp, "ink.safetensors", R"("modelspec.trigger_phrase": "ink style, blot")");
    const LibraryWindow test(temp);
    test.mark(0);
    test.find<QPlainTextEdit>("promptEdit")->setPlainText(QStringLiteral("a fox"));
    test.find<QPlainTextEdit>("promptEdit")->moveCursor(QTextCursor::End);
    test.choose("Insert Its Trigger Words");
    QCOMPARE(test.prompt(), QStringLiteral("a fox, ink style, blot"));
    test.choose("Insert <lora:");
    QCOMPARE(test.prompt(), QStringLiteral("a fox, ink style, blot, <lora:ink:1>"));
  }

  void favouritesNotesAndWeightsAreKept() {
    TempFolder temp;
    addAdapter(temp, "ink.safetensors", R"("modelspec.trigger_phrase": "inky")");
    addAdapter(temp, "neon.safetensors");
    {
      const LibraryWindow test(temp);
      const QRect row = test.view().visualRect(test.model().index(1));
      QTest::mouseClick(test.view().viewport(), Qt::LeftButton, {}, LibraryDelegate::starPlace(row).center());
      QVERIFY(test.model().at(1).note.favourite);
      test.mark(0);
      QTest::keyClick(&test.view(), Qt::Key_Space);
      QTest::keyClick(&test.view(), Qt::Key_Space);
      QVERIFY(!test.model().at(0).note.favourite);
      QTest::keyClick(&test.view(), Qt::Key_F2);
      auto* weight = test.find<QDoubleSpinBox>("libraryWeight");
      QVERIFY(weight->isVisible() && weight->hasFocus());
      weight->setValue(0.65);
      test.find<QPlainTextEdit>("libraryNotes")->setPlainText(QStringLiteral("for posters"));
      test.mark(1);  // what was written goes to the adapter for which it was written
      QCOMPARE(test.model().at(0).note, (AdapterNote{false, "for posters", 0.65}));
      QCOMPARE(test.find<QPlainTextEdit>("libraryNotes")->toPlainText(), QString());
      test.mark(0);
      test.find<QToolButton>("triggerChip")->click();
      QVERIFY(test.prompt().endsWith("inky"));
    }
    const LibraryWindow again(temp);
    QTest::keyClicks(again.search(), "poster");
    QCOMPARE(again.shown(), QStringList({"ink"}));
    again.mark(0);
    QTest::keyClick(&again.view(), Qt::Key_Return);
    QCOMPARE(again.rows().at(0).use.weight, 0.65);
    again.search()->clear();
    again.find<QToolButton>("libraryFavourites")->click();
    QCOMPARE(again.shown(), QStringList({"neon"}));
  }

  void filtersByFamilyAndKeepsTheMarkedRow() {
    TempFolder temp;
    addAdapter(temp, "ink.safetensors", R"("ss_base_model_version": "sd_v1")");
    addAdapter(temp, "neon.safetensors", R"("ss_base_model_version": "sdxl_base")");
    addAdapter(temp, "oil.safetensors", R"("ss_base_model_version": "sd_v1")");
    const LibraryWindow test(temp);
    test.mark(2);
    auto* menu = test.find<QToolButton>("libraryFilter")->menu();
    emit menu->aboutToShow();
    const auto choose = [menu](const char* text) {
      for (QAction* action : menu->actions())
        if (action->text().remove(u'&') == QLatin1String(text)) return action->trigger();
      qFatal("no such choice");
    };
    choose("SD 1.x");
    QCOMPARE(test.shown(), QStringList({"ink", "oil"}));
    QCOMPARE(test.view().current()->name, QStringLiteral("oil"));
    QCOMPARE(test.find<QLabel>("libraryNote")->text(), QStringLiteral("2 of 3"));
    emit menu->aboutToShow();
    choose("All Families");
    QCOMPARE(test.shown().size(), 3);
    QCOMPARE(test.view().currentIndex().row(), 2);
    QTest::keyClicks(&test.view(), "nx");  // typing in the list goes on in the search
    QCOMPARE(test.search()->text(), QStringLiteral("nx"));
    QCOMPARE(test.shown(), QStringList());
  }

  void anEmptyLibraryOffersToChooseAFolder() {
    TempFolder temp;
    lorikeet::test::writeFakeAdapter(toPath(temp.path("webui/models/Lora/ink.safetensors")));
    const LibraryWindow test(temp);
    auto* pages = test.find<QStackedWidget>("libraryPages");
    QCOMPARE(pages->currentIndex(), 0);
    test.find<QAbstractButton>("addAdapterFolderButton")->click();
    auto* dialog = test.find<QFileDialog>("adapterFolderDialog");
    emit dialog->fileSelected(temp.path("webui"));
    dialog->close();
    QTRY_COMPARE_WITH_TIMEOUT(test.shown(), QStringList({"ink"}), kTimeoutMs);
    QCOMPARE(pages->currentIndex(), 1);
    QCOMPARE(test.studio.settings.preferences().moreAdapterFolders, QStringList({temp.path("webui/models/Lora")}));
    emit test.find<LibraryPanel>("libraryPanel")->folderRemoved(temp.path("webui/models/Lora"));
    QTRY_COMPARE_WITH_TIMEOUT(pages->currentIndex(), 0, kTimeoutMs);
  }

  void onlyChosenFoldersCanBeLeftOut() {
    TempFolder temp;
    LibraryWindow test(temp);
    auto* menu = test.find<QMenu>("libraryFolderMenu");
    const auto offered = [menu] {
      emit menu->aboutToShow();
      QList<bool> enabled;
      for (QAction* action : menu->actions())
        if (action->menu()) enabled << action->menu()->actions().constFirst()->isEnabled();
      return enabled;
    };
    QCOMPARE(offered(), QList<bool>{true});
    Preferences preferences = test.studio.settings.preferences();
    preferences.adaptersFolder.clear();
    preferences.moreAdapterFolders = QStringList{temp.path("adapters")};
    test.studio.settings.setPreferences(preferences);
    QTRY_VERIFY_WITH_TIMEOUT(offered().contains(false), kTimeoutMs);  // the starter model's
    QVERIFY(offered().contains(true));
  }

  void rowsAreDraggedOutAsFilesAndPicturesOfTheHistoryAreTheirThumbnails() {
    TempFolder temp;
    addAdapter(temp, "ink.safetensors");
    GenerateRequest request;
    request.prompt = "a fox <lora:ink:1>";
    lorikeet::test::makePicture(temp, QStringLiteral("1.png"), request, "tiny", 200);
    const LibraryWindow test(temp);
    const std::unique_ptr<QMimeData> data(test.model().mimeData({test.model().index(0)}));
    QCOMPARE(data->urls(), QList<QUrl>{QUrl::fromLocalFile(temp.path("adapters/ink.safetensors"))});
    QTRY_COMPARE_WITH_TIMEOUT(test.thumbnail(0).size(), QSize(16, 8), kTimeoutMs);
  }
};

namespace {
const lorikeet::TestCase<LibraryPanelTest> kLibraryPanelTest("library_panel");
}  // namespace
#include "library_panel_test.moc"

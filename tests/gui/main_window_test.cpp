// The window with the real engine and the tiny model: what a person does in it, by keyboard and mouse.
#include "mainwindow/main_window.h"

#include <QAbstractButton>
#include <QAbstractItemView>
#include <QAbstractSpinBox>
#include <QComboBox>
#include <QDialogButtonBox>
#include <QDockWidget>
#include <QLabel>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QSlider>
#include <QSpinBox>
#include <QStackedWidget>
#include <QTabBar>
#include <QtTest>

#include "canvas/canvas_view.h"
#include "studio/library/examples.h"
#include "support/qt/test_program.h"
#include "support/temp_studio.h"
#include "widgets/message_bar.h"

using namespace lorikeet;
using lorikeet::test::kTimeoutMs;
using lorikeet::test::TempFolder;

namespace {

/// A window on settings of its own.
struct Session {
  explicit Session(const StudioConfig& config) : studio(config), window(studio) {
    window.show();
    window.activateWindow();
    if (!QTest::qWaitForWindowActive(&window)) qFatal("the window does not become active");
  }

  template <class Widget>
  Widget* find(const char* name) const {
    auto* found = window.findChild<Widget*>(QString::fromLatin1(name));
    if (!found) qFatal("no widget is called %s", name);
    return found;
  }
  QAction* action(const char* name) const { return find<QAction>(name); }
  CanvasView* canvas() const { return find<CanvasView>("canvas"); }
  MessageBar* messages() const { return find<MessageBar>("messageBar"); }
  QString status() const { return find<QLabel>("statusText")->text(); }

  void type(const char* field, const QString& text) const {
    auto* widget = find<QWidget>(field);
    widget->setFocus();
    QTest::keyClick(widget, Qt::Key_A, Qt::ControlModifier);
    QTest::keyClicks(widget, text);
  }
  void setSteps(int steps) const {
    auto* number = find<QWidget>("stepsField")->findChild<QLineEdit*>();
    number->setFocus();
    number->selectAll();
    QTest::keyClicks(number, QString::number(steps));
    QTest::keyClick(number, Qt::Key_Return);
  }

  Studio studio;
  MainWindow window;
};

}  // namespace

class MainWindowTest : public QObject {
  Q_OBJECT

 private:
  /// Clicks the first example that is meant, and waits for its picture.
  static void tryExample(bool (*isMeant)(const GenerateRequest&)) {
    TempFolder temp;
    Session session(lorikeet::test::prepareStudio(temp));
    const std::vector<Example> examples = loadExamples();
    const auto found = std::ranges::find_if(examples, [&](const Example& e) { return isMeant(e.request); });
    QVERIFY(found != examples.end());
    const QByteArray card = "exampleCard" + QByteArray::number(qsizetype(found - examples.begin()));
    QTest::mouseClick(session.find<QAbstractButton>(card.constData()), Qt::LeftButton);
    QTRY_VERIFY_WITH_TIMEOUT(!session.studio.jobs.isRunning(), kTimeoutMs);
    QVERIFY2(!session.messages()->isVisible(), qPrintable(session.messages()->text()));
    if (found->request.init.empty()) {
      QTRY_COMPARE(session.studio.results.rowCount(), 1);
      QVERIFY(session.studio.results.at(0).request.controls == found->request.controls);
    } else {
      QTRY_COMPARE(session.studio.canvas.candidates().size(), 1);
      QVERIFY(session.studio.canvas.candidates().front() != session.studio.canvas.picture());
    }
  }

 private slots:
  void initTestCase() {
    QVERIFY2(QFileInfo::exists(lorikeet::test::tinyModel()), "tests/golden/tiny-sd1 is part of the repository");
  }

  void startsWithExamplesNotAnEmptyPage() {
    TempFolder temp;
    const Session session(lorikeet::test::prepareStudio(temp));
    QCOMPARE(session.find<QStackedWidget>("pages")->currentWidget()->objectName(), QStringLiteral("startPage"));
    QVERIFY(session.find<QAbstractButton>("exampleCard0")->isVisible());
  }

  void anExampleIsOneClick() {
    TempFolder temp;
    Session session(lorikeet::test::prepareStudio(temp));
    QTest::mouseClick(session.find<QAbstractButton>("exampleCard0"), Qt::LeftButton);
    QVERIFY(session.studio.jobs.isRunning());
    QVERIFY(session.studio.models.current().path.isEmpty());
    QVERIFY(!session.find<QPlainTextEdit>("promptEdit")->toPlainText().isEmpty());
    QTRY_COMPARE_WITH_TIMEOUT(session.studio.results.rowCount(), 1, kTimeoutMs);
    const Example example = loadExamples().front();
    const SessionResult& result = session.studio.results.at(0);
    QCOMPARE(result.request.prompt, example.request.prompt);
    QCOMPARE(result.request.seed, example.request.seed);
    QCOMPARE(result.image.size(), session.studio.models.current().nativeSize);
  }

  void anExampleBringsItsControls() {
    tryExample([](const GenerateRequest& request) { return !request.controls.empty(); });
  }
  void anExampleBringsItsMask() {
    tryExample([](const GenerateRequest& request) { return !request.mask.empty(); });
  }

  void adaptersNamedInThePromptAreUsedOrTheJobSaysWhy() {
    TempFolder temp;
    Session session(lorikeet::test::prepareStudio(temp));
    Preferences preferences = session.studio.settings.preferences();
    preferences.adaptersFolder = temp.path("adapters");
    QDir().mkpath(preferences.adaptersFolder);
    session.studio.settings.setPreferences(preferences);
    session.type("promptEdit", QStringLiteral("a blue bird <lora:ink:0.8>"));
    session.action("generate")->trigger();
    QTRY_VERIFY_WITH_TIMEOUT(session.messages()->isVisible(), kTimeoutMs);
    QVERIFY2(session.messages()->text().contains(u"<lora:ink>"), qPrintable(session.messages()->text()));
    QCOMPARE(session.studio.results.rowCount(), 0);

    QVERIFY(QFile::copy(QStringLiteral(LORIKEET_SOURCE_DIR "/tests/golden/lora/kohya_lora/adapter.safetensors"),
                        temp.path("adapters/ink.safetensors")));
    QTRY_VERIFY_WITH_TIMEOUT(session.action("generate")->isEnabled(), kTimeoutMs);
    session.action("generate")->trigger();
    QTRY_COMPARE_WITH_TIMEOUT(session.studio.results.rowCount(), 1, kTimeoutMs);
    const QImage adapted = session.studio.results.at(0).image;
    QCOMPARE(session.studio.results.at(0).request.prompt, "a blue bird <lora:ink:0.8>");
    session.find<QAbstractButton>("seedLock")->setChecked(true);
    QTRY_VERIFY_WITH_TIMEOUT(session.action("generate")->isEnabled(), kTimeoutMs);
    session.type("promptEdit", QStringLiteral("a blue bird"));
    session.action("generate")->trigger();
    QTRY_COMPARE_WITH_TIMEOUT(session.studio.results.rowCount(), 2, kTimeoutMs);
    QCOMPARE(session.studio.results.at(0).request.seed, session.studio.results.at(1).request.seed);
    QVERIFY(session.studio.results.at(0).image != adapted);
  }

  void generatesAndSavesAPicture() {
    TempFolder temp;
    Session session(lorikeet::test::prepareStudio(temp));
    session.type("promptEdit", QStringLiteral("a blue bird"));
    session.setSteps(3);
    QTest::keyClick(session.find<QWidget>("promptEdit"), Qt::Key_Return, Qt::ControlModifier);
    QVERIFY(session.studio.jobs.isRunning());
    QVERIFY(!session.action("generate")->isEnabled());
    QVERIFY(session.action("stop")->isEnabled());
    QTRY_VERIFY_WITH_TIMEOUT(!session.studio.jobs.isRunning(), kTimeoutMs);
    QVERIFY2(!session.messages()->isVisible(), qPrintable(session.messages()->text()));

    QCOMPARE(session.studio.results.rowCount(), 1);
    const SessionResult& result = session.studio.results.at(0);
    QCOMPARE(result.request.prompt, "a blue bird");
    QCOMPARE(result.request.steps, 3);
    QCOMPARE(result.image.size(), QSize(64, 64));
    QCOMPARE(lorikeet::test::pixelsOf(session.canvas()->picture()), result.image);
    QVERIFY(session.canvas()->isVisible());
    QVERIFY(session.action("generate")->isEnabled());

    QTRY_VERIFY(!session.studio.results.at(0).file.isEmpty());
    const QImage saved(session.studio.results.at(0).file);
    QCOMPARE(lorikeet::test::pixelsOf(saved), result.image);
    QVERIFY(saved.text(QStringLiteral("parameters")).startsWith(u"a blue bird"));
    QVERIFY(session.studio.results.at(0).file.startsWith(temp.path("pictures")));
  }

  void sameSettingsGiveTheSamePicture() {
    TempFolder temp;
    Session session(lorikeet::test::prepareStudio(temp));
    session.action("generate")->trigger();
    QTRY_COMPARE_WITH_TIMEOUT(session.studio.results.rowCount(), 1, kTimeoutMs);
    QTRY_VERIFY(!session.studio.jobs.isRunning());
    session.action("useSettings")->trigger();
    session.action("generate")->trigger();
    QTRY_COMPARE_WITH_TIMEOUT(session.studio.results.rowCount(), 2, kTimeoutMs);
    QCOMPARE(session.studio.results.at(0).image, session.studio.results.at(1).image);
    QTRY_VERIFY(!session.studio.jobs.isRunning());
    session.find<QAbstractButton>("seedLock")->setChecked(false);
    session.action("generate")->trigger();
    QTRY_COMPARE_WITH_TIMEOUT(session.studio.results.rowCount(), 3, kTimeoutMs);
    QVERIFY(session.studio.results.at(0).image != session.studio.results.at(1).image);
  }

  void severalPicturesUseTheNextSeeds() {
    TempFolder temp;
    Session session(lorikeet::test::prepareStudio(temp));
    session.find<QAbstractButton>("seedLock")->setChecked(true);
    session.find<QSpinBox>("countField")->setValue(3);
    session.action("generate")->trigger();
    QTRY_COMPARE_WITH_TIMEOUT(session.studio.results.rowCount(), 3, kTimeoutMs);
    QCOMPARE(session.studio.results.at(2).request.seed, quint64(42));
    QCOMPARE(session.studio.results.at(0).request.seed, quint64(44));
  }

  void showsThePictureAsItForms() {
    TempFolder temp;
    Session session(lorikeet::test::prepareStudio(temp));
    session.setSteps(1000);
    session.window.showCanvas();
    const QImage empty = session.canvas()->grab().toImage();
    QSignalSpy previews(&session.studio.jobs, &JobRunner::previewed);
    session.action("generate")->trigger();
    QTRY_VERIFY_WITH_TIMEOUT(previews.count() >= 2, kTimeoutMs);
    QVERIFY(session.canvas()->grab().toImage() != empty);
    QVERIFY(session.canvas()->picture().isNull());
    QVERIFY2(session.status().contains(QStringLiteral("of 1000")), qPrintable(session.status()));
    QVERIFY(session.window.windowTitle().contains(u'%'));
    session.action("stop")->trigger();
    QTRY_VERIFY(!session.studio.jobs.isRunning());
  }

  void stopsAtOnceByEscape() {
    TempFolder temp;
    Session session(lorikeet::test::prepareStudio(temp));
    session.setSteps(1000);
    QSignalSpy previews(&session.studio.jobs, &JobRunner::previewed);
    QSignalSpy finished(&session.studio.jobs, &JobRunner::finished);
    session.action("generate")->trigger();
    QTRY_VERIFY_WITH_TIMEOUT(previews.count() >= 1, kTimeoutMs);
    QTest::keyClick(&session.window, Qt::Key_Escape);
    QTRY_VERIFY(!session.studio.jobs.isRunning());
    QCOMPARE(finished.at(0).at(0).value<JobSummary>().status, Status::Stopped);
    QVERIFY2(session.status().startsWith(QStringLiteral("Stopped at step")), qPrintable(session.status()));
    QVERIFY(session.action("generate")->isEnabled());
    QVERIFY(!session.action("stop")->isEnabled());
    QCOMPARE(session.studio.results.rowCount(), 0);
  }

  void aFailingModelIsSaidAndTheWindowGoesOn() {
    TempFolder temp;
    QVERIFY(QDir().mkpath(temp.path("broken")));
    QFile index(temp.path("broken/model_index.json"));
    QVERIFY(index.open(QIODevice::WriteOnly));
    index.write("{\"_class_name\": \"StableDiffusionPipeline\"");
    index.close();
    Session session(lorikeet::test::prepareStudio(temp));
    session.window.openModel(temp.path("broken"));
    QSignalSpy failed(&session.studio.jobs, &JobRunner::failed);
    session.action("generate")->trigger();
    QTRY_COMPARE_WITH_TIMEOUT(failed.count(), 1, kTimeoutMs);
    QVERIFY(session.messages()->isVisible());
    QVERIFY2(session.messages()->text().contains(QStringLiteral("broken")), qPrintable(session.messages()->text()));
    QVERIFY(!session.messages()->text().contains(u'\n'));
    QVERIFY(!session.studio.jobs.isRunning());
    QVERIFY(!QApplication::activeModalWidget());

    session.window.openModel(lorikeet::test::tinyModel());
    session.action("generate")->trigger();
    QVERIFY(!session.messages()->isVisible());
    QTRY_COMPARE_WITH_TIMEOUT(session.studio.results.rowCount(), 1, kTimeoutMs);
  }

  void anUnwritablePicturesFolderLosesNoPicture() {
    TempFolder temp;
    const StudioConfig config = lorikeet::test::prepareStudio(temp);
    QFile blocker(temp.path("pictures"));
    QVERIFY(blocker.open(QIODevice::WriteOnly));
    Session session(config);
    session.action("generate")->trigger();
    QTRY_VERIFY_WITH_TIMEOUT(session.messages()->isVisible(), kTimeoutMs);
    QVERIFY(session.messages()->text().contains(temp.path("pictures")));
    QCOMPARE(session.studio.results.rowCount(), 1);
    QVERIFY(!session.canvas()->picture().isNull());
  }

  void closesWhileItRuns() {
    TempFolder temp;
    Session session(lorikeet::test::prepareStudio(temp));
    session.setSteps(1000);
    QSignalSpy previews(&session.studio.jobs, &JobRunner::previewed);
    session.action("generate")->trigger();
    QTRY_VERIFY_WITH_TIMEOUT(previews.count() >= 1, kTimeoutMs);
    QVERIFY(session.window.close());
    QVERIFY(!session.window.isVisible());
    QVERIFY(!session.studio.jobs.isRunning());
  }

  void picturesFinishedWhenItClosesAreSaved() {
    TempFolder temp;
    Session session(lorikeet::test::prepareStudio(temp));
    session.setSteps(1);
    session.find<QSpinBox>("countField")->setValue(100);
    session.action("generate")->trigger();
    QTRY_VERIFY_WITH_TIMEOUT(session.studio.results.rowCount() >= 2, kTimeoutMs);
    session.window.close();
    QCoreApplication::processEvents();
    for (int row = 0; row < session.studio.results.rowCount(); ++row)
      QVERIFY(QFileInfo::exists(session.studio.results.at(row).file));
  }

  void keepsItsSettings() {
    TempFolder temp;
    const StudioConfig config = lorikeet::test::prepareStudio(temp);
    {
      Session session(config);
      session.type("promptEdit", QStringLiteral("kept words"));
      session.setSteps(17);
      session.find<QAbstractButton>("seedLock")->setChecked(true);
      session.action("themeDark")->trigger();
      session.window.resize(1111, 777);
      session.find<QDockWidget>("stripDock")->close();
      session.window.close();
    }
    Session again(config);
    QCOMPARE(again.find<QPlainTextEdit>("promptEdit")->toPlainText(), QStringLiteral("kept words"));
    QCOMPARE(again.studio.settings.request().steps, 17);
    QVERIFY(again.find<QAbstractButton>("seedLock")->isChecked());
    QVERIFY(again.action("themeDark")->isChecked());
    QVERIFY(again.window.palette().color(QPalette::Window).lightness() < 128);
    QCOMPARE(again.window.size(), QSize(1111, 777));
    QVERIFY(!again.find<QWidget>("stripDock")->isVisible());
    QCOMPARE(again.studio.models.current().path, lorikeet::test::tinyModel());
    again.action("themeLight")->trigger();
    QVERIFY(again.window.palette().color(QPalette::Window).lightness() > 128);
  }

  void choosingAnOlderPictureStopsFollowing() {
    TempFolder temp;
    Session session(lorikeet::test::prepareStudio(temp));
    session.action("generate")->trigger();
    QTRY_COMPARE_WITH_TIMEOUT(session.studio.results.rowCount(), 1, kTimeoutMs);
    QTRY_VERIFY(!session.studio.jobs.isRunning());
    session.setSteps(1000);
    QSignalSpy previews(&session.studio.jobs, &JobRunner::previewed);
    session.action("generate")->trigger();
    QTRY_VERIFY_WITH_TIMEOUT(previews.count() >= 1, kTimeoutMs);
    auto* strip = session.find<QAbstractItemView>("resultStrip");
    const QRect place = strip->visualRect(strip->model()->index(0, 0));
    QTest::mouseClick(strip->viewport(), Qt::LeftButton, {}, place.center());
    QVERIFY(!session.action("followLive")->isChecked());
    QCOMPARE(lorikeet::test::pixelsOf(session.canvas()->picture()), session.studio.results.at(0).image);
    session.action("stop")->trigger();
    QTRY_VERIFY(!session.studio.jobs.isRunning());
  }

  void countsTokens() {
    TempFolder temp;
    Session session(lorikeet::test::prepareStudio(temp));
    session.type("promptEdit", QStringLiteral("a red fox"));
    QTRY_COMPARE_WITH_TIMEOUT(session.find<QLabel>("promptTokens")->text(), QStringLiteral("3 / 75 tokens"),
                              kTimeoutMs);
  }

  void everyControlSaysWhatItDoes() {
    TempFolder temp;
    Session session(lorikeet::test::prepareStudio(temp));
    session.action("preferences")->trigger();
    QStringList silent;
    for (const QWidget* widget : session.window.findChildren<QWidget*>()) {
      const bool isControl = qobject_cast<const QAbstractButton*>(widget) || qobject_cast<const QComboBox*>(widget) ||
                             qobject_cast<const QAbstractSpinBox*>(widget) || qobject_cast<const QSlider*>(widget) ||
                             qobject_cast<const QPlainTextEdit*>(widget);
      const bool isPart = widget->objectName().startsWith(u"qt_") || widget->objectName() == u"messageDetails" ||
                          qobject_cast<const QDialogButtonBox*>(widget->parentWidget()) ||
                          qobject_cast<const QTabBar*>(widget->parentWidget()) ||
                          QByteArray(widget->metaObject()->className()).startsWith("QToolBarExtension");
      if (isControl && !isPart && widget->toolTip().isEmpty()) silent << widget->objectName();
    }
    QVERIFY2(silent.isEmpty(), qPrintable(silent.join(u' ')));
  }

  void tabReachesTheWholeForm() {
    TempFolder temp;
    Session session(lorikeet::test::prepareStudio(temp));
    session.find<QWidget>("promptEdit")->setFocus();
    QSet<QString> reached;
    for (int i = 0; i < 60; ++i) {
      if (const QWidget* focus = QApplication::focusWidget()) reached << focus->objectName();
      QTest::keyClick(QApplication::focusWidget(), Qt::Key_Tab);
    }
    for (const char* name : {"promptEdit", "negativeEdit", "widthField", "heightField", "swapSizeButton",
                             "sizePresetButton", "samplerBox", "scheduleBox", "seedNumber", "seedDice", "seedLock",
                             "countField", "modelMenu", "generateButton", "resultStrip"})
      QVERIFY2(reached.contains(QString::fromLatin1(name)), name);
  }
};

namespace {
const lorikeet::TestCase<MainWindowTest> kMainWindowTest("main_window");
}  // namespace
#include "main_window_test.moc"

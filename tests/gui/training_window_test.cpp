// The training window with the real engine and the tiny model: what keeps it from starting is said, it can be held up,
// stopped and resumed, and what it made goes into the stack.
#include <QComboBox>
#include <QLabel>
#include <QListWidget>
#include <QPainter>
#include <QPlainTextEdit>
#include <QProgressBar>
#include <QPushButton>
#include <QSpinBox>
#include <QtTest>

#include "mainwindow/main_window.h"
#include "support/qt/painting.h"
#include "support/qt/test_program.h"
#include "support/temp_studio.h"
#include "training/loss_curve.h"
#include "training/setup_fields.h"
#include "training/training_form.h"
#include "training/training_window.h"
#include "widgets/message_bar.h"

using namespace lorikeet;
using lorikeet::test::kTimeoutMs;
using lorikeet::test::TempFolder;

namespace {

QString writePictures(const TempFolder& temp) {
  const QString folder = temp.path("stripes");
  QDir().mkpath(folder);
  for (int i = 0; i < 3; ++i) {
    const QString name = QStringLiteral("%1/%2").arg(folder).arg(i);
    test::plainPicture({80, 72}, QColor::fromHsv(60 * i, 200, 200)).save(name + QStringLiteral(".png"));
    QFile caption(name + QStringLiteral(".txt"));
    if (!caption.open(QIODevice::WriteOnly) || caption.write("a stripe") < 0) qFatal("no caption");
  }
  return folder;
}

/// A few steps at the size of the tiny model; the state is saved after each.
TrainingSetup smallTraining(const TempFolder& temp) {
  TrainingSetup setup;
  TrainingRequest& request = setup.request;
  request.model = toPath(test::tinyModel());
  request.data.folder = toPath(writePictures(temp));
  request.data.width = request.data.height = 64;
  request.output = toPath(temp.path("stripes.safetensors"));
  request.steps = 12;
  request.rank = 2;
  request.saveEvery = 1;
  setup.samplePrompts = "a stripe";
  setup.sampleSteps = 2;
  return setup;
}

constexpr int kEndless = 100'000;

struct TrainingWindowSession {
  TrainingWindowSession(const TempFolder& temp, const TrainingSetup& setup)
      : studio(lorikeet::test::prepareStudio(temp)) {
    studio.settings.setTrainingSetup(toJson(setup));
    open();
  }
  explicit TrainingWindowSession(const TempFolder& temp) : studio(lorikeet::test::prepareStudio(temp)) { open(); }

  void open() {
    if (!window) window = std::make_unique<MainWindow>(studio);
    window->show();
    window->findChild<QAction*>("showTraining")->trigger();
    training = window->findChild<TrainingWindow*>("trainingWindow");
    if (!training || !QTest::qWaitForWindowExposed(training)) qFatal("the training window does not open");
  }
  template <class Widget>
  Widget* find(const char* name) const {
    auto* widget = training->findChild<Widget*>(QLatin1String(name));
    if (!widget) qFatal("no %s", name);
    return widget;
  }
  QPushButton* button(const char* name) const { return find<QPushButton>(name); }
  QString text(const char* label) const { return find<QLabel>(label)->text(); }
  size_t steps() const { return studio.training.losses().size(); }
  bool startWhenReady() const {
    if (!QTest::qWaitFor([this] { return button("trainingStart")->isEnabled(); }, kTimeoutMs)) return false;
    button("trainingStart")->click();
    return true;
  }
  bool waitForSteps(size_t count) const {
    return QTest::qWaitFor([this, count] { return steps() >= count; }, kTimeoutMs);
  }
  bool waitForEnd() const {
    return QTest::qWaitFor([this] { return !studio.training.isRunning(); }, kTimeoutMs);
  }

  Studio studio;
  std::unique_ptr<MainWindow> window;
  TrainingWindow* training = nullptr;
};

}  // namespace

class TrainingWindowTest : public QObject {
  Q_OBJECT
 private slots:
  void theEstimateComesBeforeTheStart() {
    TempFolder temp;
    TrainingWindowSession session(temp, smallTraining(temp));
    QTRY_VERIFY_WITH_TIMEOUT(session.button("trainingStart")->isEnabled(), kTimeoutMs);
    const QString plan = session.text("trainingPlan");
    QVERIFY2(plan.contains(QStringLiteral("3 pictures at 64 × 64 · 3 captions · 12 steps")), qPrintable(plan));
    QVERIFY2(plan.contains(QStringLiteral("192 layers")) && plan.contains(QStringLiteral("GB of memory")),
             qPrintable(plan));
    QVERIFY(!session.studio.training.isRunning());
  }

  /// The model's own size is what is proposed, in the field and in the plan.
  void theModelsOwnSizeIsProposed() {
    TempFolder temp;
    TrainingSetup setup = smallTraining(temp);
    setup.request.data.width = setup.request.data.height = 0;
    TrainingWindowSession session(temp, setup);
    const QSize native = session.studio.models.current().nativeSize;
    auto* width = session.find<QSpinBox>("trainingWidth");
    QCOMPARE(width->value(), 0);
    QVERIFY2(width->text().startsWith(QString::number(native.width())), qPrintable(width->text()));
    const QString planned = QStringLiteral("at %1 × %2").arg(native.width()).arg(native.height());
    QTRY_VERIFY_WITH_TIMEOUT(session.text("trainingPlan").contains(planned), kTimeoutMs);
    width->setValue(192);
    QTRY_VERIFY_WITH_TIMEOUT(session.text("trainingPlan").contains(QStringLiteral("at 192 × ")), kTimeoutMs);
  }

  void whatKeepsItFromStartingIsSaid() {
    TempFolder temp;
    QDir().mkpath(temp.path("empty"));
    TrainingWindowSession session(temp);
    QVERIFY(session.text("trainingPlan").startsWith(QStringLiteral("Choose a folder")));
    session.training->form().usePictures(temp.path("empty"));
    QTRY_VERIFY_WITH_TIMEOUT(session.text("trainingPlan").contains(QStringLiteral("holds no pictures")), kTimeoutMs);
    QVERIFY(!session.button("trainingStart")->isEnabled());
    QCOMPARE(session.find<QLabel>("trainingPlan")->property("role").toString(), QStringLiteral("problem"));

    const QString folder = writePictures(temp);
    QFile::remove(folder + QStringLiteral("/0.txt"));
    QFile::remove(folder + QStringLiteral("/1.txt"));
    session.find<QSpinBox>("trainingWidth")->setValue(64);
    session.find<QSpinBox>("trainingHeight")->setValue(64);
    session.training->form().usePictures(folder);
    QTRY_VERIFY_WITH_TIMEOUT(session.text("trainingPlan").contains(QStringLiteral("has no caption")), kTimeoutMs);
    const auto* details = session.find<QPlainTextEdit>("trainingDetails");
    QVERIFY(details->isVisible() && details->toPlainText().contains(QStringLiteral("1.png")));
    QTest::keyClicks(session.find<QLineEdit>("trainingTrigger"), QStringLiteral("stripy"));
    QTRY_VERIFY_WITH_TIMEOUT(session.button("trainingStart")->isEnabled(), kTimeoutMs);
    QVERIFY(session.text("trainingPlan").contains(QStringLiteral("3 pictures at 64 × 64 · 1 captions")));
    QVERIFY(session.find<PathField>("trainingOutput")->path().endsWith(QStringLiteral("/stripes.safetensors")));
  }

  void itIsLearnedAndAddedToTheStack() {
    TempFolder temp;
    TrainingSetup setup = smallTraining(temp);
    setup.request.sampleEvery = 6;
    TrainingWindowSession session(temp, setup);
    QVERIFY(session.startWhenReady());
    QVERIFY(session.studio.training.isRunning());
    QVERIFY(session.find<QProgressBar>("trainingProgress")->isVisible());
    QVERIFY(!session.training->form().isEnabled());
    QVERIFY(session.window->findChild<QWidget*>("trainingIndicator")->isVisible());
    QVERIFY(session.waitForEnd());
    QCOMPARE(session.find<LossCurve>("trainingCurve")->losses().size(), 12u);
    QCOMPARE(session.find<QListWidget>("trainingSamples")->count(), 3);
    QVERIFY(QFile::exists(temp.path("stripes-samples/step-000012-1.png")));
    QVERIFY2(session.text("trainingState").startsWith(QStringLiteral("stripes.safetensors is finished: 12 steps")),
             qPrintable(session.text("trainingState")));
    QVERIFY(QFile::exists(temp.path("stripes.safetensors")));
    QVERIFY(!session.studio.training.unfinished());
    QVERIFY(session.find<PathField>("trainingOutput")->path() != temp.path("stripes.safetensors"));
    const size_t before = session.studio.stack.state().entries.size();
    session.button("trainingUse")->click();
    QTRY_COMPARE_WITH_TIMEOUT(session.studio.stack.state().entries.size(), before + 1, kTimeoutMs);
  }

  void aPauseHoldsItUpAndGoesOn() {
    TempFolder temp;
    TrainingSetup setup = smallTraining(temp);
    setup.request.steps = kEndless;
    setup.request.schedule = RateSchedule::Constant;
    TrainingWindowSession session(temp, setup);
    QVERIFY(session.startWhenReady());
    QVERIFY(session.waitForSteps(3));
    session.button("trainingPause")->click();
    QCOMPARE(session.studio.training.state(), TrainingSession::State::Paused);
    QVERIFY(session.text("trainingState").contains(QStringLiteral("paused")));
    // A step that had just ended may still arrive; another one cannot follow it.
    QTest::qWait(50);
    const size_t steps = session.steps();
    QTest::qWait(200);
    QVERIFY(session.steps() <= steps + 1);
    session.button("trainingPause")->click();
    QVERIFY(session.waitForSteps(steps + 5));
    session.button("trainingStop")->click();
    QVERIFY(session.waitForEnd());
  }

  void aStoppedTrainingIsResumedInALaterProgram() {
    TempFolder temp;
    TrainingSetup setup = smallTraining(temp);
    setup.request.steps = kEndless;
    setup.request.schedule = RateSchedule::Constant;
    size_t steps = 0;
    {
      TrainingWindowSession session(temp, setup);
      QVERIFY(session.startWhenReady());
      QVERIFY(session.waitForSteps(4));
      session.window->close();  // as people end the program
      QVERIFY(!session.studio.training.isRunning());
      steps = session.steps();
    }
    QVERIFY(QFile::exists(temp.path("stripes.training")));
    TrainingWindowSession session(temp);
    QVERIFY(session.find<QWidget>("trainingUnfinished")->isVisible());
    QVERIFY2(session.text("trainingUnfinishedText").contains(QStringLiteral("at step %L1 of").arg(steps)),
             qPrintable(session.text("trainingUnfinishedText")));
    QTRY_VERIFY(session.window->findChild<MessageBar*>()->text().contains(QStringLiteral("stripes")));
    QVERIFY(!session.button("trainingStart")->isEnabled());
    session.find<QSpinBox>("trainingSteps")->setValue(int(steps) + 4);
    session.button("trainingResume")->click();
    QCOMPARE(session.find<LossCurve>("trainingCurve")->losses().size(), steps);
    QVERIFY(session.waitForEnd());
    QCOMPARE(session.steps(), steps + 4);
    QVERIFY2(QFile::exists(temp.path("stripes.safetensors")), qPrintable(session.text("trainingPlan")));
    QVERIFY(!session.find<QWidget>("trainingUnfinished")->isVisible());
  }

  /// Another training is in the form meanwhile: the interrupted one is still offered, with its own settings.
  void whatWasInterruptedIsOfferedAndDiscarded() {
    TempFolder temp;
    TrainingSetup setup = smallTraining(temp);
    setup.request.steps = kEndless;
    TrainingWindowSession session(temp, setup);
    QVERIFY(session.startWhenReady());
    QVERIFY(session.waitForSteps(2));
    session.button("trainingStop")->click();
    QVERIFY(session.waitForEnd());
    session.find<PathField>("trainingOutput")->setPath(temp.path("other.safetensors"));
    session.find<QSpinBox>("trainingRank")->setValue(5);
    QVERIFY(session.find<QWidget>("trainingUnfinished")->isVisible());
    session.button("trainingItsSettings")->click();
    QCOMPARE(session.find<QSpinBox>("trainingRank")->value(), 2);
    QVERIFY(!session.button("trainingItsSettings")->isVisible());
    session.find<QSpinBox>("trainingRank")->setValue(3);
    session.button("trainingResume")->click();
    QVERIFY(session.waitForEnd());
    QVERIFY2(session.text("trainingPlan").contains(QStringLiteral("begun with other settings")),
             qPrintable(session.text("trainingPlan")));
    session.button("trainingDiscard")->click();
    QVERIFY(!QFile::exists(temp.path("stripes.training")));
    QVERIFY(!session.find<QWidget>("trainingUnfinished")->isVisible());
    QTRY_VERIFY_WITH_TIMEOUT(session.button("trainingStart")->isEnabled(), kTimeoutMs);
  }

  void itWaitsWhilePicturesAreMadeAndGoesOnWithoutItsWindow() {
    TempFolder temp;
    TrainingSetup setup = smallTraining(temp);
    setup.request.steps = kEndless;
    TrainingWindowSession session(temp, setup);
    QVERIFY(session.startWhenReady());
    QVERIFY(session.waitForSteps(2));
    QSignalSpy pictures(&session.studio.jobs, &JobRunner::finished);
    session.window->findChild<QAction*>("generate")->trigger();
    QTRY_COMPARE_WITH_TIMEOUT(session.studio.training.state(), TrainingSession::State::Waiting, kTimeoutMs);
    QVERIFY(session.text("trainingState").contains(QStringLiteral("waits")));
    QTRY_VERIFY_WITH_TIMEOUT(!pictures.isEmpty(), kTimeoutMs);
    QTRY_COMPARE_WITH_TIMEOUT(session.studio.training.state(), TrainingSession::State::Running, kTimeoutMs);
    const QPointer<TrainingWindow> open = session.training;
    QTest::keyClick(session.training, Qt::Key_Escape);
    QTRY_VERIFY(!open);
    QVERIFY(session.waitForSteps(session.steps() + 3));
    session.open();
    QCOMPARE(session.find<LossCurve>("trainingCurve")->losses().size(), session.steps());
    session.button("trainingStop")->click();
    QVERIFY(session.waitForEnd());
  }

  void rowsFollowWhatIsTrained() {
    TempFolder temp;
    TrainingWindowSession session(temp, smallTraining(temp));
    QVERIFY(session.find<QSpinBox>("trainingRank")->isVisible());
    QVERIFY(!session.find<QLineEdit>("trainingWord")->isVisible());
    auto* kind = session.find<QComboBox>("trainingKind");
    kind->setCurrentIndex(kind->findData(int(TrainingKind::TextualInversion)));
    QVERIFY(!session.find<QSpinBox>("trainingRank")->isVisible());
    QTest::keyClicks(session.find<QLineEdit>("trainingWord"), QStringLiteral("<stripe>"));
    QTRY_VERIFY_WITH_TIMEOUT(session.text("trainingPlan").contains(QStringLiteral("No caption names")), kTimeoutMs);
    const TrainingSetup kept = trainingSetupFromJson(session.studio.settings.trainingSetup());
    QCOMPARE(kept.request.word, "<stripe>");
    QVERIFY(kept.request.kind == TrainingKind::TextualInversion);
  }

  void theExampleFillsTheForm() {
    TempFolder temp;
    TrainingWindowSession session(temp);
    session.studio.models.setCurrent({});
    session.button("trainingExample")->click();
    QTRY_VERIFY_WITH_TIMEOUT(
        session.text("trainingPlan").contains(QStringLiteral("20 pictures at 128 × 128 · 20 captions")), kTimeoutMs);
    QVERIFY(session.find<PathField>("trainingOutput")->path().endsWith(QStringLiteral("/night.safetensors")));
  }

  void theCurveDrawsThousandsOfSteps() {
    LossCurve curve;
    curve.resize(400, 200);
    std::vector<float> losses;
    for (int i = 0; i < 50'000; ++i) {
      losses.push_back(0.1F + 0.05F * float(i % 7) / 7 + 1.0F / float(i + 10));
      if (i == 100 || i == 25'000) curve.setLosses(losses);
    }
    losses[40'000] = 1000;  // an outlier does not press the rest down
    curve.setLosses(losses);
    QCOMPARE(curve.smoothed().size(), losses.size());
    const float mean = curve.smoothed()[20'000];
    QVERIFY(std::abs(mean - 0.121F) < 0.01F);
    const QPointF place = curve.placeOf(20'000, mean);
    QVERIFY(place.y() > 20 && place.y() < 180);
    const QImage picture = curve.grab().toImage();
    QVERIFY(picture.pixelColor(place.toPoint()) != curve.palette().color(QPalette::Base));
    curve.setLosses({0.5F});
    QCOMPARE(curve.smoothed(), std::vector<float>{0.5F});
  }

  void axesHaveRoundSteps() {
    QCOMPARE(axisStep(1, 5), 0.2);
    QCOMPARE(axisStep(300, 4), 100.0);
    QCOMPARE(axisStep(0.13, 5), 0.05);
    QCOMPARE(axisStep(0, 5), 1.0);
  }
};

namespace {
const lorikeet::TestCase<TrainingWindowTest> kTrainingWindowTest("training_window");
}  // namespace
#include "training_window_test.moc"

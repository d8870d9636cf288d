// The control units in the window, driven by mouse and keyboard, with the real engine and the tiny models.
#include <QComboBox>
#include <QDropEvent>
#include <QLabel>
#include <QMimeData>
#include <QSlider>
#include <QToolButton>
#include <QtTest>

#include "control/control_unit_card.h"
#include "control/map_drawing.h"
#include "generate/generate_panel.h"
#include "support/edit_session.h"
#include "support/qt/test_program.h"
#include "widgets/range_slider.h"

using namespace lorikeet;
using namespace lorikeet::test;

namespace {

void drop(QWidget& target, const QMimeData& data) {
  const QPoint at = target.rect().center();
  QDragEnterEvent enter(at, Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
  QCoreApplication::sendEvent(&target, &enter);
  QVERIFY(enter.isAccepted());
  QDropEvent dropped(at, Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
  QCoreApplication::sendEvent(&target, &dropped);
}

int whitePixels(const QImage& map) {
  int count = 0;
  for (int y = 0; y < map.height(); ++y)
    for (int x = 0; x < map.width(); ++x) count += qGray(map.pixel(x, y)) > 127;
  return count;
}

}  // namespace

class ControlWindowTest : public QObject {
  Q_OBJECT

 private slots:
  void aDroppedPictureSteersByItsEdges() {
    TempFolder temp;
    EditSession session(test::prepareStudio(temp));
    session.generate();
    QTRY_VERIFY_WITH_TIMEOUT(!session.studio.jobs.isRunning(), kTimeoutMs);
    const QImage free = session.studio.results.at(0).image;
    const quint64 seed = session.studio.results.at(0).request.seed;

    QMimeData data;
    data.setUrls({QUrl::fromLocalFile(kPhoto)});
    drop(session.control(), data);
    auto* card = session.control().findChild<ControlUnitCard*>();
    QVERIFY(card);
    QTRY_VERIFY(whitePixels(card->map()) > 0);
    slidersChangeTheMap(*card);

    session.control().useModel(kGolden + QStringLiteral("tiny-controlnet"));
    QCOMPARE(session.control().units().size(), size_t(1));
    card->findChild<RangeSlider*>()->setRange(0, 0.8);
    GenerateRequest request = session.find<GeneratePanel>("scrolled")->request();
    request.seed = seed;
    session.find<GeneratePanel>("scrolled")->setRequest(request);
    session.find<GeneratePanel>("scrolled")->setSeedLocked(true);
    session.generate();
    QTRY_VERIFY_WITH_TIMEOUT(!session.studio.jobs.isRunning(), kTimeoutMs);
    QVERIFY2(!session.showsMessage(), qPrintable(session.message()));
    const SessionResult& steered = session.studio.results.at(0);
    QCOMPARE(steered.request.controls.size(), size_t(1));
    QCOMPARE(steered.request.controls[0].end, 0.8);
    QCOMPARE(steered.request.seed, seed);
    QVERIFY(steered.image != free);
  }

  void aUnitWithoutModelOrPictureSaysSo() {
    TempFolder temp;
    EditSession session(test::prepareStudio(temp));
    session.control();
    QTest::mouseClick(session.find<QToolButton>("addControlButton"), Qt::LeftButton);
    session.generate();
    QTRY_VERIFY_WITH_TIMEOUT(!session.studio.jobs.isRunning(), kTimeoutMs);
    QVERIFY2(session.message().contains(QStringLiteral("ControlNet")), qPrintable(session.message()));
    session.control().useModel(kGolden + QStringLiteral("tiny-controlnet"));
    session.generate();
    QTRY_VERIFY_WITH_TIMEOUT(!session.studio.jobs.isRunning(), kTimeoutMs);
    QVERIFY2(session.message().contains(QStringLiteral("picture")), qPrintable(session.message()));
    session.control().openPicture(kGolden + QStringLiteral("tiny-sd1/model_index.json"));
    QVERIFY(session.showsMessage());
  }

  void aPictureThatIsNoDepthMapSaysSo() {
    TempFolder temp;
    EditSession session(test::prepareStudio(temp));
    session.control().openPicture(kPhoto);
    auto* card = session.control().findChild<ControlUnitCard*>();
    auto* types = card->findChild<QComboBox*>(QStringLiteral("typeBox"));
    auto* problem = card->findChild<QLabel*>(QStringLiteral("mapProblem"));
    types->setCurrentIndex(types->findData(int(ControlType::Depth)));
    QTRY_VERIFY(problem->isVisible());
    QVERIFY2(problem->text().contains(QStringLiteral("no depth map")), qPrintable(problem->text()));
    types->setCurrentIndex(types->findData(int(ControlType::Map)));
    QTRY_VERIFY(!problem->isVisible());
    QVERIFY(!card->map().isNull());
  }

  void straightLinesAreFoundByADroppedNetwork() {
    TempFolder temp;
    EditSession session(test::prepareStudio(temp));
    session.control().openPicture(kPhoto);
    auto* card = session.control().findChild<ControlUnitCard*>();
    auto* types = card->findChild<QComboBox*>(QStringLiteral("typeBox"));
    types->setCurrentIndex(types->findData(int(ControlType::StraightLines)));
    auto* problem = card->findChild<QLabel*>(QStringLiteral("mapProblem"));
    QTRY_VERIFY(problem->isVisible());
    QVERIFY2(problem->text().contains(QStringLiteral("M-LSD")), qPrintable(problem->text()));
    const QString network = QStringLiteral(LORIKEET_SHARED_DATA "/testdata/annotator/mlsd_tiny_512_fp32.pth");
    if (!QFile::exists(network)) QSKIP("the shared test data is not there");
    session.studio.drops.drop({network});
    QTRY_VERIFY_WITH_TIMEOUT(!problem->isVisible() && !card->map().isNull(), kTimeoutMs);
    QCOMPARE(session.control().units().size(), size_t(1));
    QCOMPARE(session.control().units()[0].lines.network, toPath(network));
    QVERIFY(card->findChild<QComboBox*>(QStringLiteral("detectorBox"))->isVisible());
    const QImage lines = card->map();
    card->findChild<SliderField*>(QStringLiteral("lengthField"))->setValue(100);
    QTRY_VERIFY(whitePixels(card->map()) <= whitePixels(lines) && card->map() != lines);
  }

  void aMapIsDrawnByHand() {
    TempFolder temp;
    EditSession session(test::prepareStudio(temp));
    ControlUnitCard* card = session.control().addUnit();
    QTest::mouseClick(card->findChild<QToolButton*>(QStringLiteral("drawButton")), Qt::LeftButton);
    auto* drawing = session.window.findChild<MapDrawing*>(QStringLiteral("mapDrawing"));
    QVERIFY(drawing);
    QVERIFY(QTest::qWaitForWindowExposed(drawing->window()));
    const auto point = [&](double x, double y) { return drawing->toWidget({x, y}).toPoint(); };
    QTest::mousePress(drawing, Qt::LeftButton, {}, point(10, 20));
    QTest::mouseMove(drawing, point(50, 20));
    QTest::mouseRelease(drawing, Qt::LeftButton, {}, point(50, 20));
    const int drawn = whitePixels(drawing->map());
    QVERIFY(drawn > 40);
    QTest::mouseClick(drawing, Qt::RightButton, {}, point(30, 20));
    QVERIFY(whitePixels(drawing->map()) < drawn);
    QTest::mouseClick(session.window.findChild<QToolButton*>(QStringLiteral("mapUndo")), Qt::LeftButton);
    QCOMPARE(whitePixels(drawing->map()), drawn);
    QTest::mouseClick(session.find<QAbstractButton>("useDrawing"), Qt::LeftButton);
    QCOMPARE(session.control().units()[0].type, ControlType::Map);
    QTRY_COMPARE(whitePixels(card->map()), drawn);
    QCOMPARE(session.control().units()[0].picture.pixels->width, 64);
  }

  void presetsSetFormAndUnits() {
    TempFolder temp;
    EditSession session(test::prepareStudio(temp));
    session.find<QAction>("preset.controlnet-img2img")->trigger();
    QCOMPARE(session.find<SliderField>("stepsField")->value(), 10.0);
    QCOMPARE(session.edit().options().strength, 1.0);
    QCOMPARE(session.control().units().size(), size_t(1));
    QCOMPARE(session.control().units()[0].scale, 0.5);
    QCOMPARE(session.control().units()[0].canny.lowThreshold, 150.0);
    session.find<QAction>("preset.lora-controlnet")->trigger();
    QCOMPARE(session.find<SliderField>("stepsField")->value(), 20.0);
    QCOMPARE(session.control().units()[0].canny.lowThreshold, 100.0);
    session.find<QAction>("preset.inpaint")->trigger();
    QCOMPARE(session.find<SliderField>("stepsField")->value(), 10.0);
    QCOMPARE(session.find<SliderField>("guidanceField")->value(), 7.5);
  }

 private:
  static void slidersChangeTheMap(ControlUnitCard& card) {
    auto* high = card.findChild<SliderField*>(QStringLiteral("highField"))->findChild<QSlider*>();
    auto* low = card.findChild<SliderField*>(QStringLiteral("lowField"))->findChild<QSlider*>();
    QTest::keyClick(low, Qt::Key_End);
    QTest::keyClick(high, Qt::Key_End);
    QCOMPARE(card.entry().unit.canny.highThreshold, 500.0);
    QSignalSpy computed(&card, &ControlUnitCard::mapChanged);
    QTRY_VERIFY(!computed.isEmpty());
    const int strongest = whitePixels(card.map());
    QTest::keyClick(low, Qt::Key_Home);
    QTest::keyClick(high, Qt::Key_Home);
    QCOMPARE(card.entry().unit.canny.lowThreshold, 0.0);
    QTRY_VERIFY(whitePixels(card.map()) > strongest);
  }
};

namespace {
const lorikeet::TestCase<ControlWindowTest> kControlWindowTest("control_window");
}  // namespace
#include "control_window_test.moc"

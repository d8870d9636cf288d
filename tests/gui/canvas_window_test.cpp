// The Edit page in the window, driven by mouse and keyboard, with the real engine and the tiny model.
#include <QLabel>
#include <QSpinBox>
#include <QtTest>

#include "support/edit_session.h"
#include "support/qt/test_program.h"

using namespace lorikeet;
using namespace lorikeet::test;

namespace {

bool keepsUnmasked(const QImage& before, const QImage& after, const QImage& mask) {
  for (int y = 0; y < before.height(); ++y)
    for (int x = 0; x < before.width(); ++x)
      if (qGray(mask.pixel(x, y)) == 0 && before.pixel(x, y) != after.pixel(x, y)) return false;
  return before.size() == after.size();
}

}  // namespace

class CanvasWindowTest : public QObject {
  Q_OBJECT

 private slots:
  void theSwitchChangesPages() {
    TempFolder temp;
    EditSession session(test::prepareStudio(temp));
    QVERIFY(session.action("createPage")->isChecked());
    session.action("editPage")->trigger();
    QCOMPARE(session.page(), QStringLiteral("editPage"));
    QVERIFY(session.find<QLabel>("summary")->text().contains(QStringLiteral("empty")));
    session.action("createPage")->trigger();
    QCOMPARE(session.page(), QStringLiteral("startPage"));
  }

  void repaintsAPaintedMask() {
    TempFolder temp;
    EditSession session(test::prepareStudio(temp));
    session.window.editPicture(kPhoto);
    QCOMPARE(session.page(), QStringLiteral("editPage"));
    const QImage before = session.document().picture();
    session.paintSpot();
    const QImage mask = session.document().mask();
    session.key(Qt::Key_Z, Qt::ControlModifier);
    QVERIFY(session.document().maskBounds().isEmpty());
    session.key(Qt::Key_Z, Qt::ControlModifier | Qt::ShiftModifier);
    QCOMPARE(session.document().mask(), mask);

    QTest::keyClicks(session.find<QWidget>("promptEdit"), QStringLiteral(" and more"));
    QCOMPARE(session.document().mask(), mask);
    session.find<QSpinBox>("countField")->setValue(2);
    session.generate();
    QVERIFY(session.studio.jobs.isRunning());
    QCOMPARE(session.page(), QStringLiteral("editPage"));
    QTRY_VERIFY_WITH_TIMEOUT(!session.studio.jobs.isRunning(), kTimeoutMs);
    QVERIFY2(!session.showsMessage(), qPrintable(session.message()));
    QCOMPARE(session.document().candidates().size(), 2);
    for (const QImage& candidate : session.document().candidates()) {
      QVERIFY(keepsUnmasked(before, candidate, mask));
      QVERIFY(test::pixelsOf(candidate) != test::pixelsOf(before));
    }
    comparesAndAccepts(session, before);
  }

  void theMaskSurvivesARestart() {
    TempFolder temp;
    const StudioConfig config = test::prepareStudio(temp);
    QImage mask;
    {
      EditSession session(config);
      session.window.editPicture(kPhoto);
      session.paintSpot();
      mask = session.document().mask();
      session.edit().setOptions({0.4, ResizeMode::Crop, {.blur = 2, .onlyMasked = true}, {}});
      session.control().openPicture(kPhoto);
      session.window.close();
    }
    EditSession again(config);
    QCOMPARE(again.page(), QStringLiteral("editPage"));
    QCOMPARE(again.document().mask(), mask);
    QCOMPARE(again.edit().options(), (EditOptions{0.4, ResizeMode::Crop, {.blur = 2, .onlyMasked = true}, {}}));
    QCOMPARE(again.control().units().size(), size_t(1));
    QCOMPARE(again.control().units()[0].picture.file, toPath(kPhoto));
    again.key(Qt::Key_Z, Qt::ControlModifier);
    QVERIFY(again.document().maskBounds().isEmpty());
  }

  void extendsThePictureByAHandle() {
    TempFolder temp;
    EditSession session(test::prepareStudio(temp));
    session.window.editPicture(kPhoto);
    session.canvas().setFocus();
    session.find<QAction>("canvas.extend")->trigger();
    const QPointF handle = session.canvas().toWidget({128, 64});
    session.dragWidget({handle, session.canvas().toWidget({150, 64}), session.canvas().toWidget({160, 64})});
    QCOMPARE(session.find<QSpinBox>("rightField")->value(), 32);
    QVERIFY(session.document().maskBounds().isEmpty());  // the handle was dragged, nothing painted
    session.find<QSpinBox>("topField")->setValue(8);
    const QImage before = session.document().picture();
    session.generate();
    QTRY_VERIFY_WITH_TIMEOUT(!session.studio.jobs.isRunning(), kTimeoutMs);
    QVERIFY2(!session.showsMessage(), qPrintable(session.message()));
    QCOMPARE(session.document().candidates().size(), 1);
    QCOMPARE(session.document().candidateArea(), QRect(0, -8, 160, 136));
    session.key(Qt::Key_Return);
    QCOMPARE(session.document().size(), QSize(160, 136));
    QCOMPARE(session.document().picture().copy(0, 8, 128, 128), before);
    QCOMPARE(session.edit().options().outpaint, OutpaintMargins());
  }

  void drawsTheAreaThatOnlyMaskedWorksOn() {
    TempFolder temp;
    EditSession session(test::prepareStudio(temp));
    session.window.editPicture(kPhoto);
    session.paintSpot();
    QVERIFY(session.canvas().workArea().isEmpty());
    session.edit().setOptions({0.75, ResizeMode::Fit, {.grow = 4, .onlyMasked = true, .padding = 10}, {}});
    const QRect painted = session.document().maskBounds();
    QTRY_VERIFY(session.canvas().workArea().contains(painted.adjusted(-14, -14, 14, 14)));
    QCOMPARE(session.canvas().workArea().width(), session.canvas().workArea().height());
  }

  void badPicturesLeaveTheCanvasAsItIs() {
    TempFolder temp;
    EditSession session(test::prepareStudio(temp));
    session.window.editPicture(kPhoto);
    session.paintSpot();
    const QImage picture = session.document().picture();
    const QImage mask = session.document().mask();
    QFile broken(temp.path("broken.jpg"));
    QVERIFY(broken.open(QIODevice::WriteOnly));
    broken.write("\xff\xd8\xff\xe0 this is no picture");
    broken.close();
    QImage clear(20, 20, QImage::Format_ARGB32);
    clear.fill(Qt::transparent);
    QVERIFY(clear.save(temp.path("clear.png")));
    for (const QString& file : {broken.fileName(), temp.path("clear.png"), temp.path("missing.png")}) {
      session.find<MessageBar>("messageBar")->dismiss();
      session.window.editPicture(file);
      QVERIFY(session.showsMessage());
      QVERIFY(session.message().size() > 20);
      QCOMPARE(session.document().picture(), picture);
      QCOMPARE(session.document().mask(), mask);
    }
    session.document().invertMask();
    session.document().clearMask();
    session.document().invertMask();  // full
    session.generate();
    QTRY_VERIFY_WITH_TIMEOUT(!session.studio.jobs.isRunning(), kTimeoutMs);
    QVERIFY2(session.message().contains(QStringLiteral("whole picture")), qPrintable(session.message()));
    session.document().undo();
    session.document().undo();
    session.document().undo();
    QCOMPARE(session.document().mask(), mask);
  }

  void aResultGoesToTheCanvasAndBack() {
    TempFolder temp;
    EditSession session(test::prepareStudio(temp));
    QVERIFY(!session.action("sendToCanvas")->isEnabled());
    session.generate();
    QTRY_VERIFY_WITH_TIMEOUT(!session.studio.jobs.isRunning(), kTimeoutMs);
    QCOMPARE(session.page(), QStringLiteral("canvas"));
    const QImage made = session.studio.results.at(0).image;
    session.action("sendToCanvas")->trigger();
    QCOMPARE(session.page(), QStringLiteral("editPage"));
    QCOMPARE(test::pixelsOf(session.document().picture()), test::pixelsOf(made));
    session.generate();
    QTRY_VERIFY_WITH_TIMEOUT(!session.studio.jobs.isRunning(), kTimeoutMs);
    QCOMPARE(session.document().candidates().size(), 1);
    const GenerateRequest request = session.studio.results.at(0).request;
    QVERIFY(!request.init.empty());

    session.document().openPicture(QImage(kPhoto));
    session.action("useSettings")->trigger();  // brings picture and settings back
    QCOMPARE(test::pixelsOf(session.document().picture()), test::pixelsOf(made));
    session.action("createPage")->trigger();
    session.generate();
    QTRY_VERIFY_WITH_TIMEOUT(!session.studio.jobs.isRunning(), kTimeoutMs);
    QVERIFY(session.studio.results.at(0).request.init.empty());
  }

 private:
  static void comparesAndAccepts(EditSession& session, const QImage& before) {
    CanvasDocument& document = session.document();
    const int shown = document.candidateIndex();
    session.key(Qt::Key_Right);
    QVERIFY(document.candidateIndex() != shown);
    session.key(Qt::Key_C);
    QVERIFY(session.canvas().isComparing());
    session.drag({{64, 64}, {20, 64}});
    QVERIFY(session.canvas().splitPosition() < 0.3);
    const QImage candidate = document.candidates()[document.candidateIndex()];
    session.key(Qt::Key_Return);
    QVERIFY(document.candidates().isEmpty());
    QCOMPARE(test::pixelsOf(document.picture()), test::pixelsOf(candidate));
    session.key(Qt::Key_Z, Qt::ControlModifier);
    QCOMPARE(document.picture(), before);
    QCOMPARE(document.candidates().size(), 2);
    session.key(Qt::Key_Delete);
    QVERIFY(document.candidates().isEmpty());
    QCOMPARE(document.picture(), before);
  }
};

namespace {
const lorikeet::TestCase<CanvasWindowTest> kCanvasWindowTest("canvas_window");
}  // namespace
#include "canvas_window_test.moc"

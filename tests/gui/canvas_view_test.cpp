#include "canvas/canvas_view.h"

#include <QPainter>
#include <QSignalSpy>
#include <QWheelEvent>

#include "support/qt/test_program.h"

namespace lorikeet {
namespace {

QImage fourColors(int side) {
  QImage image(side, side, QImage::Format_RGB32);
  QPainter painter(&image);
  const int half = side / 2;
  painter.fillRect(0, 0, half, half, Qt::red);
  painter.fillRect(half, 0, half, half, Qt::green);
  painter.fillRect(0, half, half, half, Qt::blue);
  painter.fillRect(half, half, half, half, Qt::yellow);
  return image;
}

void turnWheel(QWidget& widget, QPointF position, int notches, Qt::KeyboardModifiers modifiers = {}) {
  QWheelEvent event(position, widget.mapToGlobal(position), {}, QPoint(0, 120 * notches), Qt::NoButton, modifiers,
                    Qt::NoScrollPhase, false);
  QCoreApplication::sendEvent(&widget, &event);
}

bool closeTo(QPointF a, QPointF b, double tolerance) { return QLineF(a, b).length() <= tolerance; }

QColor shownAt(CanvasView& view, QPointF picturePoint) {
  return view.grab().toImage().pixelColor((view.toWidget(picturePoint) * view.devicePixelRatioF()).toPoint());
}

}  // namespace

class CanvasViewTest : public QObject {
  Q_OBJECT
 private slots:
  void fitsANewPictureAndFollowsTheWidget();
  void wheelZoomsToTheCursor();
  void wheelPassesExactlyThrough100Percent();
  void keysZoom();
  void middleButtonAndSpacePan();
  void cannotPanThePictureAway();
  void rotationMapsPointsAndPixels();
  void previewReplacesThePictureUntilTheNextOne();
  void previewAreaLeavesTheRestAlone();
  void scrolledFrameEqualsAFreshOne();
  void partialUpdateEqualsAFreshOne();
  void emptyViewTakesAllInput();
};

void CanvasViewTest::fitsANewPictureAndFollowsTheWidget() {
  CanvasView view;
  view.resize(424, 324);
  view.show();
  QSignalSpy zoomed(&view, &CanvasView::zoomChanged);
  view.setPicture(fourColors(150));
  QVERIFY(view.isFitted());
  QCOMPARE(view.zoom(), 2.0);
  QCOMPARE(zoomed.count(), 1);
  QCOMPARE(view.toWidget({75, 75}), QPointF(212, 162));
  view.resize(424, 174);
  QTRY_COMPARE(view.zoom(), 1.0);
}

void CanvasViewTest::wheelZoomsToTheCursor() {
  CanvasView view;
  view.resize(400, 300);
  view.setPicture(fourColors(1000));
  const QPointF cursor(123, 77);
  for (int notches : {1, 3, -2, 5, -1}) {
    const QPointF under = view.toPicture(cursor);
    const double zoomBefore = view.zoom();
    turnWheel(view, cursor, notches);
    const double rounding = 0.71 * (1 + view.zoom() / zoomBefore);  // the origin stands on whole device pixels
    QVERIFY(closeTo(view.toWidget(under), cursor, rounding));
  }
  QVERIFY(!view.isFitted());
}

void CanvasViewTest::wheelPassesExactlyThrough100Percent() {
  CanvasView view;
  view.resize(400, 300);
  view.setPicture(fourColors(1000));
  view.setZoom(1.0);
  turnWheel(view, {10, 10}, 4);
  QCOMPARE(view.zoom(), 2.0);
  for (int i = 0; i < 8; ++i) turnWheel(view, {200, 10}, -1);
  QCOMPARE(view.zoom(), 0.5);
}

void CanvasViewTest::keysZoom() {
  CanvasView view;
  view.resize(400, 300);
  view.setPicture(fourColors(1000));
  view.zoomTo100();
  QTest::keyClick(&view, Qt::Key_Plus);
  QTest::keyClick(&view, Qt::Key_Plus);
  QCOMPARE(view.zoom(), 2.0);
  QTest::keyClick(&view, Qt::Key_Minus);
  QTest::keyClick(&view, Qt::Key_Minus);
  QCOMPARE(view.zoom(), 1.0);
  view.zoomToFit();
  QVERIFY(view.isFitted());
}

void CanvasViewTest::middleButtonAndSpacePan() {
  CanvasView view;
  view.resize(400, 300);
  view.setPicture(fourColors(1000));
  view.setZoom(1);
  const QPointF before = view.toWidget({500, 500});
  QTest::mousePress(&view, Qt::MiddleButton, {}, {100, 100});
  QTest::mouseMove(&view, {130, 90});
  QTest::mouseRelease(&view, Qt::MiddleButton, {}, {130, 90});
  QCOMPARE(view.toWidget({500, 500}), before + QPointF(30, -10));
  QTest::keyPress(&view, Qt::Key_Space);
  QTest::mousePress(&view, Qt::LeftButton, {}, {100, 100});
  QTest::mouseMove(&view, {60, 90});
  QTest::mouseRelease(&view, Qt::LeftButton, {}, {60, 90});
  QTest::keyRelease(&view, Qt::Key_Space);
  QCOMPARE(view.toWidget({500, 500}), before + QPointF(-10, -20));
}

void CanvasViewTest::cannotPanThePictureAway() {
  CanvasView view;
  view.resize(400, 300);
  view.setPicture(fourColors(200));
  view.setZoom(1);
  QTest::mousePress(&view, Qt::MiddleButton, {}, {200, 150});
  QTest::mouseMove(&view, {5000, 5000});
  QTest::mouseRelease(&view, Qt::MiddleButton, {}, {5000, 5000});
  QCOMPARE(view.toWidget({0, 0}), QPointF(400 - 32, 300 - 32));
}

void CanvasViewTest::rotationMapsPointsAndPixels() {
  CanvasView view;
  view.resize(400, 400);
  view.setPicture(fourColors(200));
  view.setZoom(1);
  QSignalSpy rotated(&view, &CanvasView::rotationChanged);
  view.rotateBy(90);
  QCOMPARE(view.rotation(), 90.0);
  QCOMPARE(rotated.count(), 1);
  QVERIFY(closeTo(view.toWidget({0, 0}), {300, 100}, 1e-6));
  QCOMPARE(shownAt(view, {50, 50}), QColor(Qt::red));
  QCOMPARE(shownAt(view, {150, 50}), QColor(Qt::green));
  view.rotateBy(-127);
  QCOMPARE(view.rotation(), -37.0);
  QCOMPARE(shownAt(view, {50, 150}), QColor(Qt::blue));
  QVERIFY(closeTo(view.toPicture(view.toWidget({33, 44})), {33, 44}, 1e-6));
  view.resetRotation();
  QCOMPARE(view.rotation(), 0.0);
}

void CanvasViewTest::previewReplacesThePictureUntilTheNextOne() {
  CanvasView view;
  view.resize(424, 324);
  QImage preview(8, 8, QImage::Format_RGB32);
  preview.fill(Qt::magenta);
  view.setPreview(preview, {}, QSize(64, 64));
  QCOMPARE(view.viewTransform().pictureSize(), QSize(64, 64));
  QCOMPARE(shownAt(view, {32, 32}), QColor(Qt::magenta));
  view.setPicture(fourColors(64));
  QCOMPARE(shownAt(view, {16, 16}), QColor(Qt::red));
  view.setPreview(preview);
  QCOMPARE(shownAt(view, {16, 16}), QColor(Qt::magenta));
  view.setPreview({});
  QCOMPARE(shownAt(view, {16, 16}), QColor(Qt::red));
}

void CanvasViewTest::previewAreaLeavesTheRestAlone() {
  CanvasView view;
  view.resize(424, 324);
  view.setPicture(fourColors(64));
  QImage preview(8, 8, QImage::Format_RGB32);
  preview.fill(Qt::magenta);
  view.setPreview(preview, QRect(32, 0, 32, 32));
  QCOMPARE(shownAt(view, {48, 16}), QColor(Qt::magenta));
  QCOMPARE(shownAt(view, {16, 16}), QColor(Qt::red));
}

void CanvasViewTest::scrolledFrameEqualsAFreshOne() {
  for (const double rotation : {0.0, 90.0}) {
    CanvasView view;
    view.resize(300, 200);
    view.setPicture(fourColors(200));
    view.setZoom(1);
    view.rotateBy(rotation);
    view.grab();
    QTest::mousePress(&view, Qt::MiddleButton, {}, {100, 100});
    for (const QPoint& at : {QPoint(117, 92), QPoint(90, 130), QPoint(91, 60)}) {
      QTest::mouseMove(&view, at);
      view.grab();
    }
    const QImage scrolled = view.grab().toImage();
    QEvent paletteChange(QEvent::PaletteChange);
    QCoreApplication::sendEvent(&view, &paletteChange);
    QCOMPARE(view.grab().toImage(), scrolled);
  }
}

void CanvasViewTest::partialUpdateEqualsAFreshOne() {
  CanvasView view;
  view.resize(300, 200);
  view.setPicture(fourColors(500));
  view.rotateBy(33);
  view.setZoom(0.7);
  view.grab();
  QImage preview(20, 20, QImage::Format_RGB32);
  preview.fill(Qt::cyan);
  view.setPreview(preview, QRect(100, 300, 77, 55));
  const QImage partial = view.grab().toImage();
  QEvent paletteChange(QEvent::PaletteChange);
  QCoreApplication::sendEvent(&view, &paletteChange);
  QCOMPARE(view.grab().toImage(), partial);
}

void CanvasViewTest::emptyViewTakesAllInput() {
  CanvasView view;
  view.resize(300, 200);
  turnWheel(view, {10, 10}, 3);
  QTest::mousePress(&view, Qt::MiddleButton, {}, {100, 100});
  QTest::mouseMove(&view, {120, 100});
  QTest::mouseRelease(&view, Qt::MiddleButton, {}, {120, 100});
  view.rotateBy(45);
  view.zoomToFit();
  QCOMPARE(view.rotation(), 0.0);
  QVERIFY(!view.grab().toImage().isNull());
}

}  // namespace lorikeet

namespace {
const lorikeet::TestCase<lorikeet::CanvasViewTest> kCanvasViewTest("canvas_view");
}  // namespace
#include "canvas_view_test.moc"

#include <QMimeData>
#include <QMouseEvent>
#include <QPainter>
#include <QPointingDevice>
#include <QSignalSpy>
#include <QTabletEvent>
#include <QTemporaryDir>
#include <QWheelEvent>

#include "canvas/paint_canvas.h"
#include "canvas/work_area_finder.h"
#include "studio/document/canvas_document.h"
#include "support/qt/painting.h"
#include "support/qt/test_program.h"

namespace lorikeet {
using namespace test;
namespace {

/// Drags through points of the picture.
void drag(PaintCanvas& canvas, const QList<QPointF>& points, Qt::MouseButton button = Qt::LeftButton,
          Qt::KeyboardModifiers modifiers = {}) {
  sendMouse(canvas, QEvent::MouseButtonPress, canvas.toWidget(points.front()), button, button, modifiers);
  for (const QPointF& point : points) {
    sendMouse(canvas, QEvent::MouseMove, canvas.toWidget(point), Qt::NoButton, button, modifiers);
  }
  sendMouse(canvas, QEvent::MouseButtonRelease, canvas.toWidget(points.back()), button, Qt::NoButton, modifiers);
}

int maskAt(const CanvasDocument& document, int x, int y) { return document.mask().constScanLine(y)[x]; }

QColor shownAt(PaintCanvas& canvas, QPointF picturePoint) {
  return canvas.grab().toImage().pixelColor((canvas.toWidget(picturePoint) * canvas.devicePixelRatioF()).toPoint());
}

/// A grab from scratch: every cache of the view is made anew.
QImage freshGrab(PaintCanvas& canvas) {
  QEvent paletteChange(QEvent::PaletteChange);
  QCoreApplication::sendEvent(&canvas, &paletteChange);
  return canvas.grab().toImage();
}

int largestDifference(const QImage& a, const QImage& b) {
  int largest = a.size() == b.size() ? 0 : 255;
  for (int y = 0; largest < 255 && y < a.height(); ++y) {
    for (int x = 0; x < a.width(); ++x) {
      const QRgb left = a.pixel(x, y);
      const QRgb right = b.pixel(x, y);
      largest = std::max({largest, std::abs(qRed(left) - qRed(right)), std::abs(qGreen(left) - qGreen(right)),
                          std::abs(qBlue(left) - qBlue(right))});
    }
  }
  return largest;
}

}  // namespace
class CanvasPaintTest : public QObject {
  Q_OBJECT
 private slots:
  void init();
  void cleanup();
  void brushPaintsWhereThePointerIs_data();
  void brushPaintsWhereThePointerIs();
  void partialUpdatesEqualAFullPaint_data();
  void partialUpdatesEqualAFullPaint();
  void undoAndRedoFollowTheStrokes();
  void rightButtonAndControlErase();
  void shiftDrawsStraightLines();
  void escapeCancelsAStroke();
  void lassoRectangleAndFill();
  void penPressureAndEraser();
  void controlWheelSizesTheBrush();
  void spaceDragPansInsteadOfPainting();
  void candidatesFlipCompareAndAccept();
  void maskIsShownInItsColor();
  void onlyMaskedAreaFollowsTheMask();
  void paintingOnAnEmptyCanvasDoesNothing();
  void dropsArePictures();
  void strokesSurviveARestart();

 private:
  std::unique_ptr<CanvasDocument> document_;
  std::unique_ptr<PaintCanvas> canvas_;
};

void CanvasPaintTest::init() {
  document_ = std::make_unique<CanvasDocument>();
  canvas_ = std::make_unique<PaintCanvas>(*document_);
  canvas_->resize(500, 400);
  canvas_->show();
  QVERIFY(QTest::qWaitForWindowExposed(canvas_.get()));
  document_->openPicture(plainPicture({300, 200}, QColor(40, 90, 160)));
  ToolOptions options;
  options.diameter = 20;
  options.hardness = 1;
  canvas_->setOptions(options);
}

void CanvasPaintTest::cleanup() {
  canvas_.reset();
  document_.reset();
}

void CanvasPaintTest::brushPaintsWhereThePointerIs_data() {
  QTest::addColumn<double>("zoom");
  QTest::addColumn<double>("rotation");
  QTest::newRow("fitted") << 0.0 << 0.0;
  QTest::newRow("300 %") << 3.0 << 0.0;
  QTest::newRow("45 %") << 0.45 << 0.0;
  QTest::newRow("turned by 30 degrees") << 1.0 << 30.0;
  QTest::newRow("turned by 90 degrees") << 0.7 << 90.0;
}

void CanvasPaintTest::brushPaintsWhereThePointerIs() {
  QFETCH(double, zoom);
  QFETCH(double, rotation);
  canvas_->rotateBy(rotation);
  if (zoom > 0) canvas_->setZoom(zoom);
  drag(*canvas_, {{110, 100}, {190, 100}});
  QCOMPARE(maskAt(*document_, 150, 100), 255);
  QCOMPARE(maskAt(*document_, 150, 107), 255);
  QCOMPARE(maskAt(*document_, 150, 113), 0);
  QCOMPARE(maskAt(*document_, 205, 100), 0);
  QVERIFY(std::abs(document_->maskBounds().left() - 100) <= 2);
  QVERIFY(std::abs(document_->maskBounds().right() - 200) <= 2);
  QCOMPARE(document_->undoStack()->undoText(), QStringLiteral("brush stroke"));
}

void CanvasPaintTest::partialUpdatesEqualAFullPaint_data() { brushPaintsWhereThePointerIs_data(); }

void CanvasPaintTest::partialUpdatesEqualAFullPaint() {
  QFETCH(double, zoom);
  QFETCH(double, rotation);
  QImage picture(300, 200, QImage::Format_RGB32);
  for (int i = 0; i < 60000; ++i) picture.setPixel(i % 300, i / 300, qRgb(i % 251, i % 13 * 18, i % 199));
  document_->openPicture(picture);
  canvas_->rotateBy(rotation);
  if (zoom > 0) canvas_->setZoom(zoom);
  canvas_->grab();
  for (int i = 0; i < 6; ++i) {
    drag(*canvas_, {{60.0 + 20 * i, 60}, {200.0 - 10 * i, 100.0 + 8 * i}},
         i % 3 == 2 ? Qt::RightButton : Qt::LeftButton);
    canvas_->grab();
  }
  document_->undo();
  const QImage partial = canvas_->grab().toImage();
  // Qt interpolates in steps of 1/256 pixel, and of 1/16 where the view is turned; where a step falls depends on where
  // a row begins to be drawn, and this picture is as noisy as can be.
  const int oneStep = rotation == 30 ? 255 / 16 + 1 : 2;
  QVERIFY(largestDifference(freshGrab(*canvas_), partial) <= oneStep);
}

void CanvasPaintTest::undoAndRedoFollowTheStrokes() {
  QList<QImage> masks{document_->mask().copy()};
  for (int i = 0; i < 5; ++i) {
    drag(*canvas_, {{30.0 + 40 * i, 40}, {60.0 + 40 * i, 160}});
    masks << document_->mask().copy();
  }
  for (int i = 4; i >= 0; --i) {
    document_->undo();
    QCOMPARE(document_->mask(), masks[i]);
  }
  for (int i = 1; i <= 5; ++i) {
    document_->redo();
    QCOMPARE(document_->mask(), masks[i]);
  }
}

void CanvasPaintTest::rightButtonAndControlErase() {
  drag(*canvas_, {{60, 100}, {240, 100}});
  drag(*canvas_, {{100, 100}, {100, 100}}, Qt::RightButton);
  QCOMPARE(maskAt(*document_, 100, 100), 0);
  drag(*canvas_, {{160, 100}, {160, 100}}, Qt::LeftButton, Qt::ControlModifier);
  QCOMPARE(maskAt(*document_, 160, 100), 0);
  canvas_->setTool(CanvasToolKind::Eraser);
  drag(*canvas_, {{220, 100}, {220, 100}});
  QCOMPARE(maskAt(*document_, 220, 100), 0);
  QCOMPARE(document_->undoStack()->undoText(), QStringLiteral("eraser stroke"));
  drag(*canvas_, {{100, 100}, {100, 100}}, Qt::RightButton);
  QCOMPARE(maskAt(*document_, 100, 100), 255);
}

void CanvasPaintTest::shiftDrawsStraightLines() {
  drag(*canvas_, {{50, 50}, {50, 50}});
  drag(*canvas_, {{250, 150}, {250, 150}}, Qt::LeftButton, Qt::ShiftModifier);
  QCOMPARE(maskAt(*document_, 150, 100), 255);
  QCOMPARE(maskAt(*document_, 250, 50), 0);
}

void CanvasPaintTest::escapeCancelsAStroke() {
  sendMouse(*canvas_, QEvent::MouseButtonPress, canvas_->toWidget({50, 50}), Qt::LeftButton, Qt::LeftButton);
  sendMouse(*canvas_, QEvent::MouseMove, canvas_->toWidget({150, 50}), Qt::NoButton, Qt::LeftButton);
  QCOMPARE(maskAt(*document_, 100, 50), 255);
  QTest::keyClick(canvas_.get(), Qt::Key_Escape);
  QVERIFY(document_->maskBounds().isEmpty());
  sendMouse(*canvas_, QEvent::MouseMove, canvas_->toWidget({250, 50}), Qt::NoButton, Qt::LeftButton);
  QVERIFY(document_->maskBounds().isEmpty());
  QCOMPARE(document_->undoStack()->count(), 1);
}

void CanvasPaintTest::lassoRectangleAndFill() {
  canvas_->setTool(CanvasToolKind::Rectangle);
  drag(*canvas_, {{50, 60}, {120, 110}});
  QCOMPARE(document_->maskBounds(), QRect(50, 60, 70, 50));
  canvas_->setTool(CanvasToolKind::Lasso);
  drag(*canvas_, {{60, 70}, {110, 70}, {110, 100}, {60, 100}}, Qt::RightButton);
  QCOMPARE(maskAt(*document_, 85, 85), 0);
  QCOMPARE(maskAt(*document_, 55, 85), 255);
  canvas_->setTool(CanvasToolKind::Fill);
  drag(*canvas_, {{10, 10}, {10, 10}});
  QCOMPARE(document_->maskBounds(), QRect(0, 0, 300, 200));
  QCOMPARE(document_->undoStack()->count(), 4);
}

void CanvasPaintTest::penPressureAndEraser() {
  const QPointingDevice pen(QStringLiteral("pen"), 1, QInputDevice::DeviceType::Stylus,
                            QPointingDevice::PointerType::Pen, QInputDevice::Capability::Pressure, 1, 1);
  const QPointingDevice eraser(QStringLiteral("eraser"), 2, QInputDevice::DeviceType::Stylus,
                               QPointingDevice::PointerType::Eraser, QInputDevice::Capability::Pressure, 1, 1);
  const auto send = [this](const QPointingDevice& device, QEvent::Type type, QPointF picture, double pressure) {
    const QPointF at = canvas_->toWidget(picture);
    const bool up = type == QEvent::TabletRelease;
    QTabletEvent event(type, &device, at, canvas_->mapToGlobal(at), pressure, 0, 0, 0, 0, 0, Qt::NoModifier,
                       type == QEvent::TabletMove ? Qt::NoButton : Qt::LeftButton, up ? Qt::NoButton : Qt::LeftButton);
    QCoreApplication::sendEvent(canvas_.get(), &event);
  };
  ToolOptions options = canvas_->options();
  options.diameter = 60;
  canvas_->setOptions(options);
  send(pen, QEvent::TabletPress, {60, 100}, 0.1);
  send(pen, QEvent::TabletMove, {240, 100}, 1.0);
  send(pen, QEvent::TabletRelease, {240, 100}, 0.0);
  QCOMPARE(maskAt(*document_, 62, 115), 0);
  QCOMPARE(maskAt(*document_, 240, 115), 255);
  QCOMPARE(maskAt(*document_, 150, 114), 255);
  QCOMPARE(maskAt(*document_, 150, 125), 0);
  send(eraser, QEvent::TabletPress, {240, 100}, 1.0);
  send(eraser, QEvent::TabletRelease, {240, 100}, 0.0);
  QCOMPARE(maskAt(*document_, 240, 100), 0);
  QCOMPARE(document_->undoStack()->count(), 3);
}

void CanvasPaintTest::controlWheelSizesTheBrush() {
  const double zoom = canvas_->zoom();
  QWheelEvent larger({100, 100}, canvas_->mapToGlobal(QPointF(100, 100)), {}, {0, 120}, Qt::NoButton,
                     Qt::ControlModifier, Qt::NoScrollPhase, false);
  QSignalSpy changed(canvas_.get(), &PaintCanvas::optionsChanged);
  QCoreApplication::sendEvent(canvas_.get(), &larger);
  QCOMPARE(canvas_->options().diameter, 23.0);
  QCOMPARE(changed.count(), 1);
  QCOMPARE(canvas_->zoom(), zoom);
  QCOMPARE(steppedDiameter(1, -1), 1.0);
  QCOMPARE(steppedDiameter(990, 3), 1000.0);
}

void CanvasPaintTest::spaceDragPansInsteadOfPainting() {
  const QPointF before = canvas_->toWidget({0, 0});
  QTest::keyPress(canvas_.get(), Qt::Key_Space);
  drag(*canvas_, {{100, 100}, {120, 100}});
  QTest::keyRelease(canvas_.get(), Qt::Key_Space);
  QVERIFY(document_->maskBounds().isEmpty());
  QVERIFY(canvas_->toWidget({0, 0}).x() > before.x() + 10);
}

void CanvasPaintTest::candidatesFlipCompareAndAccept() {
  document_->setCandidates({plainPicture({300, 200}, Qt::green), plainPicture({300, 200}, Qt::yellow)});
  QCOMPARE(shownAt(*canvas_, {150, 100}), QColor(Qt::green));
  document_->setCandidateIndex(1);
  QCOMPARE(shownAt(*canvas_, {150, 100}), QColor(Qt::yellow));
  sendMouse(*canvas_, QEvent::MouseButtonPress, canvas_->toWidget({50, 50}), Qt::LeftButton, Qt::LeftButton);
  QCOMPARE(shownAt(*canvas_, {150, 100}), QColor(40, 90, 160));
  sendMouse(*canvas_, QEvent::MouseButtonRelease, canvas_->toWidget({50, 50}), Qt::LeftButton, Qt::NoButton);
  QCOMPARE(shownAt(*canvas_, {150, 100}), QColor(Qt::yellow));
  QVERIFY(document_->maskBounds().isEmpty());

  canvas_->setComparing(true);
  drag(*canvas_, {{20, 50}, {100, 50}});
  QVERIFY(std::abs(canvas_->splitPosition() - 1.0 / 3) < 0.01);
  QCOMPARE(shownAt(*canvas_, {60, 30}), QColor(40, 90, 160));
  QCOMPARE(shownAt(*canvas_, {200, 30}), QColor(Qt::yellow));
  const QImage partial = canvas_->grab().toImage();
  QCOMPARE(freshGrab(*canvas_), partial);
  QTest::keyClick(canvas_.get(), Qt::Key_Right, Qt::ShiftModifier);
  QVERIFY(std::abs(canvas_->splitPosition() - 1.0 / 3 - 0.05) < 0.01);

  document_->acceptCandidate();
  QVERIFY(!canvas_->isComparing());
  QCOMPARE(document_->picture().pixelColor(5, 5), QColor(Qt::yellow));
  QCOMPARE(shownAt(*canvas_, {60, 30}), QColor(Qt::yellow));
  document_->undo();
  QCOMPARE(document_->candidates().size(), 2);
  QCOMPARE(shownAt(*canvas_, {60, 30}), QColor(Qt::yellow));  // the candidate again, over the old picture
  document_->discardCandidates();
  QCOMPARE(shownAt(*canvas_, {60, 30}), QColor(40, 90, 160));
}

void CanvasPaintTest::maskIsShownInItsColor() {
  drag(*canvas_, {{150, 100}, {160, 100}});
  ToolOptions options = canvas_->options();
  options.maskColor = Qt::green;
  options.maskOpacity = 1;
  canvas_->setOptions(options);
  QCOMPARE(shownAt(*canvas_, {155, 100}), QColor(Qt::green));
  options.maskVisible = false;
  canvas_->setOptions(options);
  QCOMPARE(shownAt(*canvas_, {155, 100}), QColor(40, 90, 160));
  QCOMPARE(toolOptionsFromJson(toJson(options)), options);
  QCOMPARE(toolOptionsFromJson("{\"diameter\": -4, \"tool\": 77}"), ToolOptions());
}

void CanvasPaintTest::onlyMaskedAreaFollowsTheMask() {
  WorkAreaFinder finder(*document_);
  finder.setWorkSize({64, 64});
  finder.setOptions({0.75, ResizeMode::Fit, {.onlyMasked = true, .padding = 10}, {}});
  connect(&finder, &WorkAreaFinder::areaChanged, canvas_.get(), &PaintCanvas::setWorkArea);
  canvas_->setTool(CanvasToolKind::Rectangle);
  drag(*canvas_, {{100, 80}, {160, 100}});
  QTRY_VERIFY(canvas_->workArea().contains(QRect(100, 80, 60, 20).adjusted(-10, -10, 10, 10)));
  document_->undo();
  QTRY_VERIFY(canvas_->workArea().isEmpty());
  finder.setOptions({});
  document_->redo();
  QTRY_VERIFY(canvas_->workArea().isEmpty());
}

void CanvasPaintTest::paintingOnAnEmptyCanvasDoesNothing() {
  CanvasDocument empty;
  PaintCanvas canvas(empty);
  canvas.resize(300, 200);
  for (const CanvasToolKind tool : {CanvasToolKind::Brush, CanvasToolKind::Eraser, CanvasToolKind::Lasso,
                                    CanvasToolKind::Rectangle, CanvasToolKind::Fill}) {
    canvas.setTool(tool);
    drag(canvas, {{10, 10}, {50, 50}});
    drag(canvas, {{10, 10}, {50, 50}}, Qt::RightButton);
  }
  empty.invertMask();
  empty.clearMask();
  empty.acceptCandidate();
  QCOMPARE(empty.undoStack()->count(), 0);
  QVERIFY(!canvas.grab().toImage().isNull());
}

void CanvasPaintTest::dropsArePictures() {
  QMimeData offer;
  offer.setImageData(plainPicture({20, 20}, Qt::green));
  int offers = 0;
  connect(canvas_.get(), &PaintCanvas::pictureOffered, this, [&offers] { ++offers; });
  QDragEnterEvent enter({50, 50}, Qt::CopyAction, &offer, Qt::LeftButton, Qt::NoModifier);
  enter.ignore();
  QCoreApplication::sendEvent(canvas_.get(), &enter);
  QVERIFY(enter.isAccepted());
  QDropEvent drop({50, 50}, Qt::CopyAction, &offer, Qt::LeftButton, Qt::NoModifier);
  QCoreApplication::sendEvent(canvas_.get(), &drop);
  QCOMPARE(offers, 1);
  QMimeData adapter;
  adapter.setUrls({QUrl::fromLocalFile(QStringLiteral("/tmp/style.safetensors"))});
  QDragEnterEvent other({50, 50}, Qt::CopyAction, &adapter, Qt::LeftButton, Qt::NoModifier);
  other.ignore();
  QCoreApplication::sendEvent(canvas_.get(), &other);
  QVERIFY(!other.isAccepted());
}

void CanvasPaintTest::strokesSurviveARestart() {
  QTemporaryDir folder;
  QImage mask;
  {
    CanvasDocument document;
    document.openSession(folder.path());
    PaintCanvas canvas(document);
    canvas.resize(500, 400);
    document.openPicture(plainPicture({300, 200}, Qt::gray));
    drag(canvas, {{50, 50}, {200, 120}});
    mask = document.mask().copy();
  }
  CanvasDocument document;
  PaintCanvas canvas(document);
  canvas.resize(500, 400);
  QVERIFY(document.openSession(folder.path()));
  QCOMPARE(document.mask(), mask);
  QCOMPARE(canvas.picture().size(), QSize(300, 200));
  QVERIFY(shownAt(canvas, {120, 83}) != QColor(Qt::gray));
  document.undo();
  QCOMPARE(shownAt(canvas, {120, 83}), QColor(Qt::gray));
}

}  // namespace lorikeet

namespace {
const lorikeet::TestCase<lorikeet::CanvasPaintTest> kCanvasPaintTest("canvas_paint");
}  // namespace
#include "canvas_paint_test.moc"

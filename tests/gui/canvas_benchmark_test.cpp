// Measures painting on a 4096 x 4096 picture as the pointer does it: mouse event, mask, levels, composition, paint.
// Prints milliseconds, of the clock and of the processor (the same on an idle machine); asserts what was painted,
// never a time.
#include <QElapsedTimer>
#include <QMouseEvent>
#include <QPointingDevice>
#include <QTabletEvent>
#include <algorithm>
#include <cmath>
#include <ctime>

#include "canvas/paint_canvas.h"
#include "studio/document/canvas_document.h"
#include "studio/document/mask_reshaper.h"
#include "support/qt/painting.h"
#include "support/qt/test_program.h"

namespace lorikeet {
using namespace test;
namespace {

constexpr int kSide = 4096;
constexpr int kDabs = 60;

QImage noisyPicture() {
  QImage picture(kSide, kSide, QImage::Format_RGB32);
  for (int y = 0; y < kSide; ++y) {
    auto* row = reinterpret_cast<QRgb*>(picture.scanLine(y));
    for (int x = 0; x < kSide; ++x) row[x] = qRgb((x * 7) & 255, (y * 5) & 255, (x ^ y) & 255);
  }
  return picture;
}

double processorMs() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return now.tv_sec * 1e3 + now.tv_nsec / 1e6;
}

/// A mouse event as the pen would have sent it.
void sendPen(QWidget& widget, QEvent::Type mouseType, QPointF at, double pressure) {
  static const QPointingDevice pen(QStringLiteral("pen"), 1, QInputDevice::DeviceType::Stylus,
                                   QPointingDevice::PointerType::Pen, QInputDevice::Capability::Pressure, 1, 3);
  const QEvent::Type type = mouseType == QEvent::MouseButtonPress ? QEvent::TabletPress
                            : mouseType == QEvent::MouseMove      ? QEvent::TabletMove
                                                                  : QEvent::TabletRelease;
  QTabletEvent event(type, &pen, at, widget.mapToGlobal(at), pressure, 0, 0, 0, 0, 0, Qt::NoModifier,
                     type == QEvent::TabletMove ? Qt::NoButton : Qt::LeftButton,
                     type == QEvent::TabletRelease ? Qt::NoButton : Qt::LeftButton);
  QCoreApplication::sendEvent(&widget, &event);
}

struct Timings {
  double median = 0;
  double worst = 0;
};

Timings summary(std::vector<double> milliseconds) {
  std::sort(milliseconds.begin(), milliseconds.end());
  return {milliseconds[milliseconds.size() / 2], milliseconds.back()};
}

}  // namespace

class CanvasBenchmark : public QObject {
  Q_OBJECT
 private slots:
  void initTestCase();
  void dabs_data();
  void dabs();
  void wholeMaskSteps();

 private:
  CanvasDocument document_;
};

void CanvasBenchmark::initTestCase() {
  document_.openPicture(noisyPicture());
  document_.flush();
}

void CanvasBenchmark::dabs_data() {
  QTest::addColumn<double>("diameter");
  QTest::addColumn<double>("hardness");
  QTest::addColumn<double>("zoom");  // 0: fitted
  QTest::addColumn<double>("rotation");
  QTest::addColumn<double>("step");  // widget pixels between two events
  QTest::addColumn<bool>("pen");     // whose pressure changes with every event
  QTest::newRow("size 40, fitted") << 40.0 << 0.8 << 0.0 << 0.0 << 6.0 << false;
  QTest::newRow("size 200, fitted") << 200.0 << 0.8 << 0.0 << 0.0 << 6.0 << false;
  QTest::newRow("size 200 soft, 100 %") << 200.0 << 0.0 << 1.0 << 0.0 << 12.0 << false;
  QTest::newRow("size 500, fitted") << 500.0 << 0.5 << 0.0 << 0.0 << 12.0 << false;
  QTest::newRow("size 500 soft, 100 %") << 500.0 << 0.0 << 1.0 << 0.0 << 12.0 << false;
  QTest::newRow("size 500 soft, 100 %, turned 30 degrees") << 500.0 << 0.0 << 1.0 << 30.0 << 12.0 << false;
  QTest::newRow("size 1000 soft, fitted") << 1000.0 << 0.0 << 0.0 << 0.0 << 12.0 << false;
  QTest::newRow("size 40, 400 %") << 40.0 << 0.8 << 4.0 << 0.0 << 12.0 << false;
  QTest::newRow("size 1000 soft, 100 %") << 1000.0 << 0.0 << 1.0 << 0.0 << 12.0 << false;
  QTest::newRow("size 1000 soft, fitted, pen") << 1000.0 << 0.0 << 0.0 << 0.0 << 12.0 << true;
  QTest::newRow("size 1000, 100 %, pen") << 1000.0 << 0.8 << 1.0 << 0.0 << 12.0 << true;
}

void CanvasBenchmark::dabs() {
  QFETCH(double, diameter);
  QFETCH(double, hardness);
  QFETCH(double, zoom);
  QFETCH(double, rotation);
  QFETCH(double, step);
  QFETCH(bool, pen);
  document_.clearMask();
  PaintCanvas canvas(document_);
  canvas.resize(1200, 900);
  canvas.show();
  QVERIFY(QTest::qWaitForWindowExposed(&canvas));
  canvas.rotateBy(rotation);
  if (zoom > 0) canvas.setZoom(zoom);
  ToolOptions options = canvas.options();
  options.diameter = diameter;
  options.hardness = hardness;
  canvas.setOptions(options);
  canvas.repaint();

  document_.flush();
  std::vector<double> clockMs;
  std::vector<double> cpuMs;
  const auto measure = [&](QEvent::Type type, QPointF at) {
    QElapsedTimer timer;
    timer.start();
    const double before = processorMs();
    if (pen) {
      sendPen(canvas, type, at, 0.6 + 0.4 * std::sin(0.7 * double(clockMs.size())));
    } else {
      const Qt::MouseButton button = type == QEvent::MouseMove ? Qt::NoButton : Qt::LeftButton;
      sendMouse(canvas, type, at, button, type == QEvent::MouseButtonRelease ? Qt::NoButton : Qt::LeftButton);
    }
    QCoreApplication::sendPostedEvents(nullptr, QEvent::UpdateRequest);
    cpuMs.push_back(processorMs() - before);
    clockMs.push_back(timer.nsecsElapsed() / 1e6);
  };
  const auto pointAt = [&](int i) { return QPointF(250 + step * i, 450 + 150 * std::sin(i / 9.0)); };
  measure(QEvent::MouseButtonPress, pointAt(0));
  for (int i = 1; i <= kDabs; ++i) measure(QEvent::MouseMove, pointAt(i));
  const Timings wall = summary(clockMs);
  const Timings processor = summary(cpuMs);
  measure(QEvent::MouseButtonRelease, pointAt(kDabs));
  const QPointF middle = canvas.toPicture(pointAt(kDabs / 2));
  QVERIFY(document_.mask().pixelColor(middle.toPoint()).value() > 240);
  qInfo(
      "%-40s a dab: %5.2f ms (processor %5.2f), the slowest of %d: %5.2f ms (%5.2f); end of the stroke: %.2f ms (%.2f)",
      QTest::currentDataTag(), wall.median, processor.median, kDabs + 1, wall.worst, processor.worst, clockMs.back(),
      cpuMs.back());
}

void CanvasBenchmark::wholeMaskSteps() {
  document_.clearMask();
  document_.flush();
  PaintCanvas canvas(document_);
  canvas.resize(1200, 900);
  canvas.show();
  QVERIFY(QTest::qWaitForWindowExposed(&canvas));
  const auto measure = [&canvas](const char* what, auto step) {
    QElapsedTimer timer;
    timer.start();
    step();
    QCoreApplication::sendPostedEvents(nullptr, QEvent::UpdateRequest);
    qInfo("%s: %.1f ms", what, timer.nsecsElapsed() / 1e6);
  };
  measure("invert", [this] { document_.invertMask(); });
  measure("undo of it, at once", [this] { document_.undo(); });
  QVERIFY(document_.maskBounds().isEmpty());
  document_.beginStroke({.diameter = 1000}, {800, 800}, 1);
  document_.strokeTo({3200, 3200}, 1);
  measure("end of a wide stroke", [this] { document_.endStroke(); });
  std::optional<MaskReshaper> reshaper;
  measure("measuring for grow and feather", [&] { reshaper.emplace(document_.mask()); });
  for (const int grow : {1, 40})
    measure("grow, with live view", [&] { document_.setTrialMask(reshaper->result(grow, 0)); });
  measure("feather, with live view", [&] { document_.setTrialMask(reshaper->result(0, 60)); });
  measure("keep", [this] { document_.keepTrialMask({}); });
  measure("clear", [this] { document_.clearMask(); });
  QVERIFY(document_.maskBounds().isEmpty());
}

}  // namespace lorikeet

namespace {
const lorikeet::TestCase<lorikeet::CanvasBenchmark> kCanvasBenchmark("canvas_benchmark");
}  // namespace
#include "canvas_benchmark_test.moc"

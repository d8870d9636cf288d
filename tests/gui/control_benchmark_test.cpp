// Measures live Canny at 512 x 512 as a person sees it: from the key that moves a threshold's slider until the new map
// is painted. Prints milliseconds; asserts that the maps changed, never a time.
#include <QElapsedTimer>
#include <QSignalSpy>
#include <QSlider>
#include <algorithm>

#include "control/control_panel.h"
#include "control/control_unit_card.h"
#include "studio/document/picture_file.h"
#include "studio/library/network_library.h"
#include "support/qt/test_program.h"
#include "widgets/slider_field.h"

namespace lorikeet {
namespace {

constexpr int kMoves = 40;

/// Noise and edges: much to find for the detector.
QImage busyPicture() {
  QImage picture(512, 512, QImage::Format_RGB32);
  for (int y = 0; y < 512; ++y) {
    auto* row = reinterpret_cast<QRgb*>(picture.scanLine(y));
    for (int x = 0; x < 512; ++x) row[x] = qRgb((x * y / 40) & 255, ((x / 9) * 7 + y) & 255, (x + y) / 4);
  }
  return picture;
}

}  // namespace

class ControlBenchmark : public QObject {
  Q_OBJECT
 private slots:
  void liveCanny();
};

void ControlBenchmark::liveCanny() {
  NetworkLibrary models(FileKind::ControlNet);
  NetworkLibrary detectors(FileKind::LineDetector);
  ControlPanel panel(models, detectors);
  panel.resize(360, 700);
  panel.show();
  QVERIFY(QTest::qWaitForWindowExposed(&panel));
  ControlUnitCard* card = panel.addUnit();
  card->setPicture(busyPicture());
  QTRY_VERIFY(!card->map().isNull());
  auto* slider = card->findChild<SliderField*>(QStringLiteral("highField"))->findChild<QSlider*>();
  std::vector<double> milliseconds;
  int differing = 0;
  for (int i = 0; i < kMoves; ++i) {
    const QImage before = card->map();
    QSignalSpy computed(card, &ControlUnitCard::mapChanged);
    QElapsedTimer timer;
    timer.start();
    QTest::keyClick(slider, Qt::Key_Right);
    while (computed.isEmpty()) QCoreApplication::processEvents(QEventLoop::WaitForMoreEvents);
    QCoreApplication::sendPostedEvents(nullptr, QEvent::UpdateRequest);
    milliseconds.push_back(timer.nsecsElapsed() / 1e6);
    differing += card->map() != before;
  }
  std::sort(milliseconds.begin(), milliseconds.end());
  qInfo("live Canny at 512 x 512: %.2f ms, the slowest of %d: %.2f ms", milliseconds[kMoves / 2], kMoves,
        milliseconds.back());
  QVERIFY(differing > 0);
}

}  // namespace lorikeet

namespace {
const lorikeet::TestCase<lorikeet::ControlBenchmark> kControlBenchmark("control_benchmark");
}  // namespace
#include "control_benchmark_test.moc"

#include <lorikeet/error.h>

#include <QFile>
#include <QPainter>
#include <QTemporaryDir>
#include <cmath>

#include "studio/document/mask_image.h"
#include "studio/document/mask_reshaper.h"
#include "studio/document/mask_shapes.h"
#include "studio/document/mask_stroke.h"
#include "studio/document/picture_file.h"
#include "support/qt/test_program.h"

namespace lorikeet {
namespace {

int at(const QImage& mask, int x, int y) { return mask.constScanLine(y)[x]; }

double paintedArea(const QImage& mask) {
  double sum = 0;
  for (int y = 0; y < mask.height(); ++y) {
    for (int x = 0; x < mask.width(); ++x) sum += at(mask, x, y) / 255.0;
  }
  return sum;
}

QImage disc(QSize size, QPointF centre, double radius) {
  QImage mask(size, QImage::Format_Grayscale8);
  mask.fill(0);
  QPainter painter(&mask);
  painter.setRenderHint(QPainter::Antialiasing);
  painter.setPen(Qt::NoPen);
  painter.setBrush(Qt::white);
  painter.drawEllipse(centre, radius, radius);
  return mask;
}

Error errorOf(const std::function<void()>& call) {
  try {
    call();
  } catch (const Error& error) {
    return error;
  }
  return Error(ErrorKind::OutOfMemory, "nothing was thrown");
}

QString shared(const char* path) { return QStringLiteral(LORIKEET_SHARED_DATA "/testdata/") + QLatin1String(path); }

void write(const QString& file, const QByteArray& bytes) {
  QFile target(file);
  QVERIFY(target.open(QIODevice::WriteOnly));
  target.write(bytes);
}

}  // namespace

class DocumentMaskTest : public QObject {
  Q_OBJECT
 private slots:
  void boundsFollowTheMask();
  void dabIsARoundSpot_data();
  void dabIsARoundSpot();
  void strokeDoesNotGetStrongerWhereItCrosses();
  void softBrushFallsOff();
  void eraserTakesAway();
  void pressureScalesTheBrush();
  void longSegmentIsEvenlyWide();
  void polygonAndCombination();
  void floodFillStopsAtOtherColors();
  void floodFillOfEverything();
  void growAndShrinkMoveTheEdge();
  void growingMeasuresRoundDistances();
  void featherKeepsTheAreaAndSoftens();
  void maskFilesComeBack();
  void maskOfAnotherSizeIsRefusedOrScaled();
  void maskConventions();
  void brokenFilesGiveOneSentence();
};

void DocumentMaskTest::boundsFollowTheMask() {
  MaskImage mask({200, 130});
  QVERIFY(mask.bounds().isEmpty());
  mask.row(70)[199] = 1;
  mask.row(5)[64] = 255;
  mask.noteChange(mask.image().rect());
  QCOMPARE(mask.bounds(), QRect(QPoint(64, 5), QPoint(199, 70)));
  mask.row(70)[199] = 0;
  mask.noteChange(QRect(199, 70, 1, 1));
  QCOMPARE(mask.bounds(), QRect(64, 5, 1, 1));
}

void DocumentMaskTest::dabIsARoundSpot_data() {
  QTest::addColumn<double>("diameter");
  for (double diameter : {1.0, 2.5, 9.0, 40.0, 101.0}) QTest::addRow("%g", diameter) << diameter;
}

void DocumentMaskTest::dabIsARoundSpot() {
  QFETCH(double, diameter);
  MaskImage mask({256, 256});
  Brush brush;
  brush.diameter = diameter;
  brush.hardness = 1;
  MaskStroke(mask, brush).paintTo({100.5, 90.5}, 1);
  const double area = M_PI * diameter * diameter / 4;
  QVERIFY(std::abs(paintedArea(mask.image()) - area) < 0.04 * area + 0.7);
  QCOMPARE(at(mask.image(), 100, 90), 255);
  QVERIFY(std::abs(mask.bounds().width() - diameter) <= 2);
}

void DocumentMaskTest::strokeDoesNotGetStrongerWhereItCrosses() {
  MaskImage mask({200, 200});
  Brush brush;
  brush.opacity = 0.5;
  MaskStroke stroke(mask, brush);
  for (const QPointF& point : {QPointF(20, 100), QPointF(180, 100), QPointF(100, 20), QPointF(100, 180)}) {
    stroke.paintTo(point, 1);
  }
  QCOMPARE(at(mask.image(), 100, 100), 128);
  MaskStroke second(mask, brush);
  second.paintTo({100, 100}, 1);
  QVERIFY(at(mask.image(), 100, 100) > 185);
}

void DocumentMaskTest::softBrushFallsOff() {
  MaskImage mask({200, 200});
  Brush brush;
  brush.diameter = 100;
  brush.hardness = 0;
  MaskStroke(mask, brush).paintTo({100, 100}, 1);
  QVERIFY(at(mask.image(), 100, 100) > 250);
  QVERIFY(std::abs(at(mask.image(), 125, 100) - 128) < 8);
  QVERIFY(at(mask.image(), 147, 100) < 8);
  for (int x = 101; x < 150; ++x) QVERIFY(at(mask.image(), x, 100) <= at(mask.image(), x - 1, 100));
}

void DocumentMaskTest::eraserTakesAway() {
  MaskImage mask({100, 100});
  Brush brush;
  MaskStroke(mask, brush).paintTo({50, 50}, 1);
  brush.erases = true;
  brush.diameter = 90;
  MaskStroke(mask, brush).paintTo({50, 50}, 1);
  QVERIFY(mask.bounds().isEmpty());
}

void DocumentMaskTest::pressureScalesTheBrush() {
  MaskImage mask({200, 100});
  Brush brush;
  brush.diameter = 40;
  brush.hardness = 1;
  brush.pressureOpacity = true;
  MaskStroke(mask, brush).paintTo({50, 50}, 0.5);
  QCOMPARE(at(mask.image(), 50, 50), 128);
  QVERIFY(std::abs(mask.bounds().width() - 20) <= 2);
  brush.pressureOpacity = brush.pressureSize = false;
  MaskStroke(mask, brush).paintTo({150, 50}, 0.1);
  QCOMPARE(at(mask.image(), 165, 50), 255);
}

void DocumentMaskTest::longSegmentIsEvenlyWide() {
  MaskImage mask({600, 600});
  Brush brush;
  brush.diameter = 20;
  brush.hardness = 1;
  MaskStroke stroke(mask, brush);
  stroke.paintTo({50, 50}, 1);
  stroke.paintTo({550, 550}, 1);
  const double expected = M_PI * 100 + 20 * std::hypot(500, 500);
  QVERIFY(std::abs(paintedArea(mask.image()) - expected) < 0.01 * expected);
}

void DocumentMaskTest::polygonAndCombination() {
  QImage mask(100, 80, QImage::Format_Grayscale8);
  mask.fill(0);
  const Selection square = selectPolygon(QPolygonF(QRectF(-20, 10, 60, 30)), mask.size());
  QCOMPARE(square.area(), QRect(0, 10, 40, 30));
  mask = combine(mask, square, SelectionMode::Add, 1);
  QCOMPARE(paintedArea(mask), 40.0 * 30);
  mask = combine(mask, selectPolygon(QPolygonF(QRectF(20, 0, 10, 80)), mask.size()), SelectionMode::Subtract, 1);
  QCOMPARE(paintedArea(mask), 30.0 * 30);
  mask = combine(mask, square, SelectionMode::Add, 0.5);
  QCOMPARE(at(mask, 25, 20), 127);
  QCOMPARE(at(mask, 5, 20), 255);
  QVERIFY(selectPolygon(QPolygonF(QRectF(200, 10, 60, 30)), mask.size()).isEmpty());
}

void DocumentMaskTest::floodFillStopsAtOtherColors() {
  QImage picture(60, 40, QImage::Format_RGB32);
  picture.fill(QColor(100, 100, 100));
  QPainter painter(&picture);
  painter.fillRect(20, 0, 5, 40, QColor(110, 100, 100));
  painter.fillRect(40, 0, 5, 40, QColor(200, 100, 100));
  painter.end();
  QCOMPARE(paintedArea(selectColor(picture, {3, 3}, 9, true).coverage), 20.0 * 40);
  QCOMPARE(paintedArea(selectColor(picture, {3, 3}, 10, true).coverage), 40.0 * 40);
  QCOMPARE(paintedArea(selectColor(picture, {3, 3}, 10, false).coverage), 55.0 * 40);
  QVERIFY(selectColor(picture, {60, 3}, 10, true).isEmpty());
}

void DocumentMaskTest::floodFillOfEverything() {
  QImage picture(1500, 1100, QImage::Format_RGB32);
  for (int y = 0; y < picture.height(); ++y) {  // a comb, so that runs branch
    auto* row = reinterpret_cast<QRgb*>(picture.scanLine(y));
    for (int x = 0; x < picture.width(); ++x) row[x] = (x % 2 && y > 0) ? 0xFF000000 : 0xFFFFFFFF;
  }
  QCOMPARE(paintedArea(selectColor(picture, {0, 1099}, 0, true).coverage), 1500.0 + 750 * 1099);
  QCOMPARE(paintedArea(selectColor(picture, {0, 0}, 255, true).coverage), 1500.0 * 1100);
}

void DocumentMaskTest::growAndShrinkMoveTheEdge() {
  const QImage mask = disc({300, 300}, {150, 150}, 50);
  MaskReshaper reshaper(mask);
  for (int grow : {-30, -7, 5, 40, 90}) {
    const double radius = 50 + grow;
    // Distances run between the centres of pixels, so a curved edge is known to half a pixel.
    const double edgeError = paintedArea(reshaper.result(grow, 0)) / (M_PI * radius) - radius;  // twice, in pixels
    QVERIFY2(std::abs(edgeError) < 2 * 0.5, qPrintable(QStringLiteral("%1: %2").arg(grow).arg(edgeError)));
  }
  QCOMPARE(reshaper.result(0, 0), mask);
  QCOMPARE(paintedArea(reshaper.result(-60, 0)), 0.0);
}

void DocumentMaskTest::growingMeasuresRoundDistances() {
  QImage mask(200, 160, QImage::Format_Grayscale8);
  mask.fill(0);
  const QList<QPoint> points{{30, 40}, {170, 20}, {90, 120}, {91, 60}, {199, 159}};
  for (const QPoint& point : points) mask.scanLine(point.y())[point.x()] = 255;
  const QImage grown = MaskReshaper(mask).result(33, 0);
  for (int y = 0; y < mask.height(); ++y) {
    for (int x = 0; x < mask.width(); ++x) {
      double nearest = 1e9;
      for (const QPoint& point : points) nearest = std::min(nearest, std::hypot(x - point.x(), y - point.y()));
      const double expected = std::clamp(33 + 0.5 - (nearest - 0.5), 0.0, 1.0) * 255;
      QVERIFY(std::abs(at(grown, x, y) - expected) <= 17);  // distances are kept in sixteenths of a pixel
    }
  }
}

void DocumentMaskTest::featherKeepsTheAreaAndSoftens() {
  QImage mask = disc({300, 300}, {150, 150}, 50);
  const double area = paintedArea(mask);
  const QImage soft = MaskReshaper(mask).result(0, 20);
  QVERIFY(std::abs(paintedArea(soft) - area) < 0.02 * area);
  QVERIFY(std::abs(at(soft, 200, 150) - 128) < 16);
  QCOMPARE(at(soft, 150, 150), 255);
  QCOMPARE(at(soft, 222, 150), 0);
  QImage full(50, 40, QImage::Format_Grayscale8);
  full.fill(255);
  QCOMPARE(MaskReshaper(full).result(0, 15), full);  // the border of the picture is no edge
  QCOMPARE(MaskReshaper(full).result(-15, 0), full);
}

void DocumentMaskTest::maskFilesComeBack() {
  QTemporaryDir folder;
  const QImage mask = MaskReshaper(disc({123, 77}, {60, 30}, 20)).result(0, 8);
  const QString file = folder.filePath(QStringLiteral("mask.png"));
  writeMask(file, mask);
  QCOMPARE(readMask(file, mask.size(), MaskFit::Refuse), mask);
  const Error error = errorOf([&] { writeMask(folder.filePath(QStringLiteral("no/such/folder/mask.png")), mask); });
  QVERIFY(error.kind() == ErrorKind::Io);
}

void DocumentMaskTest::maskOfAnotherSizeIsRefusedOrScaled() {
  QTemporaryDir folder;
  const QString file = folder.filePath(QStringLiteral("mask.png"));
  writeMask(file, disc({100, 80}, {50, 40}, 20));
  const Error error = errorOf([&] { readMask(file, {200, 160}, MaskFit::Refuse); });
  QVERIFY(error.kind() == ErrorKind::Mismatch);
  QCOMPARE(QString::fromUtf8(error.what()),
           QStringLiteral("The mask mask.png has 100 × 80 pixels, but the picture has 200 × 160."));
  const QImage scaled = readMask(file, {200, 160}, MaskFit::Scale);
  QCOMPARE(scaled.size(), QSize(200, 160));
  QVERIFY(std::abs(paintedArea(scaled) - M_PI * 40 * 40) < 60);
}

void DocumentMaskTest::maskConventions() {
  QTemporaryDir folder;
  const QString file = folder.filePath(QStringLiteral("mask.png"));
  QImage black(10, 10, QImage::Format_ARGB32);
  black.fill(Qt::transparent);
  black.setPixelColor(3, 4, Qt::black);
  QVERIFY(black.save(file));
  QCOMPARE(paintedArea(readMask(file, {10, 10}, MaskFit::Refuse)), 1.0);
  QImage photo(10, 10, QImage::Format_ARGB32);
  for (int i = 0; i < 100; ++i) photo.setPixelColor(i % 10, i / 10, QColor(2 * i, 50, 200));
  photo.setPixelColor(7, 2, Qt::transparent);
  QVERIFY(photo.save(file));
  QCOMPARE(at(readMask(file, {10, 10}, MaskFit::Refuse), 7, 2), 255);
  QCOMPARE(paintedArea(readMask(file, {10, 10}, MaskFit::Refuse)), 1.0);
}

void DocumentMaskTest::brokenFilesGiveOneSentence() {
  QTemporaryDir folder;
  const QString file = folder.filePath(QStringLiteral("picture.png"));
  QVERIFY(errorOf([&] { readPicture(file); }).kind() == ErrorKind::NotFound);
  write(file, "This is no picture.");
  QVERIFY(errorOf([&] { readPicture(file); }).kind() == ErrorKind::Unsupported);
  for (const char* format : {"png", "jpg", "bmp"}) {
    const QString name = folder.filePath(QStringLiteral("cut.") + QLatin1String(format));
    QVERIFY(disc({100, 100}, {50, 50}, 30).save(name, format));
    QVERIFY(!readPicture(name).isNull());
    QVERIFY(QFile::resize(name, QFileInfo(name).size() * 2 / 3));
    QVERIFY2(errorOf([&] { readPicture(name); }).kind() == ErrorKind::Corrupt, format);
  }
  if (!QFile::exists(shared("photos/truncated.jpg"))) QSKIP("the shared test data is not here");
  const Error error = errorOf([&] { readPicture(shared("photos/truncated.jpg")); });
  QVERIFY(error.kind() == ErrorKind::Corrupt);
  QVERIFY(!readPicture(shared("photos/rocket.jpg")).isNull());
  QVERIFY(!readPicture(shared("inpaint/coyote-input.webp")).isNull());
  QVERIFY(!readPicture(shared("photos/palette_color.png")).isNull());
}

}  // namespace lorikeet

namespace {
const lorikeet::TestCase<lorikeet::DocumentMaskTest> kDocumentMaskTest("document_mask");
}  // namespace
#include "document_mask_test.moc"

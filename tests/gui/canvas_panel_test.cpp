#include "canvas/canvas_panel.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QLabel>
#include <QLineEdit>
#include <QMimeData>
#include <QPushButton>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QToolButton>
#include <cmath>

#include "canvas/paint_canvas.h"
#include "canvas/value_slider.h"
#include "studio/document/canvas_document.h"
#include "support/qt/painting.h"
#include "support/qt/test_program.h"

namespace lorikeet {
using namespace test;
namespace {

using Id = CanvasActionId;

}  // namespace

class CanvasPanelTest : public QObject {
  Q_OBJECT
 private slots:
  void init();
  void cleanup();
  void keysChooseToolsAndSizes();
  void actionsFollowTheDocument();
  void optionsBarFollowsTheTool();
  void valueSliderTakesMouseKeysAndNumbers();
  void reshapeShowsAtOnceAndApplies();
  void reshapeIsCancelledByEscAndByPainting();
  void candidateBarFlipsAndAccepts();
  void maskOfAnotherSizeIsOfferedToBeScaled();
  void maskSavesAndLoads();
  void pastesAndDropsPictures();
  void brokenPictureLeavesTheCanvasAlone();
  void everyControlExplainsItself();
  void undoWorksWhereverTheFocusIs();

 private:
  ValueSlider* slider(const char* name) { return panel_->findChild<ValueSlider*>(QLatin1String(name)); }
  QPushButton* button(const char* name) { return panel_->findChild<QPushButton*>(QLatin1String(name)); }
  QAction& action(Id id) { return *panel_->actions()[id]; }

  std::unique_ptr<CanvasDocument> document_;
  std::unique_ptr<CanvasPanel> panel_;
};

void CanvasPanelTest::init() {
  document_ = std::make_unique<CanvasDocument>();
  panel_ = std::make_unique<CanvasPanel>(*document_);
  panel_->resize(800, 500);
  panel_->show();
  QVERIFY(QTest::qWaitForWindowActive(panel_.get()));
  panel_->canvas().setFocus();
  document_->openPicture(plainPicture({200, 160}, Qt::gray));
}

void CanvasPanelTest::cleanup() {
  panel_.reset();
  document_.reset();
}

void CanvasPanelTest::keysChooseToolsAndSizes() {
  PaintCanvas& canvas = panel_->canvas();
  const std::pair<Qt::Key, CanvasToolKind> keys[] = {{Qt::Key_E, CanvasToolKind::Eraser},
                                                     {Qt::Key_L, CanvasToolKind::Lasso},
                                                     {Qt::Key_R, CanvasToolKind::Rectangle},
                                                     {Qt::Key_F, CanvasToolKind::Fill},
                                                     {Qt::Key_B, CanvasToolKind::Brush}};
  for (const auto& [key, tool] : keys) {
    QTest::keyClick(&canvas, key);
    QCOMPARE(canvas.options().tool, tool);
  }
  QVERIFY(action(Id::Brush).isChecked());
  const double before = canvas.options().diameter;
  QTest::keyClick(&canvas, Qt::Key_BracketRight);
  QVERIFY(canvas.options().diameter > before);
  QTest::keyClick(&canvas, Qt::Key_BracketLeft);
  QTest::keyClick(&canvas, Qt::Key_BracketLeft);
  QVERIFY(canvas.options().diameter < before);
  QTest::keyClick(&canvas, Qt::Key_I);
  QCOMPARE(document_->maskBounds(), QRect(0, 0, 200, 160));
  QTest::keyClick(&canvas, Qt::Key_M);
  QVERIFY(!canvas.options().maskVisible);
  QTest::keyClick(&canvas, Qt::Key_6);
  QCOMPARE(canvas.rotation(), 15.0);
  QTest::keyClick(&canvas, Qt::Key_5);
  QCOMPARE(canvas.rotation(), 0.0);
  QTest::keyClick(&canvas, Qt::Key_Delete, Qt::ShiftModifier);
  QVERIFY(document_->maskBounds().isEmpty());
  QTest::keyClick(&canvas, Qt::Key_Z, Qt::ControlModifier);
  QCOMPARE(document_->maskBounds(), QRect(0, 0, 200, 160));
}

void CanvasPanelTest::actionsFollowTheDocument() {
  CanvasDocument empty;
  CanvasPanel panel(empty);
  QVERIFY(!panel.actions()[Id::InvertMask]->isEnabled());
  QVERIFY(!panel.actions()[Id::Undo]->isEnabled());
  QVERIFY(panel.actions()[Id::OpenPicture]->isEnabled());
  empty.openPicture(plainPicture({10, 10}, Qt::red));
  QVERIFY(panel.actions()[Id::InvertMask]->isEnabled());
  QVERIFY(!panel.actions()[Id::AcceptCandidate]->isEnabled());
  QCOMPARE(panel.actions()[Id::Undo]->text(), QStringLiteral("&Undo open picture"));
  empty.setCandidates({plainPicture({10, 10}, Qt::blue)});
  QVERIFY(panel.actions()[Id::AcceptCandidate]->isEnabled());
  QVERIFY(!panel.actions()[Id::NextCandidate]->isEnabled());
}

void CanvasPanelTest::optionsBarFollowsTheTool() {
  QVERIFY(slider("brushSize")->isVisible());
  QVERIFY(!slider("fillTolerance")->isVisible());
  panel_->canvas().setTool(CanvasToolKind::Fill);
  QVERIFY(!slider("brushSize")->isVisible());
  slider("fillTolerance")->setValue(60);
  slider("brushOpacity")->setValue(50);
  QCOMPARE(panel_->canvas().options().tolerance, 60);
  QCOMPARE(panel_->canvas().options().opacity, 0.5);
  ToolOptions options = panel_->canvas().options();
  options.maskOpacity = 0.3;
  panel_->canvas().setOptions(options);
  QCOMPARE(slider("maskOpacity")->value(), 30);
}

void CanvasPanelTest::valueSliderTakesMouseKeysAndNumbers() {
  ValueSlider* hardness = slider("brushHardness");
  QTest::mouseClick(hardness, Qt::LeftButton, {}, QPoint(hardness->width() / 2, 10));
  QVERIFY(std::abs(hardness->value() - 50) <= 1);
  QVERIFY(panel_->canvas().hasFocus());
  hardness->setFocus(Qt::TabFocusReason);
  QTest::keyClick(hardness, Qt::Key_Home);
  QTest::keyClick(hardness, Qt::Key_Right);
  QCOMPARE(hardness->value(), 1);
  QTest::keyClick(hardness, Qt::Key_7);
  auto* editor = hardness->findChild<QLineEdit*>();
  QVERIFY(editor->isVisible());
  QTest::keyClicks(editor, QStringLiteral("3"));
  QTest::keyClick(editor, Qt::Key_Return);
  QCOMPARE(hardness->value(), 73);
  QVERIFY(!editor->isVisible());
  QTest::mouseDClick(hardness, Qt::LeftButton, {}, QPoint(10, 10));
  QTest::keyClicks(editor, QStringLiteral("nonsense"));
  QTest::keyClick(editor, Qt::Key_Escape);
  QVERIFY(!editor->isVisible());
}

void CanvasPanelTest::reshapeShowsAtOnceAndApplies() {
  document_->select(selectPolygon(QPolygonF(QRectF(80, 60, 40, 40)), {200, 160}), SelectionMode::Add, 1,
                    QStringLiteral("square"));
  const QImage before = document_->mask().copy();
  action(Id::ReshapeMask).trigger();
  slider("growMask")->setValue(10);
  QCOMPARE(document_->mask(), before);
  QCOMPARE(document_->shownMask().pixelColor(72, 80), QColor(Qt::white));
  slider("growMask")->setValue(-10);
  QCOMPARE(document_->shownMask().pixelColor(84, 80), QColor(Qt::black));
  slider("growMask")->setValue(5);
  QTest::mouseClick(button("applyReshape"), Qt::LeftButton);
  QCOMPARE(document_->mask().pixelColor(77, 80), QColor(Qt::white));
  QCOMPARE(document_->undoStack()->undoText(), QStringLiteral("grow mask"));
  QVERIFY(!slider("growMask")->isVisible());
  document_->undo();
  QCOMPARE(document_->mask(), before);
}

void CanvasPanelTest::reshapeIsCancelledByEscAndByPainting() {
  document_->invertMask();
  const QImage before = document_->mask().copy();
  action(Id::ReshapeMask).trigger();
  slider("featherMask")->setValue(20);
  QTest::keyClick(slider("featherMask"), Qt::Key_Escape);
  QVERIFY(!slider("featherMask")->isVisible());
  QCOMPARE(document_->shownMask(), before);
  action(Id::ReshapeMask).trigger();
  QVERIFY(slider("featherMask")->isVisible());
  document_->beginStroke({}, {10, 10}, 1);
  document_->endStroke();
  QVERIFY(!slider("featherMask")->isVisible());
}

void CanvasPanelTest::candidateBarFlipsAndAccepts() {
  auto* bar = panel_->findChild<QWidget*>(QStringLiteral("candidateBar"));
  auto* place = panel_->findChild<QLabel*>(QStringLiteral("candidatePlace"));
  QVERIFY(!bar->isVisible());
  document_->setCandidates({plainPicture({200, 160}, Qt::green), plainPicture({200, 160}, Qt::yellow)});
  QVERIFY(bar->isVisible());
  QCOMPARE(place->text(), QStringLiteral("1 of 2"));
  QTest::keyClick(&panel_->canvas(), Qt::Key_Right);
  QCOMPARE(place->text(), QStringLiteral("2 of 2"));
  QTest::keyClick(&panel_->canvas(), Qt::Key_C);
  QVERIFY(panel_->canvas().isComparing());
  QVERIFY(action(Id::Compare).isChecked());
  QTest::mouseClick(button("acceptButton"), Qt::LeftButton);
  QVERIFY(!bar->isVisible());
  QCOMPARE(document_->picture().pixelColor(0, 0), QColor(Qt::yellow));
  QTest::keyClick(&panel_->canvas(), Qt::Key_Z, Qt::ControlModifier);
  QVERIFY(bar->isVisible());
  QTest::keyClick(&panel_->canvas(), Qt::Key_Delete);
  QVERIFY(!bar->isVisible());
  QCOMPARE(document_->picture().pixelColor(0, 0), QColor(Qt::gray));
}

void CanvasPanelTest::maskOfAnotherSizeIsOfferedToBeScaled() {
  QTemporaryDir folder;
  const QString file = folder.filePath(QStringLiteral("mask.png"));
  QImage mask(50, 40, QImage::Format_Grayscale8);
  mask.fill(255);
  writeMask(file, mask);
  auto* question = panel_->findChild<QWidget*>(QStringLiteral("questionBar"));
  panel_->loadMask(file);
  QVERIFY(question->isVisible());
  QVERIFY(panel_->findChild<QLabel*>(QStringLiteral("questionText"))->text().contains(QStringLiteral("50 × 40")));
  QTest::mouseClick(button("questionCancel"), Qt::LeftButton);
  QVERIFY(!question->isVisible());
  QVERIFY(document_->maskBounds().isEmpty());
  panel_->loadMask(file);
  QTest::mouseClick(button("questionOffer"), Qt::LeftButton);
  QVERIFY(!question->isVisible());
  QCOMPARE(document_->maskBounds(), QRect(0, 0, 200, 160));
}

void CanvasPanelTest::maskSavesAndLoads() {
  QTemporaryDir folder;
  const QString file = folder.filePath(QStringLiteral("mask.png"));
  document_->beginStroke({}, {50, 50}, 1);
  document_->endStroke();
  const QImage mask = document_->mask().copy();
  panel_->saveMask(file);
  document_->clearMask();
  panel_->loadMask(file);
  QCOMPARE(document_->mask(), mask);
  QSignalSpy problems(panel_.get(), &CanvasPanel::problem);
  panel_->saveMask(folder.filePath(QStringLiteral("no/folder/mask.png")));
  panel_->loadMask(folder.filePath(QStringLiteral("missing.png")));
  QCOMPARE(problems.count(), 2);
  QCOMPARE(document_->mask(), mask);
}

void CanvasPanelTest::pastesAndDropsPictures() {
  QGuiApplication::clipboard()->setImage(plainPicture({30, 20}, Qt::cyan));
  QTest::keyClick(&panel_->canvas(), Qt::Key_V, Qt::ControlModifier);
  QCOMPARE(document_->size(), QSize(30, 20));
  QCOMPARE(document_->undoStack()->undoText(), QStringLiteral("paste picture"));
  QSignalSpy problems(panel_.get(), &CanvasPanel::problem);
  QGuiApplication::clipboard()->setText(QStringLiteral("words"));
  QTest::keyClick(&panel_->canvas(), Qt::Key_V, Qt::ControlModifier);
  QCOMPARE(problems.count(), 1);
  QTemporaryDir folder;
  const QString file = folder.filePath(QStringLiteral("dropped.png"));
  QVERIFY(plainPicture({44, 33}, Qt::magenta).save(file));
  QMimeData offer;
  offer.setUrls({QUrl::fromLocalFile(file)});
  panel_->takePicture(offer);
  QCOMPARE(document_->size(), QSize(44, 33));
}

void CanvasPanelTest::brokenPictureLeavesTheCanvasAlone() {
  const QString file = QStringLiteral(LORIKEET_SHARED_DATA "/testdata/photos/truncated.jpg");
  if (!QFile::exists(file)) QSKIP("the shared test data is not here");
  QSignalSpy problems(panel_.get(), &CanvasPanel::problem);
  panel_->openPicture(file);
  QCOMPARE(problems.count(), 1);
  QCOMPARE(document_->size(), QSize(200, 160));
  QCOMPARE(document_->undoStack()->count(), 1);
}

void CanvasPanelTest::everyControlExplainsItself() {
  const QList<QWidget*> widgets = panel_->findChildren<QWidget*>();
  int controls = 0;
  for (const QWidget* widget : widgets) {
    const bool isControl = qobject_cast<const QAbstractButton*>(widget) || qobject_cast<const QAbstractSlider*>(widget);
    if (!isControl || widget->parentWidget()->objectName() == QStringLiteral("questionBar")) continue;
    ++controls;
    QVERIFY2(!widget->toolTip().isEmpty(), qPrintable(widget->objectName()));
    QVERIFY2(widget->focusPolicy() & Qt::TabFocus, qPrintable(widget->objectName()));
  }
  QVERIFY(controls > 20);
}

void CanvasPanelTest::undoWorksWhereverTheFocusIs() {
  document_->invertMask();
  slider("brushSize")->setFocus(Qt::TabFocusReason);
  QTest::keyClick(slider("brushSize"), Qt::Key_Z, Qt::ControlModifier);
  QVERIFY(document_->maskBounds().isEmpty());
  QTest::keyClick(slider("brushSize"), Qt::Key_Z, Qt::ControlModifier | Qt::ShiftModifier);
  QVERIFY(!document_->maskBounds().isEmpty());
}

}  // namespace lorikeet

namespace {
const lorikeet::TestCase<lorikeet::CanvasPanelTest> kCanvasPanelTest("canvas_panel");
}  // namespace
#include "canvas_panel_test.moc"

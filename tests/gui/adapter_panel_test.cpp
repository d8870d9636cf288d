// The dock of the adapter stack in the window: drops, rows, Live.
#include "adapters/adapter_panel.h"

#include <QCheckBox>
#include <QDoubleSpinBox>
#include <QMimeData>
#include <QPlainTextEdit>
#include <QToolButton>
#include <QtTest>

#include "adapters/adapter_row.h"
#include "adapters/weight_slider.h"
#include "canvas/canvas_view.h"
#include "mainwindow/main_window.h"
#include "support/qt/test_program.h"
#include "support/temp_studio.h"

using namespace lorikeet;
using lorikeet::test::kTimeoutMs;
using lorikeet::test::TempFolder;

namespace {

QString adapterOf(const char* name) {
  return QStringLiteral(LORIKEET_SOURCE_DIR "/tests/golden/lora/%1/adapter.safetensors").arg(QLatin1String(name));
}

struct StackWindow {
  explicit StackWindow(const TempFolder& temp) : studio(lorikeet::test::prepareStudio(temp)), window(studio) {
    window.resize(1280, 720);
    window.show();
    if (!QTest::qWaitForWindowExposed(&window)) qFatal("the window does not appear");
  }
  template <class Widget>
  Widget* find(const char* name) const {
    auto* found = window.findChild<Widget*>(QString::fromLatin1(name));
    if (!found) qFatal("no widget is called %s", name);
    return found;
  }
  void dropOn(QWidget* widget, const QStringList& files) {
    QMimeData data;
    QList<QUrl> urls;
    for (const QString& file : files) urls << QUrl::fromLocalFile(file);
    data.setUrls(urls);
    const QPoint point = widget->rect().center();
    QDragEnterEvent enter(point, Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
    QApplication::sendEvent(widget, &enter);
    QDropEvent drop(point, Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
    QApplication::sendEvent(enter.isAccepted() ? widget : &window, &drop);
  }
  void addRow(const char* name = "kohya_lora") {
    studio.stack.addFiles({adapterOf(name)});
    QTRY_VERIFY(window.findChild<AdapterRow*>());
  }
  double weight() const { return studio.stack.state().entries.at(0).use.weight; }

  Studio studio;
  MainWindow window;
};

}  // namespace

class AdapterPanelTest : public QObject {
  Q_OBJECT

 private slots:
  void filesDroppedOnTheWindowAndOnTheFormBecomeRows() {
    TempFolder temp;
    StackWindow test(temp);
    test.dropOn(&test.window, {adapterOf("kohya_lora")});
    QTRY_COMPARE(test.studio.stack.state().entries.size(), size_t(1));
    auto* prompt = test.find<QPlainTextEdit>("promptEdit");
    const QString before = prompt->toPlainText();
    test.dropOn(prompt->viewport(), {adapterOf("loha")});
    QTRY_COMPARE(test.studio.stack.state().entries.size(), size_t(2));
    QCOMPARE(prompt->toPlainText(), before);
    QTRY_COMPARE_WITH_TIMEOUT(test.find<QToolButton>("adapterBadge")->text(), QStringLiteral("630/630"), kTimeoutMs);
  }

  void aRowIsPlayedByMouseWheelAndKeys() {
    TempFolder temp;
    StackWindow test(temp);
    test.addRow();
    auto* slider = test.find<WeightSlider>("adapterSlider");
    QTest::keyClick(slider, Qt::Key_Left);
    QCOMPARE(test.weight(), 0.95);
    QTest::keyClick(slider, Qt::Key_Left, Qt::ShiftModifier);
    QCOMPARE(test.weight(), 0.94);
    const QPointF centre = slider->rect().center();
    QWheelEvent wheel(centre, slider->mapToGlobal(centre), {}, {0, 120}, Qt::NoButton, Qt::NoModifier,
                      Qt::NoScrollPhase, false);
    QApplication::sendEvent(slider, &wheel);
    QCOMPARE(test.weight(), 1.0);
    QTest::mouseClick(slider, Qt::LeftButton, {}, QPoint(2, slider->height() / 2));
    QCOMPARE(test.weight(), -1.0);
    QTest::mouseDClick(slider, Qt::LeftButton);
    QCOMPARE(test.weight(), 1.0);
    auto* number = test.find<QDoubleSpinBox>("adapterWeight");
    number->setValue(-7.5);
    QCOMPARE(test.weight(), -7.5);
    QTest::keyClick(number, Qt::Key_Z, Qt::ControlModifier);
    QVERIFY(test.weight() != -7.5);
    test.find<QCheckBox>("adapterEnabled")->click();
    QVERIFY(!test.studio.stack.state().entries[0].use.enabled);
    test.find<QToolButton>("adapterRemove")->click();
    QTRY_VERIFY(test.studio.stack.state().entries.empty());
  }

  void finerSettingsAndTheReportOpen() {
    TempFolder temp;
    StackWindow test(temp);
    test.addRow();
    test.find<QToolButton>("adapterDetailsButton")->click();
    test.find<QCheckBox>("ownTextWeight")->click();
    QVERIFY(test.studio.stack.state().entries[0].use.textWeight.has_value());
    test.find<QWidget>("blockField4")->setProperty("value", 0.5);
    QCOMPARE(test.studio.stack.state().entries[0].use.blocks.mid, 0.5);
    test.find<QWidget>("beginField")->setProperty("value", 40);
    QCOMPARE(test.studio.stack.state().entries[0].use.begin, 0.4);
    QTRY_COMPARE_WITH_TIMEOUT(test.find<QToolButton>("adapterBadge")->text(), QStringLiteral("630/630"), kTimeoutMs);
    test.find<QToolButton>("adapterBadge")->click();
    QVERIFY(test.find<QWidget>("adapterReport")->isVisible());
  }

  void liveShowsAChangeWithoutKeepingIt() {
    TempFolder temp;
    StackWindow test(temp);
    test.addRow();
    QSignalSpy live(&test.studio.jobs, &JobRunner::livePicture);
    test.find<QToolButton>("liveButton")->click();
    QTRY_COMPARE_WITH_TIMEOUT(live.count(), 1, kTimeoutMs);
    QTest::keyClick(test.find<WeightSlider>("adapterSlider"), Qt::Key_Home);
    QTRY_COMPARE_WITH_TIMEOUT(live.count(), 2, kTimeoutMs);
    QCOMPARE(test.studio.results.rowCount(), 0);
    const QImage shown = live[1][0].value<JobPicture>().image;
    test.find<QAction>("generate")->trigger();
    QTRY_COMPARE_WITH_TIMEOUT(test.studio.results.rowCount(), 1, kTimeoutMs);
    QCOMPARE(lorikeet::test::pixelsOf(test.studio.results.at(0).image), lorikeet::test::pixelsOf(shown));
  }
};

namespace {
const lorikeet::TestCase<AdapterPanelTest> kAdapterPanelTest("adapter_panel");
}  // namespace
#include "adapter_panel_test.moc"

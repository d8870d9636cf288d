// Files of every kind that are dropped on the window go where they belong.
#include <QLabel>
#include <QMenu>
#include <QMimeData>
#include <QPlainTextEdit>
#include <QToolButton>
#include <QtTest>

#include "canvas/paint_canvas.h"
#include "control/control_panel.h"
#include "generate/generate_panel.h"
#include "mainwindow/main_window.h"
#include "support/fake_adapters.h"
#include "support/qt/test_program.h"
#include "support/temp_studio.h"
#include "widgets/message_bar.h"

using namespace lorikeet;
using lorikeet::test::kTimeoutMs;
using lorikeet::test::TempFolder;

namespace {

QString goldenFile(const char* name) {
  return QStringLiteral(LORIKEET_SOURCE_DIR "/tests/golden/") + QLatin1String(name);
}

struct DropWindow {
  explicit DropWindow(const TempFolder& temp) : studio(lorikeet::test::prepareStudio(temp)), window(studio) {
    window.resize(1280, 800);
    window.show();
    if (!QTest::qWaitForWindowExposed(&window)) qFatal("the window does not appear");
  }
  template <class Type>
  Type* find(const char* name) const {
    auto* found = window.findChild<Type*>(QString::fromLatin1(name));
    if (!found) qFatal("nothing is called %s", name);
    return found;
  }
  /// Drops files in the middle of the window, as a person does.
  void drop(const QStringList& files) {
    QMimeData data;
    QList<QUrl> urls;
    for (const QString& file : files) urls << QUrl::fromLocalFile(file);
    data.setUrls(urls);
    const QPointF point = window.rect().center();
    QDragEnterEvent enter(point.toPoint(), Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
    QApplication::sendEvent(&window, &enter);
    QDropEvent drop(point, Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
    QApplication::sendEvent(&window, &drop);
  }
  GenerateRequest request() const { return window.findChild<GeneratePanel*>()->request(); }
  QString message() const { return find<MessageBar>("messageBar")->text(); }
  QImage make() {
    const int before = studio.results.rowCount();
    find<QAction>("generate")->trigger();
    if (!QTest::qWaitFor([&] { return studio.results.rowCount() > before; }, kTimeoutMs)) qFatal("no picture");
    return lorikeet::test::pixelsOf(studio.results.at(0).image);
  }

  Studio studio;
  MainWindow window;
};

}  // namespace

class DropsWindowTest : public QObject {
  Q_OBJECT
 private slots:
  void modelsBecomeCurrent() {
    TempFolder temp;
    DropWindow test(temp);
    QVERIFY(QFile::link(lorikeet::test::tinyModel(), temp.path("other")));
    test.drop({temp.path("other")});
    QTRY_COMPARE_WITH_TIMEOUT(test.studio.models.current().path, temp.path("other"), kTimeoutMs);
  }

  void embeddingsAndControlNetsGetTheirPlace() {
    TempFolder temp;
    DropWindow test(temp);
    test.drop({goldenFile("textual_inversion/glyph.pt"), goldenFile("tiny-controlnet")});
    QTRY_COMPARE_WITH_TIMEOUT(test.studio.stack.state().embeddings.size(), size_t(1), kTimeoutMs);
    QCOMPARE(pathToQString(test.studio.stack.state().embeddings[0]), goldenFile("textual_inversion/glyph.pt"));
    auto* panel = test.window.findChild<ControlPanel*>();
    QTRY_COMPARE_WITH_TIMEOUT(panel->units().size(), size_t(1), kTimeoutMs);
    QCOMPARE(pathToQString(panel->units()[0].model), goldenFile("tiny-controlnet"));
  }

  void picturesGoOnTheCanvas() {
    TempFolder temp;
    DropWindow test(temp);
    QImage picture(40, 24, QImage::Format_RGB32);
    picture.fill(Qt::green);
    QVERIFY(picture.save(temp.path("photo.png")));
    test.drop({temp.path("photo.png")});
    QTRY_COMPARE_WITH_TIMEOUT(test.studio.canvas.size(), QSize(40, 24), kTimeoutMs);
  }

  void aVaeIsUsedUntilTheModelsOwnIsChosen() {
    TempFolder temp;
    DropWindow test(temp);
    const QImage own = test.make();
    test.find<QAbstractButton>("seedLock")->setChecked(true);
    test.drop({lorikeet::test::tinyModel() + "/vae"});
    QTRY_COMPARE_WITH_TIMEOUT(pathToQString(test.request().vae), lorikeet::test::tinyModel() + "/vae", kTimeoutMs);
    QVERIFY2(test.message().contains("VAE"), qPrintable(test.message()));
    QVERIFY(test.find<QToolButton>("modelMenu")->toolTip().contains("VAE"));
    QCOMPARE(test.studio.settings.request().vae, test.request().vae);
    QCOMPARE(test.make(), own);  // it is the same one
    auto* menu = test.find<QToolButton>("modelMenu")->menu();
    emit menu->aboutToShow();
    QList<QAction*> choices = menu->findChild<QMenu*>(QStringLiteral("vaeMenu"))->actions();
    QVERIFY(!choices[0]->isChecked() && choices[1]->isChecked());
    choices[0]->trigger();
    QVERIFY(test.request().vae.empty());
  }

  void whatDecodesNothingIsRefused() {
    TempFolder temp;
    DropWindow test(temp);
    std::ofstream out(toPath(temp.path("taesd.safetensors")), std::ios::binary);
    const std::string header = R"({"decoder.layers.0.weight": {"dtype": "F32", "shape": [1], "data_offsets": [0, 4]}})";
    out.put(char(header.size()));
    out << std::string(7, '\0') << header << std::string(4, '\0');
    out.close();
    test.drop({temp.path("taesd.safetensors")});
    QTRY_VERIFY_WITH_TIMEOUT(test.message().contains("no decoder of a tiny autoencoder"), kTimeoutMs);
    QVERIFY(test.request().vae.empty());
  }
};

namespace {
const lorikeet::TestCase<DropsWindowTest> kDropsWindowTest("drops_window");
}  // namespace
#include "drops_window_test.moc"

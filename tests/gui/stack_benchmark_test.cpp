// Measures the adapters' side of the window as a person feels it: a key in the search of a large library until its list
// is drawn, a slider moved with Live on until the canvas shows a picture. Prints milliseconds; asserts what is shown,
// never a time.
#include <QElapsedTimer>
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QLineEdit>
#include <QToolButton>
#include <QtTest>
#include <algorithm>

#include "library/library_panel.h"
#include "library/library_view.h"
#include "mainwindow/main_window.h"
#include "mainwindow/session_controller.h"
#include "support/fake_adapters.h"
#include "support/qt/test_program.h"
#include "support/temp_studio.h"

using namespace lorikeet;
using lorikeet::test::kTimeoutMs;
using lorikeet::test::TempFolder;

namespace {

constexpr int kFiles = 2000;
constexpr int kFactorRank = 8;

double medianOf(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

StudioConfig prepareLargeLibrary(const TempFolder& temp) {
  static constexpr const char* kSubjects[] = {"ink", "neon", "watercolour", "clay", "pixel", "comic", "portrait"};
  for (int i = 0; i < kFiles; ++i) {
    const std::string subject = kSubjects[i % std::size(kSubjects)];
    const std::string name = subject + "-" + std::to_string(i);
    lorikeet::test::writeFakeAdapter(toPath(temp.path("adapters")) / subject / (name + ".safetensors"),
                                     "\"ss_output_name\": \"" + name + "\"");
  }
  const StudioConfig config = lorikeet::test::prepareStudio(temp);
  Settings settings(config.settingsFile);
  Preferences preferences = settings.preferences();
  preferences.adaptersFolder = temp.path("adapters");
  settings.setPreferences(preferences);
  return config;
}

/// Low-rank factors for all attention layers of a diffusers UNet, of the size of a trained adapter's.
void writeAdapterFor(const QString& unet, const QString& adapter) {
  QFile in(unet);
  if (!in.open(QIODevice::ReadOnly)) qFatal("no UNet");
  quint64 size = 0;
  in.read(reinterpret_cast<char*>(&size), sizeof(size));
  const QJsonObject tensors = QJsonDocument::fromJson(in.read(qint64(size))).object();
  QJsonObject header;
  QByteArray bytes;
  quint32 random = 1;
  const auto add = [&](const QString& name, qint64 rows, qint64 columns) {
    const qint64 begin = bytes.size();
    for (qint64 i = 0; i < rows * columns; ++i) {
      random = random * 1664525u + 1013904223u;
      const float value = (float(random >> 8) / float(1 << 24) - 0.5f) * 0.1f;
      bytes.append(reinterpret_cast<const char*>(&value), sizeof(value));
    }
    header[name] = QJsonObject{{QStringLiteral("dtype"), QStringLiteral("F32")},
                               {QStringLiteral("shape"), QJsonArray{rows, columns}},
                               {QStringLiteral("data_offsets"), QJsonArray{begin, bytes.size()}}};
  };
  for (auto it = tensors.begin(); it != tensors.end(); ++it) {
    const QJsonArray shape = it.value()[QStringLiteral("shape")].toArray();
    if (shape.size() != 2 || !it.key().contains(QLatin1String(".attn")) || !it.key().endsWith(QLatin1String(".weight")))
      continue;
    const QString module = QStringLiteral("unet.") + it.key().chopped(7);
    add(module + QStringLiteral(".lora_A.weight"), kFactorRank, shape[1].toInteger());
    add(module + QStringLiteral(".lora_B.weight"), shape[0].toInteger(), kFactorRank);
  }
  QByteArray json = QJsonDocument(header).toJson(QJsonDocument::Compact);
  json.append((8 - json.size() % 8) % 8, ' ');
  size = quint64(json.size());
  QFile out(adapter);
  if (!out.open(QIODevice::WriteOnly)) qFatal("cannot write");
  out.write(reinterpret_cast<const char*>(&size), sizeof(size));
  out.write(json);
  out.write(bytes);
}

}  // namespace

class StackBenchmark : public QObject {
  Q_OBJECT

 private slots:
  void search();
  void live();
};

void StackBenchmark::search() {
  const TempFolder temp;
  const StudioConfig config = prepareLargeLibrary(temp);
  QElapsedTimer timer;
  timer.start();
  Studio studio(config);
  MainWindow window(studio);
  window.resize(1280, 900);
  window.show();
  QVERIFY(QTest::qWaitForWindowActive(&window));
  window.findChild<QAction*>(QStringLiteral("showLibrary"))->trigger();
  const AdapterListModel& model = window.findChild<LibraryPanel*>(QStringLiteral("libraryPanel"))->model();
  QTRY_COMPARE_WITH_TIMEOUT(model.rowCount(), kFiles, kTimeoutMs);
  QTRY_VERIFY_WITH_TIMEOUT(!studio.adapters.isBusy(), kTimeoutMs);
  qInfo("%d files listed and read after %lld ms", kFiles, timer.elapsed());

  auto* field = window.findChild<QLineEdit*>(QStringLiteral("librarySearch"));
  auto* view = window.findChild<LibraryView*>(QStringLiteral("libraryView"));
  field->setFocus();
  std::vector<double> times;
  const auto press = [&](Qt::Key key, QChar letter) {
    timer.start();
    QTest::sendKeyEvent(QTest::Click, field, key, letter, Qt::NoModifier);
    QCoreApplication::sendPostedEvents();
    view->viewport()->repaint();
    times.push_back(double(timer.nsecsElapsed()) / 1e6);
  };
  for (int round = 0; round < 2; ++round) {
    for (const QChar letter : QStringLiteral("watercolour 19")) press(Qt::Key_unknown, letter);
    QVERIFY(model.rowCount() > 10 && model.rowCount() < 150);
    while (!field->text().isEmpty()) press(Qt::Key_Backspace, QChar());
    QCOMPARE(model.rowCount(), kFiles);
  }
  qInfo("a key until the list is drawn: %.2f ms, the slowest of %zu: %.2f ms", medianOf(times), times.size(),
        *std::max_element(times.begin(), times.end()));
}

void StackBenchmark::live() {
  const TempFolder temp;
  const QString starter = QStringLiteral(LORIKEET_SOURCE_DIR "/resources/starter");
  if (!QFile::exists(starter + QStringLiteral("/model_index.json"))) QSKIP("no starter model");
  const StudioConfig config = lorikeet::test::prepareStudio(temp);
  {
    Settings settings(config.settingsFile);
    GenerateRequest request;
    request.model = toPath(starter);
    request.prompt = "a red fox";
    request.steps = 20;
    request.width = request.height = 128;
    settings.setRequest(request);
    settings.flush();
  }
  const QString file = temp.path("ink.safetensors");
  writeAdapterFor(starter + QStringLiteral("/unet/diffusion_pytorch_model.safetensors"), file);
  Studio studio(config);
  MainWindow window(studio);
  window.resize(1280, 900);
  window.show();
  QVERIFY(QTest::qWaitForWindowActive(&window));
  AdapterUse use;
  use.file = toPath(file);
  studio.stack.add({use});
  auto* session = window.findChild<SessionController*>();
  QVERIFY(session != nullptr);
  QSignalSpy shown(session, &SessionController::canvasUsed), pictures(&studio.jobs, &JobRunner::livePicture);
  QSignalSpy ended(&studio.jobs, &JobRunner::liveFinished);
  window.findChild<QToolButton*>(QStringLiteral("liveButton"))->click();
  QTRY_COMPARE_WITH_TIMEOUT(pictures.count(), 1, kTimeoutMs);
  std::vector<double> first, whole;
  for (int i = 0; i < 3; ++i) {
    QTRY_COMPARE_WITH_TIMEOUT(ended.count(), i + 1, kTimeoutMs);
    const int before = int(pictures.count());
    shown.clear();
    QElapsedTimer timer;
    timer.start();
    AdapterUse changed = use;
    changed.weight = 0.2 + 0.1 * i;
    studio.stack.setUse(studio.stack.state().entries.front().id, changed, AdapterStackModel::Control::Weight);
    QVERIFY(shown.wait(kTimeoutMs));
    first.push_back(double(timer.nsecsElapsed()) / 1e6);
    QTRY_COMPARE_WITH_TIMEOUT(pictures.count(), before + 1, kTimeoutMs);
    whole.push_back(double(timer.nsecsElapsed()) / 1e6);
  }
  qInfo(
      "a slider moved until the canvas shows its effect: %.0f ms, the slowest %.0f ms; until the finished picture: "
      "%.0f ms",
      medianOf(first), *std::max_element(first.begin(), first.end()), medianOf(whole));
}

namespace {
const lorikeet::TestCase<StackBenchmark> kStackBenchmark("stack_benchmark");
}  // namespace
#include "stack_benchmark_test.moc"

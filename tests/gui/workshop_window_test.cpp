// The workshop's window: what is missing is said, results are written, and failures are one sentence.
#include <QComboBox>
#include <QFileInfo>
#include <QLabel>
#include <QListWidget>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QSignalSpy>
#include <QSpinBox>
#include <QtTest>

#include "mainwindow/main_window.h"
#include "support/qt/test_program.h"
#include "support/temp_studio.h"
#include "widgets/path_field.h"
#include "workshop/workshop_window.h"

using namespace lorikeet;
using lorikeet::test::TempFolder;

namespace {

constexpr int kWorkshopTimeoutMs = 2 * lorikeet::test::kTimeoutMs;

QString workshopAdapter(const char* name) {
  return QStringLiteral(LORIKEET_SOURCE_DIR "/tests/golden/lora/%1/adapter.safetensors").arg(QLatin1String(name));
}

struct WorkshopSession {
  explicit WorkshopSession(const TempFolder& temp) : studio(lorikeet::test::prepareStudio(temp)), window(studio) {
    window.show();
    window.findChild<QAction*>("showWorkshop")->trigger();
    workshop = window.findChild<WorkshopWindow*>("workshopWindow");
    if (!workshop || !QTest::qWaitForWindowExposed(workshop)) qFatal("the workshop does not open");
  }
  void choose(const QString& operation) const {
    auto* list = workshop->findChild<QListWidget*>("workshopOperations");
    const auto found = list->findItems(operation, Qt::MatchExactly);
    if (found.isEmpty()) qFatal("no operation %s", qPrintable(operation));
    list->setCurrentItem(found.front());
  }
  PathField* path(const char* name) const { return workshop->findChild<PathField*>(QLatin1String(name)); }
  QString text(const char* label) const { return workshop->findChild<QLabel*>(QLatin1String(label))->text(); }
  QPushButton* button(const char* name) const { return workshop->findChild<QPushButton*>(QLatin1String(name)); }
  /// Starts and waits for the report.
  void run() const {
    QTest::mouseClick(button("workshopStart"), Qt::LeftButton);
    if (!QTest::qWaitFor([this] { return button("workshopStop")->isEnabled() == false; }, kWorkshopTimeoutMs))
      qFatal("the operation does not end");
  }

  Studio studio;
  MainWindow window;
  WorkshopWindow* workshop = nullptr;
};

}  // namespace

class WorkshopWindowTest : public QObject {
  Q_OBJECT
 private slots:
  void whatIsMissingIsSaid() {
    TempFolder temp;
    WorkshopSession session(temp);
    for (const WorkshopOperation& operation : workshopOperations()) {
      session.choose(QString::fromUtf8(operation.label));
      QVERIFY2(!session.text("workshopHint").isEmpty(), operation.id);
      QVERIFY2(!session.button("workshopStart")->isEnabled(), operation.id);
      QVERIFY2(!session.text("workshopExplanation").isEmpty(), operation.id);
    }
  }

  /// An adapter in another spelling, under a proposed name; the comparison finds no difference.
  void anAdapterIsConvertedAndCompared() {
    TempFolder temp;
    const QString source = temp.path("ink.safetensors"), result = temp.path("ink-converted.safetensors");
    QVERIFY(QFile::copy(workshopAdapter("kohya_lora"), source));
    WorkshopSession session(temp);
    session.choose(QStringLiteral("Convert an adapter"));
    session.path("workshopModel")->setPath(test::tinyModel());
    session.path("workshopInput")->setPath(source);
    QCOMPARE(session.path("workshopOutput")->path(), result);
    auto* form = session.workshop->findChild<QComboBox*>("workshopForm");
    form->setCurrentIndex(form->findData(int(AdapterForm::Diffusers)));
    session.run();
    QVERIFY2(session.text("workshopState").startsWith(QStringLiteral("ink-converted.safetensors is written")),
             qPrintable(session.text("workshopState")));
    QVERIFY(QFile::exists(result));
    QCOMPARE(session.path("workshopOutput")->path(), temp.path("ink-converted-2.safetensors"));
    session.choose(QStringLiteral("Compare adapters"));
    session.path("workshopSecond")->setPath(result);
    session.run();
    QVERIFY2(session.text("workshopState").startsWith(QStringLiteral("Both do the same")),
             qPrintable(session.text("workshopState")));
  }

  void theEstimateComesBeforeTheStart() {
    TempFolder temp;
    const QString source = temp.path("ink.safetensors");
    QVERIFY(QFile::copy(workshopAdapter("kohya_lora"), source));
    WorkshopSession session(temp);
    session.choose(QStringLiteral("Resize an adapter"));
    session.path("workshopModel")->setPath(test::tinyModel());
    session.path("workshopInput")->setPath(source);
    session.workshop->findChild<QSpinBox*>("workshopRank")->setValue(2);
    QTRY_VERIFY_WITH_TIMEOUT(session.text("workshopHint").startsWith(QStringLiteral("210 modules, about 0.1 GB")),
                             kWorkshopTimeoutMs);
    session.path("workshopInput")->setPath(temp.path("none.safetensors"));
    QTRY_VERIFY_WITH_TIMEOUT(session.text("workshopHint").contains(QStringLiteral("none.safetensors")),
                             kWorkshopTimeoutMs);
  }

  void theStackBecomesOneAdapterAndIsUsed() {
    TempFolder temp;
    const QString source = temp.path("ink.safetensors");
    QVERIFY(QFile::copy(workshopAdapter("kohya_lora"), source));
    WorkshopSession session(temp);
    session.choose(QStringLiteral("Merge adapters"));
    session.studio.stack.addFiles({source});
    QVERIFY(session.text("workshopStack").startsWith(QStringLiteral("ink at ")));
    session.path("workshopModel")->setPath(test::tinyModel());
    session.workshop->findChild<QSpinBox*>("workshopRank")->setValue(2);
    session.run();
    QVERIFY2(session.text("workshopState").contains(QStringLiteral("ink-merged.safetensors is written")),
             qPrintable(session.text("workshopState")));
    QVERIFY(session.workshop->findChild<QPlainTextEdit*>("workshopDetails")->toPlainText().contains("rank 2"));
    const size_t before = session.studio.stack.state().entries.size();
    session.button("workshopUse")->click();
    QCOMPARE(session.studio.stack.state().entries.size(), before + 1);
  }

  /// An adapter goes into a model and out of it again; the model is then what it was.
  void anAdapterIsPutIntoAModelAndTakenOut() {
    TempFolder temp;
    WorkshopSession session(temp);
    session.choose(QStringLiteral("Put an adapter into a model"));
    session.path("workshopInput")->setPath(test::tinyModel());
    QVERIFY(session.text("workshopHint").contains(QStringLiteral("Adapter")));
    session.path("workshopSecond")->setPath(workshopAdapter("kohya_lora"));
    session.path("workshopOutput")->setPath(temp.path("both"));
    session.run();
    QVERIFY2(session.text("workshopState").startsWith(QStringLiteral("both is written: 210 modules")),
             qPrintable(session.text("workshopState")));
    session.choose(QStringLiteral("Take an adapter out of a model"));
    session.path("workshopInput")->setPath(temp.path("both"));
    session.path("workshopOutput")->setPath(temp.path("plain"));
    session.run();
    const auto contents = [](const QString& folder) {
      QFile file(folder + QStringLiteral("/unet/diffusion_pytorch_model.safetensors"));
      return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
    };
    QVERIFY(!contents(temp.path("plain")).isEmpty());
    QVERIFY(contents(temp.path("plain")) == contents(test::tinyModel()));
  }

  /// The type of a merged model, and lora_wrapper's configuration of an extraction.
  void modelsAreMergedInAChosenTypeAndExtractedByAConfiguration() {
    TempFolder temp;
    QFile layers(temp.path("layers.json"));
    QVERIFY(layers.open(QIODevice::WriteOnly) && layers.write(R"({"to_q": {"r": 2, "scale": 1, "hard": 1}})") > 0);
    layers.close();
    WorkshopSession session(temp);
    session.studio.stack.addFiles({workshopAdapter("kohya_lora")});
    session.choose(QStringLiteral("Merge into a model"));
    session.path("workshopBase")->setPath(test::tinyModel());
    session.path("workshopOutput")->setPath(temp.path("merged"));
    auto* type = session.workshop->findChild<QComboBox*>("workshopModelType");
    type->setCurrentIndex(type->findData(int(WeightType::F32)));
    session.run();
    const auto weightBytes = [](const QString& folder) {
      return QFileInfo(folder + QStringLiteral("/unet/diffusion_pytorch_model.safetensors")).size();
    };
    QVERIFY(weightBytes(temp.path("merged")) > 1.8 * double(weightBytes(test::tinyModel())));  // f16 before
    session.choose(QStringLiteral("Extract an adapter"));
    session.path("workshopInput")->setPath(temp.path("merged"));
    QVERIFY(!session.button("workshopStart")->isEnabled());  // neither rank nor configuration
    session.path("workshopConfiguration")->setPath(temp.path("layers.json"));
    session.path("workshopOutput")->setPath(temp.path("again.safetensors"));
    session.run();
    const QString details = session.workshop->findChild<QPlainTextEdit*>("workshopDetails")->toPlainText();
    QVERIFY2(details.contains(QStringLiteral("to_q: rank 2")) && !details.contains(QStringLiteral("to_k")),
             qPrintable(details));
  }

  void aFailureIsOneSentenceAndTheInputIsKept() {
    TempFolder temp;
    const QString broken = temp.path("broken.safetensors");
    QFile file(broken);
    QVERIFY(file.open(QIODevice::WriteOnly) && file.write("no adapter") > 0);
    file.close();
    WorkshopSession session(temp);
    session.choose(QStringLiteral("Resize an adapter"));
    session.path("workshopInput")->setPath(broken);
    session.workshop->findChild<QSpinBox*>("workshopRank")->setValue(4);
    const QString output = session.path("workshopOutput")->path();
    session.run();
    QVERIFY(session.text("workshopState").contains(QStringLiteral("broken.safetensors")));
    QVERIFY(!QFile::exists(output));
    QCOMPARE(session.path("workshopInput")->path(), broken);
    QVERIFY(session.button("workshopStart")->isEnabled());
  }

  /// The window may be closed while it works; the main window then says how it ended.
  void anOperationGoesOnWithoutItsWindow() {
    TempFolder temp;
    const QString source = temp.path("ink.safetensors"), result = temp.path("ink-converted.safetensors");
    QVERIFY(QFile::copy(workshopAdapter("kohya_lora"), source));
    WorkshopSession session(temp);
    session.choose(QStringLiteral("Convert an adapter"));
    session.path("workshopModel")->setPath(test::tinyModel());
    session.path("workshopInput")->setPath(source);
    QTest::mouseClick(session.button("workshopStart"), Qt::LeftButton);
    session.workshop->close();
    QTRY_VERIFY_WITH_TIMEOUT(QFile::exists(result), kWorkshopTimeoutMs);
  }
};

namespace {
const lorikeet::TestCase<WorkshopWindowTest> kWorkshopWindowTest("workshop_window");
}  // namespace
#include "workshop_window_test.moc"

// What the start page offers.
#include <lorikeet/engine.h>

#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QTemporaryDir>
#include <QtTest>

#include "studio/library/examples.h"
#include "support/qt/test_program.h"

using namespace lorikeet;

class ExamplesTest : public QObject {
  Q_OBJECT
 private slots:
  void allThatAreShippedCanBeMade() {
    const QString folder = QStringLiteral(LORIKEET_SOURCE_DIR "/resources/examples");
    QFile file(folder + QStringLiteral("/examples.json"));
    QVERIFY(file.open(QIODevice::ReadOnly));
    const qsizetype written = QJsonDocument::fromJson(file.readAll()).array().size();
    const std::vector<Example> examples = loadExamples(folder);
    QVERIFY(written > 0);
    QCOMPARE(qsizetype(examples.size()), written);  // none names an adapter that is not installed
    bool anyAdapter = false, anyControl = false, anyMask = false;
    for (const Example& example : examples) {
      QVERIFY2(!example.picture.isNull(), qPrintable(example.title));
      validate(example.request);
      for (const ControlUnit& unit : example.request.controls) {
        QVERIFY(unit.picture.pixels);
        anyControl = true;
      }
      if (!example.request.mask.empty()) {
        QVERIFY(example.request.init.pixels && example.request.mask.pixels);
        QCOMPARE(example.request.mask.pixels->width, example.request.init.pixels->width);
        anyMask = true;
      }
      for (const AdapterUse& use : example.request.adapters) {
        QVERIFY(use.file.is_absolute());
        anyAdapter = true;
      }
    }
    QVERIFY(anyAdapter && anyControl && anyMask);
  }

  void thoseWhoseFilesAreNotThereAreLeftOut() {
    const QTemporaryDir folder;
    QFile file(folder.filePath(QStringLiteral("examples.json")));
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write(R"([{"title": "Gone", "prompt": "a cat", "adapters": [{"file": "adapters/gone.safetensors"}]},
                   {"title": "No edges", "prompt": "a cat", "controls": [{"type": "canny", "picture": "gone.png"}]},
                   {"title": "No picture", "prompt": "a cat", "init": "gone.png"},
                   {"title": "Plain", "prompt": "a dog"}])");
    file.close();
    const std::vector<Example> examples = loadExamples(folder.path());
    QCOMPARE(examples.size(), 1u);
    QCOMPARE(examples.front().title, QStringLiteral("Plain"));
  }
};

namespace {
const lorikeet::TestCase<ExamplesTest> kExamplesTest("examples");
}  // namespace
#include "examples_test.moc"

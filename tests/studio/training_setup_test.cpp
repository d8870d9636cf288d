// What is kept of a training's form between runs.
#include <QtTest>

#include "studio/training/training_setup.h"
#include "support/qt/test_program.h"

using namespace lorikeet;

class TrainingSetupTest : public QObject {
  Q_OBJECT
 private slots:
  void everyFieldIsKept() {
    TrainingSetup setup = exampleTraining();
    TrainingRequest& request = setup.request;
    request.kind = TrainingKind::TextualInversion;
    request.word = "<night>";
    request.initialText = "dark";
    request.vectorCount = 3;
    request.seed = 0xFFFF'FFFF'FFFF'FFFF;
    request.schedule = RateSchedule::Constant;
    request.checkpointing = Checkpointing::On;
    request.type = WeightType::BF16;
    request.minSnr = 5;
    request.noiseOffset = 0.05;
    request.trainsTextEncoder = true;
    request.data.trigger = "night style";
    request.data.randomCrop = true;
    request.output =
        "/tmp/n\xC3\xA4"
        "cht.safetensors";
    setup.sampleSeed = 12345678901234567890U;
    setup.yieldsToPictures = false;
    const QByteArray text = toJson(setup);
    const TrainingSetup read = trainingSetupFromJson(text);
    QCOMPARE(toJson(read), text);
    QCOMPARE(read.request.seed, request.seed);
    QCOMPARE(read.sampleSeed, setup.sampleSeed);
    QVERIFY(read.request.type == WeightType::BF16);
    QVERIFY(read.request.output == request.output);
    QVERIFY(read.request.data.folder == request.data.folder);
    QCOMPARE(read.request.learningRate, 0.001);
    QVERIFY(!read.yieldsToPictures);
  }

  void nonsenseKeepsDefaults() {
    const TrainingSetup usual;
    QCOMPARE(toJson(trainingSetupFromJson("no JSON")), toJson(usual));
    QCOMPARE(toJson(trainingSetupFromJson(R"({"steps": "many", "kind": 7, "seed": -1, "rank": 2.5})")), toJson(usual));
  }

  void everyLineIsASample() {
    TrainingSetup setup;
    setup.samplePrompts = "a cat\n\n  \na dog\n";
    setup.sampleSteps = 9;
    setup.request.data.width = 320;
    const TrainingRequest request = requestOf(setup);
    QCOMPARE(request.samples.size(), 2u);
    QCOMPARE(request.samples[1].prompt, "a dog");
    QCOMPARE(request.samples[1].steps, 9);
    QCOMPARE(request.samples[1].width, 320);
    setup.samplePrompts = "\n ";
    setup.request.data.caption = "a drawing";
    QCOMPARE(requestOf(setup).samples.front().prompt, "a drawing");
    setup.request.data.trigger = "ink";
    QCOMPARE(requestOf(setup).samples.front().prompt, "ink");
  }
};

namespace {
const lorikeet::TestCase<TrainingSetupTest> kTrainingSetupTest("training_setup");
}  // namespace
#include "training_setup_test.moc"

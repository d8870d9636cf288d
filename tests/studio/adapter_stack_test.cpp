// The adapter stack without a window: rows, undo, sets, what a running job is told.
#include <QtTest>

#include "studio/adapters/adapter_sets.h"
#include "studio/adapters/adapter_stack_model.h"
#include "studio/jobs/adapter_track.h"
#include "studio/jobs/job_runner.h"
#include "studio/settings/request_json.h"
#include "support/qt/test_program.h"
#include "support/temp_studio.h"

using namespace lorikeet;
using lorikeet::test::kTimeoutMs;
using lorikeet::test::TempFolder;

namespace {

QString goldenAdapter(const char* name) {
  return QStringLiteral(LORIKEET_SOURCE_DIR "/tests/golden/lora/%1/adapter.safetensors").arg(QLatin1String(name));
}

AdapterUse useOf(const QString& file, double weight = 1) {
  AdapterUse use;
  use.file = toPath(file);
  use.weight = weight;
  return use;
}

GenerateRequest stackRequest() {
  GenerateRequest request;
  request.model = toPath(lorikeet::test::tinyModel());
  request.prompt = "a red fox";
  request.steps = 6;
  request.width = request.height = 64;
  request.adapters = {useOf(goldenAdapter("kohya_lora"))};
  return request;
}

EngineConfig engineOfTwo() {
  EngineConfig config;
  config.threads = 2;
  return config;
}

AdapterCondition::State stateOf(const AdapterStackModel& stack, const QString& file) {
  return stack.condition(toPath(file)).state;
}

}  // namespace

class AdapterStackTest : public QObject {
  Q_OBJECT

 private slots:
  void everyChangeCanBeTakenBack() {
    AdapterStackModel stack;
    stack.addFiles({goldenAdapter("kohya_lora"), goldenAdapter("loha")});
    const quint64 first = stack.state().entries[0].id;
    stack.setMuted(first, true);
    stack.setSolo(first, true);
    stack.setEnabled(first, false);
    stack.move(first, 1);
    stack.setUse(first, useOf(goldenAdapter("kohya_lora"), 0.3), AdapterStackModel::Control::Weight);
    stack.addEmbeddings({QStringLiteral("/x/word.pt")});
    stack.remove(first);
    const AdapterStackState last = stack.state();
    QCOMPARE(stack.undoStack().count(), 8);
    while (stack.undoStack().canUndo()) stack.undoStack().undo();
    QVERIFY(stack.state() == AdapterStackState());
    while (stack.undoStack().canRedo()) stack.undoStack().redo();
    QVERIFY(stack.state() == last);
  }

  void aDraggedSliderIsOneStepOfUndo() {
    AdapterStackModel stack;
    const QString file = goldenAdapter("loha");
    stack.addFiles({file});
    const quint64 id = stack.state().entries[0].id;
    for (const double weight : {0.9, 0.8, 0.7})
      stack.setUse(id, useOf(file, weight), AdapterStackModel::Control::Weight);
    QCOMPARE(stack.undoStack().count(), 2);
    stack.endGesture();
    stack.setUse(id, useOf(file, 0.1), AdapterStackModel::Control::Weight);
    QCOMPARE(stack.undoStack().count(), 3);
    stack.undoStack().undo();
    QCOMPARE(stack.find(id)->use.weight, 0.7);
    stack.undoStack().undo();
    QCOMPARE(stack.find(id)->use.weight, 1.0);
  }

  void soloAndMuteDecideWhatIsInEffect() {
    AdapterStackModel stack;
    stack.addFiles({goldenAdapter("kohya_lora"), goldenAdapter("loha")});
    const quint64 first = stack.state().entries[0].id, second = stack.state().entries[1].id;
    const auto enabled = [&stack] {
      GenerateRequest request;
      stack.fill(request);
      return std::pair(request.adapters[0].enabled, request.adapters[1].enabled);
    };
    QCOMPARE(enabled(), std::pair(true, true));
    stack.setSolo(second, true);
    QCOMPARE(enabled(), std::pair(false, true));
    stack.setMuted(second, true);
    QCOMPARE(enabled(), std::pair(false, false));
    stack.setSolo(second, false);
    QCOMPARE(enabled(), std::pair(true, false));
    stack.setEnabled(first, false);
    QCOMPARE(enabled(), std::pair(false, false));
  }

  void everyRowSaysWhatItsFileIs() {
    TempFolder temp;
    const QString broken = temp.path("broken.safetensors"), vanishing = temp.path("vanishing.safetensors");
    QFile file(broken);
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write("not an adapter");
    file.close();
    QVERIFY(QFile::copy(goldenAdapter("loha"), vanishing));
    AdapterStackModel stack;
    stack.setModel(toPath(lorikeet::test::tinyModel()));
    stack.addFiles({goldenAdapter("kohya_lora"), broken, vanishing});
    using State = AdapterCondition::State;
    QTRY_COMPARE_WITH_TIMEOUT(stateOf(stack, goldenAdapter("kohya_lora")), State::Ready, kTimeoutMs);
    QTRY_COMPARE_WITH_TIMEOUT(stateOf(stack, broken), State::Problem, kTimeoutMs);
    QTRY_COMPARE_WITH_TIMEOUT(stateOf(stack, vanishing), State::Ready, kTimeoutMs);
    QCOMPARE(stack.condition(toPath(goldenAdapter("kohya_lora"))).info->matchedTensors, 630);
    QVERIFY(stack.condition(toPath(broken)).sentence.contains(u"broken.safetensors"));
    QVERIFY(QFile::remove(vanishing));
    QTRY_COMPARE_WITH_TIMEOUT(stateOf(stack, vanishing), State::Problem, kTimeoutMs);
    QVERIFY(stack.condition(toPath(vanishing)).sentence.contains(u"does not exist"));
  }

  void requestsAndSetsKeepTheStack() {
    TempFolder temp;
    GenerateRequest request = stackRequest();
    AdapterUse& use = request.adapters[0];
    use.weight = -0.35;
    use.textWeight = 0.5;
    use.blocks.up[2] = 0;
    use.begin = 0.25;
    use.end = 0.75;
    use.variant = "second";
    use.enabled = false;
    request.embeddings = {"/x/word.pt"};
    QCOMPARE(requestFromJson(toJson(request)), request);
    Settings settings(temp.path("settings.ini"));
    AdapterSets sets(settings);
    sets.save(QStringLiteral("evening"), request.adapters);
    sets.save(QStringLiteral("Alpha"), {});
    QCOMPARE(AdapterSets(settings).names(), QStringList({QStringLiteral("Alpha"), QStringLiteral("evening")}));
    QVERIFY(AdapterSets(settings).load(QStringLiteral("evening")) == request.adapters);
    sets.remove(QStringLiteral("Alpha"));
    QCOMPARE(sets.names().size(), 1);
  }

  void whatCameOnTheWayBecomesARangeOfSteps() {
    const AdapterUse weak = useOf(QStringLiteral("/a"), 0.2), strong = useOf(QStringLiteral("/a"), 0.9),
                     other = useOf(QStringLiteral("/b"));
    AdapterTrack track({weak, other});
    QVERIFY(!track.take(0));
    track.change({strong, other});
    QVERIFY(track.take(0.5).has_value());
    QVERIFY(!track.take(0.75));
    const std::vector<AdapterUse> uses = track.uses();
    QCOMPARE(uses.size(), size_t(3));
    QCOMPARE(uses[0].end, 0.5);
    QVERIFY(uses[1] == other);
    QCOMPARE(uses[2].begin, 0.5);
    track.beginImage();
    QVERIFY(track.uses() == std::vector<AdapterUse>({strong, other}));
  }

  void aPictureChangedOnItsWayCanBeMadeAgain() {
    JobRunner jobs(engineOfTwo());
    QSignalSpy pictures(&jobs, &JobRunner::pictureFinished), finished(&jobs, &JobRunner::finished);
    GenerateRequest request = stackRequest();
    request.steps = 30;
    bool changed = false;
    connect(&jobs, &JobRunner::progressed, &jobs, [&](JobId, const Progress& progress) {
      if (std::exchange(changed, changed || progress.step > 0) || progress.step == 0) return;
      jobs.changeAdapters({useOf(goldenAdapter("kohya_lora"), -0.5)});
    });
    jobs.start(request);
    QTRY_COMPARE_WITH_TIMEOUT(finished.count(), 1, kTimeoutMs);
    const auto first = pictures[0][0].value<JobPicture>();
    QVERIFY(first.request.adapters != request.adapters);
    JobRunner fresh(engineOfTwo());
    QSignalSpy again(&fresh, &JobRunner::pictureFinished);
    fresh.start(first.request);
    QTRY_COMPARE_WITH_TIMEOUT(again.count(), 1, kTimeoutMs);
    QCOMPARE(again[0][0].value<JobPicture>().image, first.image);
  }

  void liveRunsGiveWayToEachOtherAndToJobs() {
    JobRunner jobs(engineOfTwo());
    QSignalSpy live(&jobs, &JobRunner::livePicture), ended(&jobs, &JobRunner::liveFinished);
    QSignalSpy pictures(&jobs, &JobRunner::pictureFinished);
    GenerateRequest request = stackRequest();
    jobs.startLive(request);
    request.adapters[0].weight = 0.5;
    const JobId second = jobs.startLive(request);
    QTRY_COMPARE_WITH_TIMEOUT(ended.count(), 1, kTimeoutMs);
    QCOMPARE(live.count(), 1);
    QCOMPARE(live[0][0].value<JobPicture>().job, second);
    jobs.startLive(stackRequest());
    jobs.start(request);
    QVERIFY(!jobs.isLiveRunning());
    QTRY_COMPARE_WITH_TIMEOUT(pictures.count(), 1, kTimeoutMs);
    QCOMPARE(pictures[0][0].value<JobPicture>().image, live[0][0].value<JobPicture>().image);
    QCOMPARE(live.count(), 1);
  }

  void aBrokenFileDoesNotStopTheRest() {
    TempFolder temp;
    JobRunner jobs(engineOfTwo());
    QSignalSpy problems(&jobs, &JobRunner::adapterProblem), pictures(&jobs, &JobRunner::pictureFinished);
    GenerateRequest request = stackRequest();
    request.adapters.push_back(useOf(temp.path("nowhere.safetensors")));
    jobs.start(request);
    QTRY_COMPARE_WITH_TIMEOUT(pictures.count(), 1, kTimeoutMs);
    QCOMPARE(problems.count(), 1);
    QCOMPARE(problems[0][0].toString(), temp.path("nowhere.safetensors"));
  }
};

namespace {
const lorikeet::TestCase<AdapterStackTest> kAdapterStackTest("adapter_stack");
}  // namespace
#include "adapter_stack_test.moc"

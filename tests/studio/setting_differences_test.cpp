// What differs between pictures' settings, and the request that makes a picture file again.
#include <lorikeet/image.h>

#include <QtTest>

#include "studio/history/setting_differences.h"
#include "studio/history/settings_lookup.h"
#include "support/qt/test_program.h"
#include "support/temp_studio.h"

using namespace lorikeet;
using lorikeet::test::TempFolder;

namespace {

std::optional<PictureSettings> settingsOf(const GenerateRequest& request) {
  return parseInfotext(toInfotext(request, 0, {64, 64, "tiny", {}, {}, {}}));
}

GenerateRequest foxRequest() {
  GenerateRequest request;
  request.prompt = "a red fox, snow, oil painting";
  request.seed = 7;
  return request;
}

const SettingRow* rowNamed(const std::vector<SettingRow>& rows, const QString& name) {
  const auto row = std::ranges::find(rows, name, &SettingRow::name);
  return row == rows.end() ? nullptr : &*row;
}

AdapterUse weighted(const std::filesystem::path& file, double weight) {
  AdapterUse use;
  use.file = file;
  use.weight = weight;
  return use;
}

ModelEntry modelNamed(const QString& name) {
  ModelEntry model;
  model.path = QStringLiteral("/models/") + name;
  model.name = name;
  return model;
}

}  // namespace

class SettingDifferencesTest : public QObject {
  Q_OBJECT
 private slots:
  void onlyWhatDiffersIsMarked() {
    GenerateRequest second = foxRequest();
    second.seed = 8;
    second.eta = 0.5;
    second.adapters = {weighted("/loras/ink.safetensors", 0.8)};
    const std::vector<SettingRow> rows = compareSettings({settingsOf(foxRequest()), settingsOf(second)});
    QStringList differing;
    for (const SettingRow& row : rows)
      if (row.differs) differing << row.name;
    QCOMPARE(differing, (QStringList{QStringLiteral("Adapters"), QStringLiteral("Seed"), QStringLiteral("Eta DDIM")}));
    QCOMPARE(rowNamed(rows, QStringLiteral("Seed"))->values, (QStringList{QStringLiteral("7"), QStringLiteral("8")}));
    QCOMPARE(rowNamed(rows, QStringLiteral("Adapters"))->values, (QStringList{{}, QStringLiteral("ink 0.8")}));
    QCOMPARE(rowNamed(rows, QStringLiteral("Eta DDIM"))->values, (QStringList{{}, QStringLiteral("0.5")}));
    QVERIFY(rowNamed(rows, QStringLiteral("Steps")) && !rowNamed(rows, QStringLiteral("Negative prompt")));
  }

  void aPictureWithoutSettingsHasNoValues() {
    const std::vector<SettingRow> rows = compareSettings({std::nullopt, settingsOf(foxRequest()), std::nullopt});
    QCOMPARE(rowNamed(rows, QStringLiteral("Seed"))->values, (QStringList{{}, QStringLiteral("7"), {}}));
    QVERIFY(std::ranges::all_of(rows, &SettingRow::differs));
    QVERIFY(compareSettings({std::nullopt, std::nullopt}).empty());
  }

  void ownPartsOfAPromptAreMarked() {
    const auto parts = markOwnParts(QStringLiteral("a red fox, snow, oil"), {QStringLiteral("a red fox, oil,")});
    QCOMPARE(parts, (std::vector<TextPart>{{QStringLiteral("a red fox,"), false},
                                           {QStringLiteral(" snow,"), true},
                                           {QStringLiteral(" oil"), false}}));
    QVERIFY(markOwnParts({}, {QStringLiteral("a")}).empty());
  }

  void theStarterModelIsFoundByTheNameThatItsPicturesCarry() {
    TempFolder temp;
    const ModelEntry starter = readModelEntry({});
    const std::string written = inspectModel({}).name;
    const QString file = temp.path("1.png");
    savePng(toPath(file), Image::create(64, 64),
            {{"parameters", toInfotext(foxRequest(), 0, {64, 64, written, {}, {}, {}})}});
    FileHashes hashes(toPath(temp.path("hashes.json")));
    const FoundSettings found = findSettings(file, {{modelNamed(QStringLiteral("other")), starter}, {}, {}}, hashes);
    QVERIFY2(found.notes.isEmpty(), qPrintable(found.notes.join(u' ')));
    QVERIFY(found.request.model.empty());
  }

  void aPicturesSettingsAreFoundAgain() {
    TempFolder temp;
    QVERIFY(QDir().mkpath(temp.path("loras/deep")));
    QFile adapter(temp.path("loras/deep/ink.safetensors"));
    QVERIFY(adapter.open(QIODevice::WriteOnly));
    GenerateRequest request = foxRequest();
    request.adapters = {weighted(toPath(adapter.fileName()), 0.5), weighted("/gone/neon.safetensors", 1)};
    const QString file = temp.path("1.png");
    savePng(toPath(file), Image::create(64, 64),
            {{"parameters", toInfotext(request, 0, {64, 64, "tiny", {}, {}, {}})}});
    FileHashes hashes(toPath(temp.path("hashes.json")));
    SettingsSources sources;
    sources.models = {modelNamed(QStringLiteral("other")), modelNamed(QStringLiteral("tiny"))};
    sources.currentModel = QStringLiteral("/models/other");
    sources.folders.adapters = {toPath(temp.path("nowhere")), toPath(temp.path("loras"))};
    const FoundSettings found = findSettings(file, sources, hashes);
    QCOMPARE(found.request.model, toPath(QStringLiteral("/models/tiny")));
    QCOMPARE(found.request.seed, 7u);
    QCOMPARE(toQString(found.request.prompt), QStringLiteral("a red fox, snow, oil painting <lora:neon:1>"));
    QCOMPARE(found.request.adapters.size(), 1u);
    QCOMPARE(found.request.adapters[0].file, toPath(adapter.fileName()));
    QCOMPARE(found.request.adapters[0].weight, 0.5);
    QCOMPARE(found.notes.size(), 1);
    ModelEntry checkpoint = modelNamed(QStringLiteral("tiny.safetensors"));
    checkpoint.nameInPictures = QStringLiteral("tiny");
    sources.models = {modelNamed(QStringLiteral("other")), checkpoint};
    QCOMPARE(findSettings(file, sources, hashes).request.model, toPath(QStringLiteral("/models/tiny.safetensors")));
    sources.models.clear();
    const FoundSettings kept = findSettings(file, sources, hashes);
    QCOMPARE(kept.request.model, toPath(QStringLiteral("/models/other")));
    QCOMPARE(kept.notes.size(), 2);
    savePng(toPath(file), Image::create(64, 64), {});
    QVERIFY_EXCEPTION_THROWN(findSettings(file, sources, hashes), Error);
  }
};

namespace {
const lorikeet::TestCase<SettingDifferencesTest> kSettingDifferencesTest("setting_differences");
}  // namespace
#include "setting_differences_test.moc"

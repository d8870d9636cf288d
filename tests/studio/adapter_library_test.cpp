// The library of adapters without a window: folders, index, sidecars, notes, words for prompts, the list that is shown.
#include "studio/library/adapter_library.h"

#include <QtTest>

#include "studio/library/adapter_index.h"
#include "studio/library/adapter_list_model.h"
#include "studio/library/adapter_words.h"
#include "support/fake_adapters.h"
#include "support/qt/test_program.h"
#include "support/temp_studio.h"

using namespace lorikeet;
using lorikeet::test::kTimeoutMs;
using lorikeet::test::TempFolder;

namespace {

void fakeAdapter(const QString& file, const char* metadata = "") {
  lorikeet::test::writeFakeAdapter(toPath(file), metadata);
}

void writeText(const QString& name, const QByteArray& text) {
  QDir().mkpath(QFileInfo(name).absolutePath());
  QFile file(name);
  if (!file.open(QIODevice::WriteOnly) || file.write(text) != text.size()) qFatal("cannot write");
}

void setTime(const QString& name, const QDateTime& time) {
  QFile file(name);
  if (!file.open(QIODevice::ReadWrite) || !file.setFileTime(time, QFileDevice::FileModificationTime))
    qFatal("cannot set the time");
}

/// A library whose folders are listed and whose files are read.
struct ReadLibrary {
  explicit ReadLibrary(const TempFolder& temp, const QStringList& folders) : library(temp.path("data")) {
    QObject::connect(&library, &AdapterLibrary::problem, [this](const QString& sentence) { problems << sentence; });
    QSignalSpy finished(&library, &AdapterLibrary::finished);
    library.setFolders(folders);
    if (!finished.wait(kTimeoutMs)) qFatal("the library does not finish");
  }
  const LibraryAdapter& at(const char* name) const {
    for (const LibraryAdapter& adapter : library.adapters())
      if (adapter.name == QLatin1String(name)) return adapter;
    qFatal("no adapter is called %s", name);
  }
  int rowOf(const char* name) const { return library.rowOf(at(name).file); }
  QStringList names() const {
    QStringList list;
    for (const LibraryAdapter& adapter : library.adapters()) list << adapter.name;
    return list;
  }

  AdapterLibrary library;
  QStringList problems;
};

QStringList shownNames(const AdapterListModel& model) {
  QStringList list;
  for (int row = 0; row < model.rowCount(); ++row) list << model.at(row).name;
  return list;
}

}  // namespace

class AdapterLibraryTest : public QObject {
  Q_OBJECT
 private slots:
  void listsFoldersAndReadsTheirFiles() {
    TempFolder temp;
    fakeAdapter(temp.path("a/ink b.safetensors"), R"("ss_base_model_version": "sd_v1", "ss_output_name": "ink-v2")");
    fakeAdapter(temp.path("a/ink a.safetensors"), R"("ss_base_model_version": "sdxl_base_v1-0")");
    fakeAdapter(temp.path("a/styles/ink a.safetensors"));
    fakeAdapter(temp.path("b/neon.safetensors"));
    writeText(temp.path("b/broken.safetensors"), "not an adapter");
    writeText(temp.path("b/notes.txt"), "not even a file of weights");
    QVERIFY(QFile::copy(lorikeet::test::tinyModel() + "/vae/diffusion_pytorch_model.safetensors",
                        temp.path("b/vae.safetensors")));
    const ReadLibrary read(temp, {temp.path("a"), temp.path("b"), temp.path("nowhere")});
    QCOMPARE(read.names(), QStringList({"broken", "ink a", "ink a", "ink b", "neon"}));
    QCOMPARE(read.at("ink b").family(), QStringLiteral("SD 1.x"));
    QCOMPARE(read.at("ink a").family(), QStringLiteral("SDXL"));
    QCOMPARE(read.at("ink b").contents.outputName, QStringLiteral("ink-v2"));
    QCOMPARE(read.at("ink b").tag, QStringLiteral("ink b"));
    QCOMPARE(read.library.adapters()[2].tag, QStringLiteral("styles/ink a"));
    QVERIFY(!read.at("broken").contents.problem.isEmpty());
    QCOMPARE(read.problems.size(), 1);
    QVERIFY2(read.problems[0].contains("nowhere"), qPrintable(read.problems[0]));
  }

  void aSecondStartReadsOnlyWhatChanged() {
    TempFolder temp;
    const QString same = temp.path("a/same.safetensors"), other = temp.path("a/other.safetensors");
    fakeAdapter(same, R"("ss_base_model_version": "sd_v1")");
    fakeAdapter(other, R"("ss_base_model_version": "sd_v1")");
    const QDateTime time = QDateTime::currentDateTime().addDays(-2);
    setTime(same, time);
    setTime(other, time);
    { const ReadLibrary first(temp, {temp.path("a")}); }
    for (const QString& file : {same, other}) writeText(file, QByteArray(int(QFileInfo(file).size()), '\0'));
    setTime(same, time);  // now broken, but nobody can know
    setTime(other, time.addSecs(1));
    const ReadLibrary second(temp, {temp.path("a")});
    QCOMPARE(second.at("same").family(), QStringLiteral("SD 1.x"));
    QVERIFY(second.at("same").contents.problem.isEmpty());
    QVERIFY(!second.at("other").contents.problem.isEmpty());
  }

  void aDamagedIndexIsMadeAgain() {
    TempFolder temp;
    fakeAdapter(temp.path("a/ink.safetensors"), R"("ss_base_model_version": "sd_v1")");
    for (const char* damage : {"", "{", R"({"version": 1, "adapters": [7, {"file": 5}, {"file": [], "size": {}}]})"}) {
      writeText(temp.path("data/adapters.json"), damage);
      const ReadLibrary read(temp, {temp.path("a")});
      QCOMPARE(read.at("ink").family(), QStringLiteral("SD 1.x"));
    }
    QCOMPARE(readAdapterIndex(temp.path("data/adapters.json")).size(), 1);
  }

  void seesFilesThatComeAndGo() {
    TempFolder temp;
    fakeAdapter(temp.path("a/ink.safetensors"));
    QDir().mkpath(temp.path("a/empty/below"));
    ReadLibrary read(temp, {temp.path("a")});
    fakeAdapter(temp.path("a/empty/below/neon.safetensors"));
    QTRY_COMPARE_WITH_TIMEOUT(read.names(), QStringList({"ink", "neon"}), kTimeoutMs);
    QVERIFY(QFile::remove(temp.path("a/ink.safetensors")));
    QTRY_COMPARE_WITH_TIMEOUT(read.names(), QStringList({"neon"}), kTimeoutMs);
  }

  void readsTheSidecarsOfOtherPrograms() {
    TempFolder temp;
    fakeAdapter(temp.path("a/ink.safetensors"), R"("modelspec.trigger_phrase": "inky, ink style")");
    writeText(temp.path("a/ink.json"),
              R"({"description": "d", "sd version": "SD1", "activation text": "ink style,", "preferred weight": 0.7,)"
              R"( "negative text": "photo", "notes": "mine"})");
    writeText(temp.path("a/ink.civitai.info"),
              R"({"baseModel": "SDXL 1.0", "trainedWords": ["blot, ", 7, "ink style"],)"
              R"( "model": {"name": "Ink &amp; Co", "description": "<p>Fine<br/>ink</p>"}})");
    writeText(temp.path("a/ink.preview.png"), "no picture");
    const ReadLibrary read(temp, {temp.path("a")});
    const LibraryAdapter& ink = read.at("ink");
    QCOMPARE(ink.triggers(), QStringList({"ink style", "blot", "inky"}));
    QCOMPARE(ink.family(), QStringLiteral("SD 1.x"));
    QCOMPARE(ink.defaultWeight(), 0.7);
    QCOMPARE(ink.sidecar.notes, QStringLiteral("mine"));
    QCOMPARE(ink.sidecar.description, QStringLiteral("d"));
    QCOMPARE(ink.sidecar.negativeText, QStringLiteral("photo"));
    QCOMPARE(ink.preview, temp.path("a/ink.preview.png"));
    QCOMPARE(ink.tagText(), QStringLiteral("<lora:ink:0.7>"));
    QCOMPARE(read.names(), QStringList({"ink"}));
  }

  void hostileSidecarsAreLeftOutWithANote() {
    TempFolder temp;
    const std::pair<const char*, QByteArray> cases[] = {
        {"a", "{\"notes\": \"" + QByteArray(10 << 20, 'x') + "\"}"},
        {"b", "{\"notes\": "},
        {"c", "[1, 2]"},
        {"d", R"({"notes": {"a": 1}, "preferred weight": "much", "activation text": ["x"]})"},
        {"e", QByteArray(100'000, '[')},
        {"f", R"({"preferred weight": 1e9})"},
        {"g", QByteArray("\0\xff\xfe", 3)}};
    for (const auto& [name, text] : cases) {
      fakeAdapter(temp.path("a/") + name + ".safetensors");
      writeText(temp.path("a/") + name + ".json", text);
      writeText(temp.path("a/") + name + ".civitai.info", text);
    }
    const ReadLibrary read(temp, {temp.path("a")});
    QCOMPARE(read.library.adapters().size(), std::size(cases));
    for (const LibraryAdapter& adapter : read.library.adapters()) {
      QVERIFY2(!adapter.sidecar.problems.isEmpty(), qPrintable(adapter.name));
      QCOMPARE(adapter.defaultWeight(), 1.0);
      QVERIFY(adapter.contents.problem.isEmpty());
    }
    QCOMPARE(read.at("d").sidecar.problems.size(), 3);
  }

  void htmlBecomesPlainText() {
    QCOMPARE(plainTextOf("<p>a &lt;b&gt; &amp; c</p><ul><li>d</li><li>e</li></ul>"), QStringLiteral("a <b> & c\nd\ne"));
    QCOMPARE(plainTextOf("&#233;&#x1F600;&#0;&nosuch; x<y"), QString::fromUtf8("é😀&#0;&nosuch; x"));
    QCOMPARE(plainTextOf(QString(200'000, u'<')), QString());
    QCOMPARE(familyOfBaseModel("SD 2.1 768"), QStringLiteral("SD 2.x"));
    QCOMPARE(familyOfBaseModel("Pony"), QStringLiteral("SDXL"));
    QCOMPARE(familyOfBaseModel("Unknown"), QString());
  }

  void notesSurviveARestartAndAMove() {
    TempFolder temp;
    fakeAdapter(temp.path("a/ink.safetensors"));
    fakeAdapter(temp.path("a/neon.safetensors"));
    {
      ReadLibrary read(temp, {temp.path("a")});
      read.library.setNote(read.rowOf("ink"), {true, "for\nposters", 0.4});
      read.library.setNote(read.rowOf("neon"), {false, {}, 0.2});
      read.library.setNote(read.rowOf("neon"), {});
      QCOMPARE(read.library.defaultWeightOf(read.at("ink").file), 0.4);
    }
    QDir().mkpath(temp.path("a/moved"));
    QVERIFY(QFile::rename(temp.path("a/ink.safetensors"), temp.path("a/moved/ink.safetensors")));
    const ReadLibrary again(temp, {temp.path("a")});
    QCOMPARE(again.at("ink").note, (AdapterNote{true, "for\nposters", 0.4}));
    QCOMPARE(again.at("neon").note, AdapterNote());
    QCOMPARE(QDir(temp.path("a")).entryList(QDir::Files), QStringList({"neon.safetensors"}));
  }

  void installationsOfOtherProgramsAreKnown() {
    TempFolder temp;
    QDir().mkpath(temp.path("webui/models/Lora/x"));
    QDir().mkpath(temp.path("webui/models/LyCORIS"));
    QDir().mkpath(temp.path("comfy/models/loras"));
    QDir().mkpath(temp.path("plain/x"));
    QCOMPARE(adapterFoldersBelow(temp.path("webui")),
             QStringList({temp.path("webui/models/Lora"), temp.path("webui/models/LyCORIS")}));
    QCOMPARE(adapterFoldersBelow(temp.path("comfy")), QStringList({temp.path("comfy/models/loras")}));
    QCOMPARE(adapterFoldersBelow(temp.path("comfy/models")), QStringList({temp.path("comfy/models/loras")}));
    QCOMPARE(adapterFoldersBelow(temp.path("plain")), QStringList({temp.path("plain")}));
  }

  void givesPromptsNamesAndTriggerWords() {
    TempFolder temp;
    fakeAdapter(temp.path("a/styles/ink.safetensors"),
                R"("ss_output_name": "ink-v2", "modelspec.trigger_phrase": "inky")");
    fakeAdapter(temp.path("a/strange <name>.safetensors"));
    const ReadLibrary read(temp, {temp.path("a")});
    const AdapterWords words = wordsOfAdapters(read.library.adapters());
    QCOMPARE(words.words, (std::vector<PromptWord>{{PromptWord::Kind::Adapter, "ink", ""},
                                                   {PromptWord::Kind::Trigger, "inky", "ink"}}));
    for (const char* name : {"ink", "ink.safetensors", "styles/ink", "styles/ink.safetensors", "ink-v2"})
      QVERIFY2(words.names.contains(QLatin1String(name)), name);
    QVERIFY(read.at("strange <name>").tagText().isEmpty());
  }

  void theListIsSearchedFilteredAndOrdered() {
    TempFolder temp;
    fakeAdapter(temp.path("a/styles/Ink.safetensors"),
                R"("ss_base_model_version": "sd_v1", "modelspec.trigger_phrase": "blotted")");
    fakeAdapter(temp.path("a/neon.safetensors"), R"("ss_base_model_version": "sdxl_base")");
    fakeAdapter(temp.path("a/oil.safetensors"));
    setTime(temp.path("a/oil.safetensors"), QDateTime::currentDateTime().addDays(1));
    ReadLibrary read(temp, {temp.path("a")});
    AdapterListModel model(read.library, temp.path("thumbnails"));
    const auto shows = [&](const AdapterQuery& query) {
      model.setQuery(query);
      return shownNames(model);
    };
    QCOMPARE(shows({}), QStringList({"Ink", "neon", "oil"}));
    QCOMPARE(model.families(), QStringList({"SD 1.x", "SDXL"}));
    QCOMPARE(shows({"INK sty"}), QStringList({"Ink"}));
    QCOMPARE(shows({"blot"}), QStringList({"Ink"}));
    QCOMPARE(shows({"ink neon"}), QStringList());
    QCOMPARE(shows({{}, "SDXL"}), QStringList({"neon"}));
    QCOMPARE(shows({{}, {}, true}), QStringList());
    read.library.setNote(read.rowOf("neon"), {true, "for signs", {}});
    QCOMPARE(shownNames(model), QStringList({"neon"}));
    QCOMPARE(shows({"signs"}), QStringList({"neon"}));
    QCOMPARE(shows({{}, {}, false, AdapterOrder::Newest}).first(), QStringLiteral("oil"));
    HistoryEntry picture;
    picture.file = temp.path("neon.png");
    picture.made = QDateTime::currentDateTime();
    model.setPictures({{"neon", picture}});
    QCOMPARE(shows({{}, {}, false, AdapterOrder::LastUsed}).first(), QStringLiteral("neon"));
  }

  void thumbnailsArePicturesBesideTheFileOrTheLastOnesMade() {
    TempFolder temp;
    fakeAdapter(temp.path("a/ink.safetensors"));
    fakeAdapter(temp.path("a/neon.safetensors"));
    fakeAdapter(temp.path("a/oil.safetensors"));
    QImage red(300, 100, QImage::Format_RGB32), blue(64, 64, QImage::Format_RGB32);
    red.fill(Qt::red);
    blue.fill(Qt::blue);
    QVERIFY(red.save(temp.path("a/ink.png")));
    QVERIFY(blue.save(temp.path("neon.png")));
    ReadLibrary read(temp, {temp.path("a")});
    AdapterListModel model(read.library, temp.path("thumbnails"));
    HistoryEntry picture;
    picture.file = temp.path("neon.png");
    picture.made = QDateTime::currentDateTime();
    model.setPictures({{"neon", picture}, {"ink", picture}});
    const auto thumbnail = [&](int row) { return model.index(row).data(Qt::DecorationRole).value<QImage>(); };
    QTRY_VERIFY_WITH_TIMEOUT(!thumbnail(0).isNull() && !thumbnail(1).isNull(), kTimeoutMs);
    QCOMPARE(thumbnail(0).size(), QSize(256, 85));
    QVERIFY(thumbnail(0).pixelColor(100, 40).red() > 200);
    QVERIFY(thumbnail(1).pixelColor(10, 10).blue() > 200);
    QVERIFY(thumbnail(2).isNull());
    // One pixel of WebP, for which Qt needs a plugin that may not be there.
    writeText(temp.path("a/oil.preview.webp"),
              QByteArray::fromBase64("UklGRhoAAABXRUJQVlA4TA0AAAAvAAAAEAcQERGIiP4HAA=="));
    read.library.rescan();
    QTRY_COMPARE_WITH_TIMEOUT(thumbnail(2).size(), QSize(1, 1), kTimeoutMs);
  }
};

namespace {
const lorikeet::TestCase<AdapterLibraryTest> kAdapterLibraryTest("adapter_library");
}  // namespace
#include "adapter_library_test.moc"

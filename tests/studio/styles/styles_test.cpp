// Styles: how they merge with prompts, A1111's styles.csv, the file that keeps them.
#include <lorikeet/error.h>

#include <QDir>
#include <QFile>
#include <QSignalSpy>
#include <QtTest>

#include "studio/styles/style_library.h"
#include "studio/styles/styles_csv.h"
#include "support/qt/test_program.h"
#include "support/temp_studio.h"

using namespace lorikeet;
using lorikeet::test::TempFolder;

namespace {

QString write(const TempFolder& temp, const char* name, const QByteArray& bytes) {
  QFile file(temp.path(name));
  if (!file.open(QIODevice::WriteOnly) || file.write(bytes) != bytes.size()) return {};
  return file.fileName();
}

QByteArray contents(const QString& path) {
  QFile file(path);
  return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

PromptStyle inkStyle() {
  PromptStyle style{
      QStringLiteral("Ink"), QStringLiteral("ink drawing of {prompt}, fine lines"), QStringLiteral("photo"), {}};
  style.settings.steps = 30;
  style.settings.guidanceScale = 6.5;
  style.settings.sampler = Sampler::EulerA;
  style.settings.schedule = Schedule::Karras;
  style.settings.width = 512;
  style.settings.height = 768;
  return style;
}

}  // namespace

class StylesTest : public QObject {
  Q_OBJECT
 private slots:
  void mergesAsA1111Does() {
    QCOMPARE(mergePrompt("ink of {prompt}, lines", "a fox"), QStringLiteral("ink of a fox, lines"));
    QCOMPARE(mergePrompt("oil painting", "a fox "), QStringLiteral("a fox, oil painting"));
    QCOMPARE(mergePrompt("oil painting", ""), QStringLiteral("oil painting"));
    QCOMPARE(mergePrompt("", "a fox"), QStringLiteral("a fox"));
    QCOMPARE(mergePrompt("{prompt} and {prompt}", "x"), QStringLiteral("x and x"));
  }

  void appliesTextsAndSettings() {
    GenerateRequest request;
    request.prompt = "a fox";
    request.negativePrompt = "dark";
    request.seed = 7;
    const GenerateRequest styled = applyStyle(inkStyle(), request);
    QCOMPARE(styled.prompt, "ink drawing of a fox, fine lines");
    QCOMPARE(styled.negativePrompt, "dark, photo");
    QCOMPARE(styled.steps, 30);
    QCOMPARE(styled.guidanceScale, 6.5);
    QCOMPARE(styled.sampler, Sampler::EulerA);
    QCOMPARE(styled.height, 768);
    QCOMPARE(styled.seed, 7u);
    QCOMPARE(applyStyle({QStringLiteral("Empty"), {}, {}, {}}, request), request);
  }

  void readsTheCsvOfA1111() {
    const QByteArray csv =
        "\xef\xbb\xbfname,prompt,negative_prompt\r\n"
        "None,,\r\n"
        "Ink,\"ink, \"\"fine\"\"\nsecond line\",photo\r\n"
        "\xc3\x96l,oil of {prompt},\"a, b\"\r\n"
        ",no name,\r\n"
        "Short,alone";
    const std::vector<PromptStyle> styles = readStylesCsv(csv);
    QCOMPARE(int(styles.size()), 3);
    QCOMPARE(styles[0].prompt, QStringLiteral("ink, \"fine\"\nsecond line"));
    QCOMPARE(styles[0].negativePrompt, QStringLiteral("photo"));
    QCOMPARE(styles[1].name, QStringLiteral("Öl"));
    QCOMPARE(styles[1].negativePrompt, QStringLiteral("a, b"));
    QCOMPARE(styles[2].prompt, QStringLiteral("alone"));
  }

  void readsOtherColumns() {
    std::vector<PromptStyle> styles = readStylesCsv("name,text\nInk,ink\n");
    QCOMPARE(styles.at(0).prompt, QStringLiteral("ink"));
    styles = readStylesCsv("negative_prompt,Prompt, name\nphoto,ink,Ink\n");
    QCOMPARE(styles.at(0).name, QStringLiteral("Ink"));
    QCOMPARE(styles.at(0).prompt, QStringLiteral("ink"));
    QCOMPARE(styles.at(0).negativePrompt, QStringLiteral("photo"));
  }

  void csvGoesThereAndBack() {
    const std::vector<PromptStyle> styles = {{"a, b", "x \"y\"\nz", "", {}}, {"plain", "", "n", {}}};
    QCOMPARE(readStylesCsv(writeStylesCsv(styles)), styles);
    QVERIFY(writeStylesCsv(styles).startsWith("\xef\xbb\xbfname,prompt,negative_prompt\n"));
  }

  void refusesWhatIsNoListOfStyles_data() {
    QTest::addColumn<QByteArray>("bytes");
    QTest::newRow("empty") << QByteArray();
    QTest::newRow("other table") << QByteArray("id,size\n1,2\n");
    QTest::newRow("open quote") << QByteArray("name,prompt\n\nInk,\"never closed\n");
    QTest::newRow("binary") << QByteArray("name,prompt\n\xff\xfe\x01", 16);
    QTest::newRow("zeros") << QByteArray("name,prompt\nInk,a\0b\n", 20);
  }
  void refusesWhatIsNoListOfStyles() {
    QFETCH(QByteArray, bytes);
    QVERIFY_EXCEPTION_THROWN(readStylesCsv(bytes), Error);
  }

  void aLargeCsvIsReadAtOnce() {
    QByteArray csv("name,prompt,negative_prompt\n");
    for (int i = 0; i < 20000; ++i) csv += "Style " + QByteArray::number(i) + ",\"text, of it\",no\n";
    TempFolder temp;
    StyleLibrary library(temp.path("styles.json"));
    QCOMPARE(library.importCsv(write(temp, "styles.csv", csv)), 20000);
  }

  void keepsStylesBetweenRuns() {
    TempFolder temp;
    {
      StyleLibrary library(temp.path("data/styles.json"));
      QCOMPARE(library.add(inkStyle()), 0);
      QCOMPARE(library.add(inkStyle()), 1);
      library.add({QStringLiteral("Oil"), QStringLiteral("oil"), {}, {}});
      library.move(2, 0);
      library.remove(2);
    }
    StyleLibrary again(temp.path("data/styles.json"));
    QCOMPARE(again.rowCount(), 2);
    QCOMPARE(again.styles()[0].name, QStringLiteral("Oil"));
    QCOMPARE(again.styles()[1], inkStyle());
    PromptStyle renamed = inkStyle();
    renamed.name = QStringLiteral("Oil");
    again.replace(1, renamed);
    QCOMPARE(again.styles()[1].name, QStringLiteral("Oil 2"));
  }

  void importAddsAndNeverReplaces() {
    TempFolder temp;
    StyleLibrary library(temp.path("styles.json"));
    library.add(inkStyle());
    const QString csv = write(temp, "styles.csv", "name,prompt,negative_prompt\nInk,other,\nNew,text,\n");
    QCOMPARE(library.importCsv(csv), 2);
    QCOMPARE(library.importCsv(csv), 0);
    QCOMPARE(library.rowCount(), 3);
    QCOMPARE(library.styles()[0], inkStyle());
    QCOMPARE(library.styles()[1].name, QStringLiteral("Ink 2"));
    library.exportCsv(temp.path("out.csv"));
    QCOMPARE(int(readStylesCsv(contents(temp.path("out.csv"))).size()), 3);
    QVERIFY_EXCEPTION_THROWN(library.importCsv(temp.path("absent.csv")), Error);
    QVERIFY_EXCEPTION_THROWN(library.exportCsv(QStringLiteral("/proc/none/out.csv")), Error);
  }

  void aBrokenFileIsKeptAside() {
    TempFolder temp;
    const QByteArray broken = "{\"styles\": [";
    StyleLibrary library(write(temp, "styles.json", broken));
    QSignalSpy failed(&library, &StyleLibrary::failed);
    QTRY_COMPARE(failed.count(), 1);
    library.add(inkStyle());
    const QStringList aside = QDir(temp.folder.path()).entryList({QStringLiteral("styles.json.broken-*")});
    QCOMPARE(aside.size(), 1);
    QCOMPARE(contents(temp.folder.filePath(aside.front())), broken);
    QCOMPARE(StyleLibrary(temp.path("styles.json")).rowCount(), 1);
  }

  void aFullDiskIsReported() {
    StyleLibrary library(QStringLiteral("/proc/none/styles.json"));
    QSignalSpy failed(&library, &StyleLibrary::failed);
    library.add(inkStyle());
    QCOMPARE(failed.count(), 1);
    QCOMPARE(library.rowCount(), 1);
  }
};

namespace {
const lorikeet::TestCase<StylesTest> kStylesTest("styles");
}  // namespace
#include "styles_test.moc"

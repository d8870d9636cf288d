// The spelling of prompts: which words are looked at, dictionaries, a person's own words.
#include <QFile>
#include <QSignalSpy>

#include "studio/spelling/spell_checker.h"
#include "support/qt/test_program.h"
#include "support/spelling.h"
#include "support/temp_studio.h"

using namespace lorikeet;
using lorikeet::test::TempFolder;
using lorikeet::test::writeDictionary;

class SpellCheckerTest : public QObject {
  Q_OBJECT
 private slots:
  void looksAtPlainWords_data() {
    QTest::addColumn<QString>("text");
    QTest::addColumn<QStringList>("expected");
    QTest::newRow("words") << "a red fox, misty morning" << QStringList{"red", "fox", "misty", "morning"};
    QTest::newRow("apostrophes") << "it's 'quoted' van Gogh\u2019s"
                                 << QStringList{"it's", "quoted", "van", "Gogh\u2019s"};
    QTest::newRow("hyphens") << "wide-angle lens" << QStringList{"wide", "angle", "lens"};
    QTest::newRow("names and numbers") << "score_9 v2 SDXL LoRA 1girl 35mm f1.4" << QStringList{};
    QTest::newRow("other scripts") << "\u96EA \u043B\u0438\u0441\u0430 caf\u00E9" << QStringList{"caf\u00E9"};
    QTest::newRow("too long") << QString(60, u'x') << QStringList{};
    QTest::newRow("nothing") << QString() << QStringList{};
  }
  void looksAtPlainWords() {
    QFETCH(QString, text);
    QStringList words;
    for (const WordPlace& word : wordsToCheck(text)) words << text.mid(word.start, word.length);
    QTEST(words, "expected");
  }

  void tellsMisspeltWords() {
    TempFolder temp;
    writeDictionary(temp.path("dictionaries"), {"fox", "mossy", "red"});
    SpellChecker checker(temp.path("words.txt"));
    checker.setFolders({temp.path("dictionaries")});
    QCOMPARE(checker.dictionaryFiles().name, QStringLiteral("en_US"));
    QSignalSpy changed(&checker, &SpellChecker::changed);
    QVERIFY(!checker.isMisspelt(QStringLiteral("mosy")));
    checker.setEnabled(true);
    QTRY_COMPARE(changed.count(), 1);
    QVERIFY(checker.isMisspelt(QStringLiteral("mosy")));
    QVERIFY(!checker.isMisspelt(QStringLiteral("mossy")));
    QVERIFY(!checker.isMisspelt(QStringLiteral("Mossy")));
    QCOMPARE(checker.suggestions(QStringLiteral("mosy")).value(0), QStringLiteral("mossy"));
    checker.setEnabled(false);
    QVERIFY(!checker.isMisspelt(QStringLiteral("mosy")));
  }

  void ownWordsAreKept() {
    TempFolder temp;
    writeDictionary(temp.path("dictionaries"), {"fox"});
    for (const bool again : {false, true}) {
      SpellChecker checker(temp.path("data/words.txt"));
      checker.setFolders({temp.path("dictionaries")});
      QSignalSpy changed(&checker, &SpellChecker::changed);
      checker.setEnabled(true);
      QTRY_COMPARE(changed.count(), 1);
      QCOMPARE(checker.isMisspelt(QStringLiteral("ghibli")), !again);
      if (!again) checker.addWord(QStringLiteral("Ghibli"));
      QVERIFY(!checker.isMisspelt(QStringLiteral("ghibli")));
      QVERIFY(checker.isMisspelt(QStringLiteral("fxo")));
    }
  }

  void withoutADictionaryNothingIsMisspelt() {
    TempFolder temp;
    SpellChecker checker(temp.path("words.txt"));
    checker.setFolders({temp.path("nothing here")});
    QSignalSpy changed(&checker, &SpellChecker::changed);
    checker.setEnabled(true);
    QTRY_COMPARE(changed.count(), 1);
    QVERIFY(checker.dictionaryFiles().name.isEmpty());
    QVERIFY(!checker.isMisspelt(QStringLiteral("xqzwv")));
    QVERIFY(checker.suggestions(QStringLiteral("xqzwv")).isEmpty());
  }

  void aBrokenDictionaryDoesNoHarm() {
    TempFolder temp;
    writeDictionary(temp.path("dictionaries"), {"fox"});
    for (const char* name : {"dictionaries/en_US.dic", "dictionaries/en_US.aff"}) {
      QFile file(temp.path(name));
      QVERIFY(file.open(QIODevice::WriteOnly) && file.write("\0\xff no dictionary \n\n17", 22) > 0);
    }
    SpellChecker checker(temp.path("words.txt"));
    checker.setFolders({temp.path("dictionaries")});
    QSignalSpy changed(&checker, &SpellChecker::changed);
    checker.setEnabled(true);
    QTRY_COMPARE(changed.count(), 1);
    checker.isMisspelt(QStringLiteral("fox"));
  }
};

namespace {
const lorikeet::TestCase<SpellCheckerTest> kSpellCheckerTest("spell_checker");
}  // namespace
#include "spell_checker_test.moc"

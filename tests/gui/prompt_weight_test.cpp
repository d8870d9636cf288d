#include "generate/prompt_weight.h"

#include <QtTest>

#include "support/qt/test_program.h"

using namespace lorikeet;

namespace {

/// "a [fox] b": brackets of the test notation mark the selection, a single | the cursor.
PromptSelection parse(QString text) {
  PromptSelection prompt;
  const qsizetype cursor = text.indexOf(u'|');
  if (cursor >= 0) {
    prompt.text = text.remove(cursor, 1);
    prompt.start = prompt.end = cursor;
    return prompt;
  }
  prompt.start = text.indexOf(u'{');
  prompt.end = text.indexOf(u'}') - 1;
  prompt.text = text.remove(u'{').remove(u'}');
  return prompt;
}

QString print(const PromptSelection& prompt) {
  QString text = prompt.text;
  text.insert(prompt.end, u'}');
  text.insert(prompt.start, u'{');
  return text;
}

}  // namespace

class PromptWeightTest : public QObject {
  Q_OBJECT
 private slots:
  void changes_data() {
    QTest::addColumn<QString>("before");
    QTest::addColumn<double>("delta");
    QTest::addColumn<QString>("after");
    QTest::newRow("selection gets a weight") << "a {red fox} in snow" << 0.1 << "a ({red fox}:1.1) in snow";
    QTest::newRow("down from one") << "a {red fox}" << -0.1 << "a ({red fox}:0.9)";
    QTest::newRow("weight goes on") << "a ({red fox}:1.1)" << 0.1 << "a ({red fox}:1.2)";
    QTest::newRow("back to one drops the brackets") << "a ({red fox}:1.1) runs" << -0.1 << "a {red fox} runs";
    QTest::newRow("selection with its brackets") << "a {(red fox:1.3)} runs" << 0.1 << "a ({red fox}:1.4) runs";
    QTest::newRow("plain brackets weigh 1.1") << "a ({fox})" << 0.1 << "a ({fox}:1.2)";
    QTest::newRow("word at the cursor") << "red fo|x, snow" << 0.1 << "red ({fox}:1.1), snow";
    QTest::newRow("cursor in a group") << "a (red fo|x:1.5) runs" << -0.1 << "a ({red fox}:1.4) runs";
    QTest::newRow("blanks stay outside") << "a{ fox, }snow" << 0.1 << "a ({fox}:1.1), snow";
    QTest::newRow("part of a group") << "(red {fox}:1.2)" << 0.1 << "(red ({fox}:1.1):1.2)";
    QTest::newRow("group in a group") << "(red ({fox}:1.1):1.2)" << 0.1 << "(red ({fox}:1.2):1.2)";
    QTest::newRow("escaped brackets are text") << "\\({fox}\\)" << 0.1 << "\\(({fox}:1.1)\\)";
    QTest::newRow("not below zero") << "({fox}:0.05)" << -0.1 << "({fox}:0)";
    QTest::newRow("not above ten") << "({fox}:9.95)" << 0.1 << "({fox}:10)";
    QTest::newRow("no word at the cursor") << "a, | ,b" << 0.1 << "a, {} ,b";
    QTest::newRow("unclosed bracket") << "(red {fox}" << 0.1 << "(red ({fox}:1.1)";
  }
  void changes() {
    QFETCH(QString, before);
    QFETCH(double, delta);
    QFETCH(QString, after);
    QCOMPARE(print(changeWeight(parse(before), delta)), after);
  }

  void upAndDownGivesTheSameText() {
    PromptSelection prompt = parse(QStringLiteral("one {two} three"));
    const QString text = prompt.text;
    for (int i = 0; i < 7; ++i) prompt = changeWeight(prompt, 0.1);
    for (int i = 0; i < 7; ++i) prompt = changeWeight(prompt, -0.1);
    QCOMPARE(prompt.text, text);
  }

  void longNestedTextIsQuick() {
    PromptSelection prompt{QString(200'000, u'('), 100'000, 100'000};
    QCOMPARE(changeWeight(prompt, 0.1).text.size(), 200'000);
  }
};

namespace {
const lorikeet::TestCase<PromptWeightTest> kPromptWeightTest("prompt_weight");
}  // namespace
#include "prompt_weight_test.moc"

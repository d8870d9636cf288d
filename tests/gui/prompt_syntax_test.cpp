// What the prompt editor colours and offers, without a window.
#include <QtTest>

#include "generate/prompt_completion.h"
#include "generate/prompt_syntax.h"
#include "support/qt/test_program.h"

using namespace lorikeet;

namespace {

/// The coloured parts as text, "W:1.2" for a weight.
QStringList partsOf(const QString& line, PromptLineState state = {}) {
  static const QString letters = QStringLiteral("BWSCXTEKCe");
  const auto isEmbedding = [](QStringView word) { return word == u"easy" || word == u"<glyph>"; };
  QStringList parts;
  for (const PromptSpan& span : scanPromptLine(line, state, isEmbedding))
    parts << letters[int(span.token)] + QStringLiteral(":") + line.mid(span.start, span.length);
  return parts;
}

std::vector<PromptWord> someWords() {
  return {{PromptWord::Kind::Embedding, QStringLiteral("easy"), {}},
          {PromptWord::Kind::Embedding, QStringLiteral("<glyph>"), {}},
          {PromptWord::Kind::Wildcard, QStringLiteral("animals/cats"), {}},
          {PromptWord::Kind::Wildcard, QStringLiteral("colors"), {}},
          {PromptWord::Kind::Adapter, QStringLiteral("ink v1"), {}},
          {PromptWord::Kind::Trigger, QStringLiteral("inkstyle"), QStringLiteral("ink v1")}};
}

QStringList offers(const QString& before) {
  QStringList result;
  for (const Completion& completion : completionsFor(completionPlace(before, before.size()), someWords()))
    result << completion.insert;
  return result;
}

}  // namespace

class PromptSyntaxTest : public QObject {
  Q_OBJECT
 private slots:
  void findsTheParts() {
    QCOMPARE(partsOf("a (fox:1.2), b"), QStringList({"B:(", "S::", "W:1.2", "B:)"}));
    QCOMPARE(partsOf("[a|b] c:d"), QStringList({"B:[", "S:|", "B:]"}));
    QCOMPARE(partsOf("[a:b:0.5]"), QStringList({"B:[", "S::", "S::", "W:0.5", "B:]"}));
    QCOMPARE(partsOf("{2$$a|b}"), QStringList({"C:{", "C:$$", "C:|", "C:}"}));
    QCOMPARE(partsOf("__animals/cats__ <lora:ink:1>"), QStringList({"X:__animals/cats__", "T:<lora:ink:1>"}));
    QCOMPARE(partsOf("x BREAK y AND BREAKs"), QStringList({"K:BREAK", "K:AND"}));
    QCOMPARE(partsOf("easy <glyph> easier"), QStringList({"E:easy", "E:<glyph>"}));
    QCOMPARE(partsOf("\\(a # (b)"), QStringList({"e:\\(", "C:# (b)"}));
    QCOMPARE(partsOf("__a, b__ < > <a"), QStringList());
  }

  void bracketsReachOverLines() {
    PromptLineState state;
    scanPromptLine(u"((a [b {c", state);
    QCOMPARE(state, (PromptLineState{2, 1, 1}));
    QCOMPARE(PromptLineState::fromInt(state.toInt()), state);
    scanPromptLine(u"})])))", state);
    QCOMPARE(state, PromptLineState());
    QCOMPARE(PromptLineState::fromInt(-1), PromptLineState());
  }

  void strangeTextIsReadInOnePass() {
    for (const char16_t* part : {u"(", u"<", u"__", u"{|", u"\\", u"$$", u":1"}) {
      const QString text = QString::fromUtf16(part).repeated(200'000);
      PromptLineState state;
      scanPromptLine(text, state);
      completionPlace(text, text.size());
    }
  }

  void offersWhatFits() {
    QCOMPARE(offers("a ea"), QStringList({"easy"}));
    QCOMPARE(offers("a in"), QStringList({"<lora:ink v1:1>", "inkstyle"}));
    QCOMPARE(offers("<gl"), QStringList({"<glyph>"}));
    QCOMPARE(offers("__"), QStringList({"__animals/cats__", "__colors__"}));
    QCOMPARE(offers("__colors__ and __cat"), QStringList({"__animals/cats__"}));
    QCOMPARE(offers("<lora:"), QStringList({"<lora:ink v1:1>"}));
    QCOMPARE(offers("<lora:ink:0.5> "), QStringList());
    QCOMPARE(offers(""), QStringList());
  }

  void replacesWhatWasTyped() {
    QCOMPARE(completionPlace("a __an", 6).start, 2);
    QCOMPARE(completionPlace("x <lora:in", 10).start, 2);
    QCOMPARE(completionPlace("a easy, b", 6).start, 2);
  }
};

namespace {
const lorikeet::TestCase<PromptSyntaxTest> kPromptSyntaxTest("prompt_syntax");
}  // namespace
#include "prompt_syntax_test.moc"

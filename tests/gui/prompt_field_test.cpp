// The prompt editors of the form: mistakes, completion, chunks, choices, styles, and how fast typing is.
#include <QAbstractItemView>
#include <QAction>
#include <QDir>
#include <QFile>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QPlainTextEdit>
#include <QSpinBox>
#include <QTextBlock>
#include <QTextLayout>
#include <QToolButton>
#include <QtTest>
#include <ctime>

#include "generate/chunk_bar.h"
#include "generate/completion_popup.h"
#include "generate/generate_panel.h"
#include "generate/prompt_edit.h"
#include "studio/jobs/convert.h"
#include "studio/library/adapter_library.h"
#include "studio/spelling/spell_checker.h"
#include "styles/styles_button.h"
#include "styles/styles_dialog.h"
#include "support/fake_adapters.h"
#include "support/qt/test_program.h"
#include "support/spelling.h"
#include "support/temp_studio.h"

using namespace lorikeet;
using lorikeet::test::TempFolder;

namespace {

constexpr int kPatienceMs = 20'000;

void writeWildcard(const TempFolder& temp, const char* name, const QByteArray& lines) {
  QDir().mkpath(temp.path("words"));
  QFile file(temp.path("words/") + QLatin1String(name));
  if (file.open(QIODevice::WriteOnly)) file.write(lines);
}

/// A form with a library of its own.
struct Form {
  explicit Form(const TempFolder& temp) : adapters(temp.path("library")) {
    ModelEntry model;
    model.path = lorikeet::test::tinyModel();
    panel.setModel(model);
    panel.setLibrary(library);
    QDir().mkpath(temp.path("adapters"));
    library.setFolders({QStringLiteral(LORIKEET_SOURCE_DIR "/tests/golden/textual_inversion"),
                        temp.path("words"),
                        {temp.path("adapters")}});
    QObject::connect(&adapters, &AdapterLibrary::wordsFound, &library, &PromptLibrary::setAdapters);
    adapters.setFolders({temp.path("adapters")});
    panel.resize(400, 700);
    panel.show();
  }
  QPlainTextEdit* edit() { return panel.findChild<QPlainTextEdit*>(QStringLiteral("promptEdit")); }
  QLabel* note() { return panel.findChild<QLabel*>(QStringLiteral("promptNote")); }
  ChunkBar* chunks() { return panel.findChild<ChunkBar*>(QStringLiteral("promptChunks")); }
  CompletionPopup* popup() { return edit()->findChild<CompletionPopup*>(); }

  PromptLibrary library;
  AdapterLibrary adapters;
  GeneratePanel panel;
};

}  // namespace

class PromptFieldTest : public QObject {
  Q_OBJECT
 private slots:
  void showsMistakesWhereTheyAre() {
    TempFolder temp;
    writeWildcard(temp, "animals.txt", "fox\nowl\n");
    Form form(temp);
    form.edit()->setPlainText(QStringLiteral("schöne (füchse:.) __animls__"));
    QTRY_COMPARE_WITH_TIMEOUT(form.edit()->extraSelections().size(), 2, kPatienceMs);
    QCOMPARE(form.edit()->extraSelections()[0].cursor.selectedText(), QStringLiteral(":.)"));
    QCOMPARE(form.edit()->extraSelections()[1].cursor.selectedText(), QStringLiteral("__animls__"));
    QVERIFY(form.note()->isVisible());
    QVERIFY2(form.note()->text().contains(u"Column 19"), qPrintable(form.note()->text()));
    QVERIFY(form.note()->text().contains(u"animls"));
    form.edit()->setPlainText(QStringLiteral("a fox"));
    QTRY_VERIFY_WITH_TIMEOUT(form.edit()->extraSelections().isEmpty(), kPatienceMs);
    QVERIFY(!form.note()->isVisible());
  }

  void adaptersOfTheFolderAreOfferedAndOthersMarked() {
    TempFolder temp;
    writeWildcard(temp, "animals.txt", "fox\n");
    const auto add = [&temp](const char* name) { lorikeet::test::writeFakeAdapter(toPath(temp.path(name))); };
    add("adapters/styles/ink.safetensors");
    Form form(temp);
    form.edit()->setPlainText(QStringLiteral("a fox <lora:ink:1> <lora:neon:0.5>"));
    QTRY_VERIFY_WITH_TIMEOUT(form.library.knowsAdapter(QStringLiteral("ink")), kPatienceMs);
    QTRY_COMPARE_WITH_TIMEOUT(form.edit()->extraSelections().size(), 1, kPatienceMs);
    QCOMPARE(form.edit()->extraSelections()[0].cursor.selectedText(), QStringLiteral("<lora:neon:0.5>"));
    QVERIFY2(form.note()->text().contains(u"<lora:neon>"), qPrintable(form.note()->text()));
    QVERIFY2(!form.note()->text().contains(u"more)"), qPrintable(form.note()->text()));
    add("adapters/neon.safetensors");
    QTRY_VERIFY_WITH_TIMEOUT(form.edit()->extraSelections().isEmpty(), kPatienceMs);

    form.edit()->clear();
    QTest::keyClicks(form.edit(), QStringLiteral("a fox <lora:ne"));
    QVERIFY(form.popup()->isShown());
    QTest::keyClick(form.popup()->popup(), Qt::Key_Return);
    QCOMPARE(form.edit()->toPlainText(), QStringLiteral("a fox <lora:neon:1>"));
    QCOMPARE(form.panel.request().prompting.adapterFolders, std::vector{toPath(temp.path("adapters"))});
  }

  void misspeltWordsAreUnderlinedAndMended() {
    TempFolder temp;
    lorikeet::test::writeDictionary(temp.path("dictionaries"), {"red", "fox", "the", "snow"});
    writeWildcard(temp, "anmals.txt", "fox\n");
    SpellChecker spelling(temp.path("own.txt"));
    spelling.setFolders({temp.path("dictionaries")});
    Form form(temp);
    form.panel.setSpelling(spelling);
    spelling.setEnabled(true);
    auto* edit = static_cast<PromptEdit*>(form.edit());
    edit->setPlainText(QStringLiteral("red fxo, (snwo:1.3), __anmals__ <lora:inck:1> BREAK the sno_2"));
    const auto underlined = [edit] {
      QStringList words;
      for (const QTextLayout::FormatRange& range : edit->document()->firstBlock().layout()->formats())
        if (range.format.underlineStyle() == QTextCharFormat::SpellCheckUnderline)
          words << edit->toPlainText().mid(range.start, range.length);
      return words;
    };
    QTRY_COMPARE_WITH_TIMEOUT(underlined(), QStringList({"fxo", "snwo"}), kPatienceMs);

    QTextCursor at(edit->document());
    at.setPosition(5);
    const QPoint place = edit->cursorRect(at).center();
    const auto actionOf = [&](QMenu& menu, const char* name) { return menu.findChild<QAction*>(QLatin1String(name)); };
    std::unique_ptr<QMenu> menu(edit->makeContextMenu(place));
    QCOMPARE(actionOf(*menu, "spelling")->text(), QStringLiteral("fox"));
    actionOf(*menu, "spelling")->trigger();
    QVERIFY(edit->toPlainText().startsWith(u"red fox, (snwo"));
    QCOMPARE(underlined(), QStringList{"snwo"});
    edit->undo();
    QCOMPARE(underlined(), QStringList({"fxo", "snwo"}));

    menu.reset(edit->makeContextMenu(place));
    actionOf(*menu, "addSpelling")->trigger();
    QCOMPARE(underlined(), QStringList{"snwo"});
    menu.reset(edit->makeContextMenu(place));
    QVERIFY(!actionOf(*menu, "spelling"));

    edit->clear();
    edit->setFocus();
    QTest::keyClicks(edit, QStringLiteral("snwo"));
    QCOMPARE(underlined(), QStringList());  // it may not be complete yet
    QTest::keyClick(edit, Qt::Key_Space);
    QCOMPARE(underlined(), QStringList{"snwo"});
    QTest::keyClick(edit, Qt::Key_Backspace);
    QCOMPARE(underlined(), QStringList());
    QTest::keyClick(edit, Qt::Key_Home);
    QCOMPARE(underlined(), QStringList{"snwo"});
    spelling.setEnabled(false);
    QCOMPARE(underlined(), QStringList());
  }

  void tellsChunksAndChoices() {
    TempFolder temp;
    writeWildcard(temp, "animals.txt", "fox\n");
    Form form(temp);
    form.edit()->setPlainText(QStringLiteral("a red __animals__ BREAK in the snow"));
    QTRY_COMPARE_WITH_TIMEOUT(form.chunks()->chunks(), std::vector<int>({3, 3}), kPatienceMs);
    QVERIFY2(form.note()->text().contains(u"a red fox BREAK"), qPrintable(form.note()->text()));
    const GenerateRequest request = form.panel.request();
    QCOMPARE(pathToQString(request.prompting.wildcardFolder), temp.path("words"));
    QCOMPARE(request.prompt, "a red __animals__ BREAK in the snow");
  }

  void completesByKeyboard() {
    TempFolder temp;
    writeWildcard(temp, "animals.txt", "fox\n");
    Form form(temp);
    QTRY_VERIFY_WITH_TIMEOUT(form.library.knowsEmbedding(QStringLiteral("glyph")), kPatienceMs);
    QVERIFY(!form.popup()->isShown());
    QTest::keyClicks(form.edit(), QStringLiteral("a __an"));
    QVERIFY(form.popup()->isShown());
    QTest::keyClick(form.popup()->popup(), Qt::Key_Return);
    QCOMPARE(form.edit()->toPlainText(), QStringLiteral("a __animals__"));
    QVERIFY(!form.popup()->isShown());
    QTest::keyClicks(form.edit(), QStringLiteral(", gly"));
    QVERIFY(form.popup()->isShown());
    QTest::keyClick(form.popup()->popup(), Qt::Key_Escape);
    QVERIFY(!form.popup()->isShown());
    QTest::keyClick(form.edit(), Qt::Key_Space, Qt::ControlModifier);
    QVERIFY(form.popup()->isShown());
    QTest::keyClick(form.popup()->popup(), Qt::Key_Down);
    QTest::keyClick(form.popup()->popup(), Qt::Key_Tab);
    QVERIFY2(form.edit()->toPlainText().startsWith(u"a __animals__, "), qPrintable(form.edit()->toPlainText()));
  }

  void typingStaysFastInALongPrompt() {
    TempFolder temp;
    writeWildcard(temp, "animals.txt", "fox\n");
    Form form(temp);
    QString prompt;
    while (prompt.size() < 20'000) prompt += QStringLiteral("(a red fox:1.2), [oil:ink:0.5] in {deep|thin} snow, ");
    form.edit()->setPlainText(prompt);
    form.edit()->moveCursor(QTextCursor::End);
    QApplication::processEvents();
    QPlainTextEdit plain;  // what Qt itself needs for a line of this length
    plain.resize(form.edit()->size());
    plain.show();
    plain.setPlainText(prompt);
    plain.moveCursor(QTextCursor::End);
    const auto millisecondsAKey = [](QPlainTextEdit* edit) {
      constexpr int kKeys = 30;
      const std::clock_t start = std::clock();
      for (int i = 0; i < kKeys; ++i) {
        QTest::keyClick(edit, Qt::Key_A);
        edit->viewport()->repaint();
      }
      return 1000.0 * double(std::clock() - start) / CLOCKS_PER_SEC / kKeys;
    };
    const double bare = millisecondsAKey(&plain);
    const double coloured = millisecondsAKey(form.edit());
    qInfo("a key in a prompt of 20 KB on one line: %.2f ms, a bare editor %.2f ms", coloured, bare);
    QVERIFY2(coloured < 3 * bare + 5, qPrintable(QStringLiteral("%1 %2").arg(coloured).arg(bare)));
  }

  void aLongLineIsColouredWhereItIsLookedAt() {
    TempFolder temp;
    writeWildcard(temp, "animals.txt", "fox\n");
    Form form(temp);
    form.edit()->setPlainText(QStringLiteral("(a red fox:1.2), in the snow, ").repeated(700));
    QPlainTextEdit* edit = form.edit();
    const auto colouredAt = [edit](int position) {
      for (const QTextLayout::FormatRange& range : edit->document()->firstBlock().layout()->formats())
        if (position >= range.start && position < range.start + range.length) return true;
      return false;
    };
    const int last = int(form.edit()->toPlainText().lastIndexOf(u'('));
    QVERIFY(colouredAt(0));
    form.edit()->moveCursor(QTextCursor::End);
    QTRY_VERIFY(colouredAt(last));
    form.edit()->moveCursor(QTextCursor::Start);
    QTRY_VERIFY(colouredAt(0));
  }

  void aTemplateIsForgottenWhenItsTextChanges() {
    TempFolder temp;
    writeWildcard(temp, "animals.txt", "fox\n");
    Form form(temp);
    GenerateRequest request = form.panel.request();
    request.prompt = "a red fox";
    request.prompting.promptTemplate = "a {red|green} fox";
    request.prompting.emphasis = EmphasisMode::NoNorm;
    form.panel.setRequest(request);
    QCOMPARE(form.panel.request().prompting.promptTemplate, "a {red|green} fox");
    QCOMPARE(form.panel.request().prompting.emphasis, EmphasisMode::NoNorm);
    form.edit()->setPlainText(QStringLiteral("a blue fox"));
    QCOMPARE(form.panel.request().prompting.promptTemplate, "");
  }

  void stylesCanBeChosenAndEdited() {
    TempFolder temp;
    StyleLibrary library(temp.path("styles.json"));
    library.add({QStringLiteral("Ink & wash"), QStringLiteral("ink of {prompt}"), {}, {}});
    StylesButton button(library);
    QSignalSpy chosen(&button, &StylesButton::chosen);
    emit button.menu()->aboutToShow();
    button.menu()->actions().front()->trigger();
    QCOMPARE(chosen.count(), 1);
    QCOMPARE(chosen.at(0).at(0).toInt(), 0);
    StylesDialog dialog(library);
    dialog.QDialog::show();
    auto* name = dialog.findChild<QLineEdit*>(QStringLiteral("nameField"));
    QCOMPARE(name->text(), QStringLiteral("Ink & wash"));
    dialog.findChild<QSpinBox*>(QStringLiteral("stepsField"))->setValue(33);
    dialog.findChild<QPlainTextEdit*>(QStringLiteral("styleNegative"))->setPlainText(QStringLiteral("photo"));
    QCOMPARE(library.styles()[0].settings.steps, std::optional<int>(33));
    QCOMPARE(library.styles()[0].negativePrompt, QStringLiteral("photo"));
    QVERIFY(!library.styles()[0].settings.guidanceScale);
    dialog.findChild<QToolButton*>(QStringLiteral("addButton"))->click();
    QCOMPARE(library.rowCount(), 2);
    QTest::keyClicks(name, QStringLiteral("Oil"));
    QTest::keyClick(name, Qt::Key_Return);
    QVERIFY(dialog.isVisible());
    QCOMPARE(library.styles()[1].name, QStringLiteral("Oil"));
    dialog.findChild<QToolButton*>(QStringLiteral("removeButton"))->click();
    QCOMPARE(library.rowCount(), 1);
    QCOMPARE(name->text(), QStringLiteral("Ink & wash"));
  }
};

namespace {
const lorikeet::TestCase<PromptFieldTest> kPromptFieldTest("prompt_field");
}  // namespace
#include "prompt_field_test.moc"

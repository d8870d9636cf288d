#include "generate/prompt_edit.h"

#include <QContextMenuEvent>
#include <QHelpEvent>
#include <QKeyEvent>
#include <QMenu>
#include <QTextBlock>
#include <QToolTip>
#include <algorithm>

#include "generate/completion_popup.h"
#include "generate/prompt_highlighter.h"
#include "generate/prompt_weight.h"
#include "studio/jobs/convert.h"
#include "studio/library/prompt_library.h"
#include "studio/spelling/spell_checker.h"

namespace lorikeet {
namespace {

constexpr double kWeightStep = 0.1;
constexpr size_t kLongestMark = 60;  ///< a mistake of the whole text is told, not underlined, where it is longer

QColor underlineColor(PromptIssue::Severity severity, bool dark) {
  switch (severity) {
    case PromptIssue::Severity::Error:
      return dark ? QColor(0xff8a80) : QColor(0xb3261e);
    case PromptIssue::Severity::Warning:
      return dark ? QColor(0xf2c14e) : QColor(0x8a5a00);
    case PromptIssue::Severity::Note:
      break;
  }
  return dark ? QColor(0xa2abaf) : QColor(0x5c666b);
}

}  // namespace

PromptEdit::PromptEdit(QWidget* parent)
    : QPlainTextEdit(parent), highlighter_(new PromptHighlighter(document())), popup_(new CompletionPopup(this)) {
  setTabChangesFocus(true);
  setLineWrapMode(QPlainTextEdit::WidgetWidth);
  setVerticalScrollBarPolicy(Qt::ScrollBarAsNeeded);
  setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  highlighter_->setPalette(palette());
  connect(popup_, &CompletionPopup::chosen, this, &PromptEdit::finishWord);
  // While it scrolls the viewport is being laid out, so the question waits for the event loop.
  connect(this, &QPlainTextEdit::updateRequest, this, [this](const QRect&, int scrolled) {
    if (scrolled != 0) QMetaObject::invokeMethod(this, &PromptEdit::showColours, Qt::QueuedConnection);
  });
}

void PromptEdit::setLibrary(PromptLibrary& library) {
  library_ = &library;
  const auto show = [this] {
    highlighter_->setEmbeddings(
        [this](QStringView word) { return library_ && library_->knowsEmbedding(word.toString()); });
    showSpelling();
  };
  connect(&library, &PromptLibrary::changed, this, show);
  show();
}

void PromptEdit::setSpelling(SpellChecker& spelling) {
  spelling_ = &spelling;
  connect(&spelling, &SpellChecker::changed, this, &PromptEdit::showSpelling);
  connect(this, &QPlainTextEdit::cursorPositionChanged, highlighter_, &PromptHighlighter::markSkippedWord);
  showSpelling();
}

void PromptEdit::showSpelling() {
  if (!spelling_) return;
  names_.clear();
  if (library_) {
    for (const PromptWord& word : library_->words())
      for (const WordPlace& place : wordsToCheck(word.text))
        names_.insert(word.text.mid(place.start, place.length).toCaseFolded());
  }
  highlighter_->setSpelling(
      [this](const QString& word) {
        return spelling_ && !names_.contains(word.toCaseFolded()) && spelling_->isMisspelt(word);
      },
      [this] { return hasFocus() ? textCursor().position() : -1; });
}

QMenu* PromptEdit::makeContextMenu(QPoint position) {
  QMenu* menu = createStandardContextMenu(position);
  const WordPlace place = highlighter_->misspeltAt(cursorForPosition(position).position());
  if (!spelling_ || place.length == 0) return menu;
  QTextCursor word(document());
  word.setPosition(int(place.start));
  word.setPosition(int(place.start + place.length), QTextCursor::KeepAnchor);
  offerSpellings(*menu, word);
  return menu;
}

void PromptEdit::offerSpellings(QMenu& menu, const QTextCursor& word) {
  QAction* before = menu.actions().value(0);
  const auto insert = [&](QAction* action) { menu.insertAction(before, action); };
  const QStringList suggestions = spelling_->suggestions(word.selectedText());
  for (const QString& suggestion : suggestions) {
    auto* action = new QAction(suggestion, &menu);
    action->setObjectName(QStringLiteral("spelling"));
    connect(action, &QAction::triggered, this, [this, word, suggestion] {
      QTextCursor cursor = word;
      cursor.insertText(suggestion);
    });
    insert(action);
  }
  if (suggestions.isEmpty()) {
    auto* nothing = new QAction(tr("No Suggestions"), &menu);
    nothing->setEnabled(false);
    insert(nothing);
  }
  auto* add = new QAction(tr("Add \"%1\" to the Dictionary").arg(word.selectedText()), &menu);
  add->setObjectName(QStringLiteral("addSpelling"));
  connect(add, &QAction::triggered, this, [this, text = word.selectedText()] {
    if (spelling_) spelling_->addWord(text);
  });
  insert(add);
  menu.insertSeparator(before);
}

void PromptEdit::contextMenuEvent(QContextMenuEvent* event) {
  QMenu* menu = makeContextMenu(event->pos());
  menu->setAttribute(Qt::WA_DeleteOnClose);
  menu->popup(event->globalPos());
}

void PromptEdit::setPrompt(const QString& text) {
  if (text == toPlainText()) return;
  QTextCursor cursor(document());
  cursor.select(QTextCursor::Document);
  cursor.insertText(text);
}

void PromptEdit::insertWord(const QString& word) {
  QTextCursor cursor = textCursor();
  const QString all = toPlainText();
  qsizetype from = cursor.selectionStart(), to = cursor.selectionEnd();
  while (from > 0 && all[from - 1].isSpace()) --from;
  while (to < all.size() && all[to].isSpace()) ++to;
  QString text = word;
  if (from > 0) text.prepend(all[from - 1] == QLatin1Char(',') ? QStringLiteral(" ") : QStringLiteral(", "));
  if (to < all.size() && all[to] != QLatin1Char(',')) text.append(QStringLiteral(", "));
  cursor.setPosition(int(from));
  cursor.setPosition(int(to), QTextCursor::KeepAnchor);
  cursor.insertText(text);
  setTextCursor(cursor);
}

QSize PromptEdit::sizeHint() const {
  const int padding = 2 * int(document()->documentMargin()) + 10;
  return {240, visibleLines_ * fontMetrics().lineSpacing() + padding};
}

QSize PromptEdit::minimumSizeHint() const { return {120, 2 * fontMetrics().lineSpacing() + 16}; }

void PromptEdit::increaseWeight() { weigh(kWeightStep); }

void PromptEdit::decreaseWeight() { weigh(-kWeightStep); }

void PromptEdit::setIssues(const QString& prompt, const PromptIssues& issues) {
  if (prompt != toPlainText()) return;
  const bool dark = palette().color(QPalette::Base).lightness() < palette().color(QPalette::Text).lightness();
  const QByteArray bytes = prompt.toUtf8();
  const auto indexOf = [&](size_t byte) { return int(QString::fromUtf8(bytes.left(qsizetype(byte))).size()); };
  marks_.clear();
  QList<QTextEdit::ExtraSelection> selections;
  for (const PromptIssue& issue : issues) {
    if (issue.length >= size_t(bytes.size()) && issue.length > kLongestMark) continue;  // of the whole text
    QTextEdit::ExtraSelection selection;
    selection.cursor = QTextCursor(document());
    selection.cursor.setPosition(indexOf(issue.position));
    selection.cursor.setPosition(indexOf(issue.position + std::max<size_t>(issue.length, 1)), QTextCursor::KeepAnchor);
    selection.format.setUnderlineStyle(QTextCharFormat::WaveUnderline);
    selection.format.setUnderlineColor(underlineColor(issue.severity, dark));
    marks_.push_back({selection.cursor, toQString(issue.message)});
    selections << selection;
  }
  setExtraSelections(selections);
}

bool PromptEdit::event(QEvent* event) {
  if (event->type() != QEvent::ToolTip) return QPlainTextEdit::event(event);
  const auto* help = static_cast<QHelpEvent*>(event);
  const QString message = messageAt(viewport()->mapFrom(this, help->pos()));
  if (message.isEmpty()) return QPlainTextEdit::event(event);
  QToolTip::showText(help->globalPos(), message.toHtmlEscaped(), this);
  return true;
}

void PromptEdit::changeEvent(QEvent* event) {
  QPlainTextEdit::changeEvent(event);
  if (event->type() == QEvent::PaletteChange || event->type() == QEvent::StyleChange)
    highlighter_->setPalette(palette());
}

void PromptEdit::keyPressEvent(QKeyEvent* event) {
  const auto modifiers = event->modifiers() & ~Qt::KeypadModifier;
  if (popup_->isShown()) {
    const int key = event->key();
    if (key == Qt::Key_Return || key == Qt::Key_Enter || key == Qt::Key_Escape || key == Qt::Key_Tab) {
      event->ignore();  // the list takes them
      return;
    }
  }
  const bool isWeightKey = event->key() == Qt::Key_Up || event->key() == Qt::Key_Down;
  if (isWeightKey && modifiers == Qt::ControlModifier) {
    weigh(event->key() == Qt::Key_Up ? kWeightStep : -kWeightStep);
    return;
  }
  if (event->key() == Qt::Key_Space && modifiers == Qt::ControlModifier) {
    completeWord();
    return;
  }
  const int before = document()->revision();
  QPlainTextEdit::keyPressEvent(event);
  const bool typed = document()->revision() != before && !event->text().isEmpty();
  if (typed)
    offerWords(false);
  else if (popup_->isShown())
    popup_->hide();
}

void PromptEdit::focusOutEvent(QFocusEvent* event) {
  QPlainTextEdit::focusOutEvent(event);
  if (event->reason() != Qt::PopupFocusReason) popup_->hide();
}

void PromptEdit::showColours() { highlighter_->setCentre(cursorForPosition(viewport()->rect().center()).position()); }

void PromptEdit::completeWord() { offerWords(true); }

void PromptEdit::offerWords(bool asked) {
  if (!library_) return;
  const QTextCursor cursor = textCursor();
  const CompletionPlace place = completionPlace(toPlainText(), cursor.position());
  constexpr int kFewestLetters = 2;
  const bool isWord = place.kind == CompletionPlace::Kind::Word;
  std::vector<Completion> offers;
  if (!cursor.hasSelection() && (asked || !isWord || place.typed.size() >= kFewestLetters))
    offers = completionsFor(place, library_->words());
  const bool isComplete = isWord && offers.size() == 1 && offers.front().insert == place.typed;
  if (isComplete) offers.clear();
  popup_->offer(offers, cursorRect().translated(viewport()->pos()));
}

void PromptEdit::finishWord(const QString& word) {
  QTextCursor cursor = textCursor();
  const CompletionPlace place = completionPlace(toPlainText(), cursor.position());
  cursor.setPosition(int(place.start), QTextCursor::KeepAnchor);
  cursor.insertText(word);
  setTextCursor(cursor);
}

QString PromptEdit::messageAt(QPoint position) const {
  const int at = cursorForPosition(position).position();
  for (const Mark& mark : marks_)
    if (at >= mark.place.selectionStart() && at <= mark.place.selectionEnd()) return mark.message;
  return {};
}

void PromptEdit::weigh(double delta) {
  QTextCursor cursor = textCursor();
  const PromptSelection before{toPlainText(), cursor.selectionStart(), cursor.selectionEnd()};
  const PromptSelection after = changeWeight(before, delta);
  if (after.text == before.text) return;
  // Only the part that differs is replaced, so that undo and the view stay where the eye is.
  qsizetype head = 0;
  while (head < before.text.size() && head < after.text.size() && before.text[head] == after.text[head]) ++head;
  qsizetype tail = 0;
  while (tail < before.text.size() - head && tail < after.text.size() - head &&
         before.text[before.text.size() - 1 - tail] == after.text[after.text.size() - 1 - tail])
    ++tail;
  cursor.setPosition(int(head));
  cursor.setPosition(int(before.text.size() - tail), QTextCursor::KeepAnchor);
  cursor.insertText(after.text.mid(head, after.text.size() - tail - head));
  cursor.setPosition(int(after.start));
  cursor.setPosition(int(after.end), QTextCursor::KeepAnchor);
  setTextCursor(cursor);
}

}  // namespace lorikeet

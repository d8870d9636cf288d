#include "generate/prompt_edit.h"

#include <QKeyEvent>
#include <QTextBlock>

#include "generate/prompt_weight.h"

namespace lorikeet {
namespace {

constexpr double kWeightStep = 0.1;

}  // namespace

PromptEdit::PromptEdit(QWidget* parent) : QPlainTextEdit(parent) {
  setTabChangesFocus(true);
  setLineWrapMode(QPlainTextEdit::WidgetWidth);
  setVerticalScrollBarPolicy(Qt::ScrollBarAsNeeded);
  setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
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

void PromptEdit::keyPressEvent(QKeyEvent* event) {
  const bool isWeightKey = event->key() == Qt::Key_Up || event->key() == Qt::Key_Down;
  const auto modifiers = event->modifiers() & ~Qt::KeypadModifier;
  if (isWeightKey && modifiers == Qt::ControlModifier) {
    weigh(event->key() == Qt::Key_Up ? kWeightStep : -kWeightStep);
  } else {
    QPlainTextEdit::keyPressEvent(event);
  }
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

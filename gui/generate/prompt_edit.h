#pragma once
#include <lorikeet/prompt.h>

#include <QPlainTextEdit>
#include <QPointer>
#include <QSet>

namespace lorikeet {

class CompletionPopup;
class PromptHighlighter;
class PromptLibrary;
class SpellChecker;

/// A prompt editor: plain text with coloured syntax, mistakes underlined, words completed. Tab goes on to the next
/// field, Ctrl+Up and Ctrl+Down change the weight of the selected words (or of the word at the cursor), Ctrl+Space
/// offers words.
class PromptEdit : public QPlainTextEdit {
  Q_OBJECT
 public:
  explicit PromptEdit(QWidget* parent = nullptr);

  /// Where embeddings, wildcards and adapters are known. Must outlive the editor.
  void setLibrary(PromptLibrary& library);
  /// Underlines misspelt words; the context menu offers better ones. Must outlive the editor.
  void setSpelling(SpellChecker& spelling);
  /// The context menu of a place in the viewport, which the caller deletes.
  QMenu* makeContextMenu(QPoint position);
  /// Replaces the text in a way that Ctrl+Z takes back.
  void setPrompt(const QString& text);
  /// Puts a word in at the cursor, set off from the text around it by commas.
  void insertWord(const QString& word);
  /// Underlines what is wrong in `prompt`, which must still be the text; positions are bytes of its UTF-8 form.
  void setIssues(const QString& prompt, const PromptIssues& issues);
  /// The height of this many lines.
  void setVisibleLines(int lines) { visibleLines_ = lines; }
  QSize sizeHint() const override;
  QSize minimumSizeHint() const override;

 public slots:
  void increaseWeight();
  void decreaseWeight();
  /// Offers words for what stands before the cursor.
  void completeWord();

 protected:
  bool event(QEvent* event) override;
  void changeEvent(QEvent* event) override;
  void keyPressEvent(QKeyEvent* event) override;
  void focusOutEvent(QFocusEvent* event) override;
  void contextMenuEvent(QContextMenuEvent* event) override;

 private:
  void weigh(double delta);
  void showSpelling();
  void offerSpellings(QMenu& menu, const QTextCursor& word);
  void showColours();
  void offerWords(bool asked);
  void finishWord(const QString& word);
  QString messageAt(QPoint position) const;

  struct Mark {
    QTextCursor place;
    QString message;
  };
  int visibleLines_ = 4;
  PromptHighlighter* highlighter_;
  CompletionPopup* popup_;
  QPointer<PromptLibrary> library_;
  QPointer<SpellChecker> spelling_;
  QSet<QString> names_;  ///< case folded words of the library, which are never misspelt
  std::vector<Mark> marks_;
};

}  // namespace lorikeet

#pragma once
#include <QSyntaxHighlighter>

#include <functional>

#include "generate/prompt_syntax.h"
#include "studio/spelling/spell_checker.h"

namespace lorikeet {

/// Colours a prompt's syntax. Only lines that change, and those below whose brackets it changes, are read again. Of a
/// very long line only the part around the place that is looked at is coloured: every colour makes Qt's layout of the
/// whole line slower, and typing must not feel it.
class PromptHighlighter : public QSyntaxHighlighter {
  Q_OBJECT
 public:
  explicit PromptHighlighter(QTextDocument* document);

  /// Which words are embeddings. Colours everything anew.
  void setEmbeddings(IsEmbedding isEmbedding);
  /// Which plain words are misspelt, and where in the document the cursor is while somebody types (-1: nobody does):
  /// the word that ends there is not marked yet.
  void setSpelling(std::function<bool(const QString& word)> isMisspelt, std::function<int()> typingAt);
  /// Marks a word that was left out while it was typed, when the cursor has gone elsewhere.
  void markSkippedWord();
  /// The misspelt word around a position; length 0 where there is none. Counted in the document.
  WordPlace misspeltAt(int position) const;
  /// The middle of what is looked at, a position in the document.
  void setCentre(int position);
  /// Takes its colours from a palette, light or dark. Colours everything anew.
  void setPalette(const QPalette& palette);

 protected:
  void highlightBlock(const QString& text) override;

 private:
  QColor colorOf(const PromptSpan& span) const;
  QList<WordPlace> misspeltWords(const QString& text, const std::vector<PromptSpan>& spans) const;

  IsEmbedding isEmbedding_;
  std::function<bool(const QString&)> isMisspelt_;
  std::function<int()> typingAt_;
  int skippedAt_ = -1;  ///< the end of a word that is not marked yet, a position in the document
  int centre_ = 0;
  bool dark_ = false;
  QColor subdued_;
};

}  // namespace lorikeet

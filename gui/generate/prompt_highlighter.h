#pragma once
#include <QSyntaxHighlighter>

#include "generate/prompt_syntax.h"

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
  /// The middle of what is looked at, a position in the document.
  void setCentre(int position);
  /// Takes its colours from a palette, light or dark. Colours everything anew.
  void setPalette(const QPalette& palette);

 protected:
  void highlightBlock(const QString& text) override;

 private:
  QColor colorOf(const PromptSpan& span) const;

  IsEmbedding isEmbedding_;
  int centre_ = 0;
  bool dark_ = false;
  QColor subdued_;
};

}  // namespace lorikeet

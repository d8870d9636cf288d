#pragma once
#include <QSyntaxHighlighter>

#include "generate/prompt_syntax.h"

namespace lorikeet {

/// Colours a prompt's syntax. Only lines that change, and those below whose brackets it changes, are read again.
class PromptHighlighter : public QSyntaxHighlighter {
  Q_OBJECT
 public:
  explicit PromptHighlighter(QTextDocument* document);

  /// Which words are embeddings. Colours everything anew.
  void setEmbeddings(IsEmbedding isEmbedding);
  /// Takes its colours from a palette, light or dark. Colours everything anew.
  void setPalette(const QPalette& palette);

 protected:
  void highlightBlock(const QString& text) override;

 private:
  QColor colorOf(const PromptSpan& span) const;

  IsEmbedding isEmbedding_;
  bool dark_ = false;
  QColor subdued_;
};

}  // namespace lorikeet

#pragma once
#include <QString>

namespace lorikeet {

/// A prompt and what is selected in it (positions in characters, end excluded).
struct PromptSelection {
  QString text;
  qsizetype start = 0;
  qsizetype end = 0;
};

/// Changes the weight of the selected words in A1111's syntax, as its Ctrl+Up/Down does: "fox" becomes "(fox:1.1)", an
/// existing weight is changed, a weight of 1 loses its brackets. Without a selection the weighted group or the word at
/// the cursor is taken. Weights stay within 0..10. The result selects the same words.
PromptSelection changeWeight(const PromptSelection& prompt, double delta);

}  // namespace lorikeet

#pragma once
#include <QString>
#include <vector>

#include "studio/library/prompt_library.h"

namespace lorikeet {

/// What can be completed at a place of a prompt.
struct CompletionPlace {
  enum class Kind { None, Word, Wildcard, Adapter };
  Kind kind = Kind::None;
  qsizetype start = 0;  ///< of what would be replaced, up to the cursor
  QString typed;        ///< the begin of the word, without "__" or "<lora:"
};

/// Looks at the text before the cursor: "__an" is a wildcard, "<lora:in" an adapter, "easy" a word.
CompletionPlace completionPlace(const QString& text, qsizetype cursor);

/// One offer, with the text that replaces what was typed.
struct Completion {
  PromptWord word;
  QString insert;
};

/// What fits, best first: words that begin with what was typed, then words that hold it; at most `limit`.
std::vector<Completion> completionsFor(const CompletionPlace& place, const std::vector<PromptWord>& words,
                                       size_t limit = 50);

}  // namespace lorikeet

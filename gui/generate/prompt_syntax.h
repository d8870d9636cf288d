#pragma once
#include <QString>
#include <functional>
#include <vector>

namespace lorikeet {

/// What a part of a prompt is, for its colour.
enum class PromptToken {
  Bracket,    ///< ( ) [ ]
  Weight,     ///< 1.3 of (fox:1.3), 0.5 of [a:b:0.5]
  Separator,  ///< : and | within brackets and braces
  Choice,     ///< { } and 2$$
  Wildcard,   ///< __animals__
  Tag,        ///< <lora:ink:0.8>
  Embedding,  ///< a word that stands for a textual inversion
  Keyword,    ///< BREAK, AND
  Comment,    ///< # to the end of the line
  Escape,     ///< \( and its like
};

/// A part of a line; `depth` counts the brackets around it, itself included.
struct PromptSpan {
  qsizetype start = 0;
  qsizetype length = 0;
  PromptToken token = PromptToken::Bracket;
  int depth = 0;

  bool operator==(const PromptSpan&) const = default;
};

/// How many brackets of each kind are open where a line begins; packs into a text block's state.
struct PromptLineState {
  int round = 0;
  int square = 0;
  int brace = 0;

  static PromptLineState fromInt(int packed);
  int toInt() const;
  bool operator==(const PromptLineState&) const = default;
};

using IsEmbedding = std::function<bool(QStringView word)>;

/// The parts of one line that deserve a colour, in their order, and how the next line begins. One pass, no recursion.
std::vector<PromptSpan> scanPromptLine(QStringView line, PromptLineState& state, const IsEmbedding& isEmbedding = {});

}  // namespace lorikeet

#pragma once
#include <span>
#include <string_view>
#include <vector>

#include "text/clip_tokenizer.h"
#include "text/weighted_text.h"

namespace lorikeet {

/// What one pass of the text encoder takes: start token, up to 75 tokens, end token, padding.
struct PromptChunk {
  std::vector<int> ids;        ///< maxLength() of them; those of triggers stand for an embedding's vectors
  std::vector<float> weights;  ///< one for each id; 1 for start, end and padding
  int tokenCount = 0;          ///< without start, end and padding
};

/// A prompt cut into chunks, at least one. Their encodings are joined along the token axis.
struct PromptChunks {
  std::vector<PromptChunk> chunks;
  int tokenCount = 0;  ///< of all chunks, without start, end and padding
};

/// How far back from the end of a full chunk a comma may stand, in tokens, so that the text behind it moves to the next
/// chunk as a whole; 0: never. A1111's default.
constexpr int kDefaultCommaBacktrack = 20;

/// More chunks are refused: every one makes each step slower, and far fewer are of use.
constexpr size_t kMaxPromptChunks = 64;

/// Cuts a prompt as A1111 does (modules/sd_hijack_clip.py, tokenize_line): 75 tokens to a chunk, a new one at every
/// break, the vectors of one embedding never apart. Throws Error(Unsupported) for an embedding that no chunk can hold,
/// Error(InvalidArgument) for a prompt of more than kMaxPromptChunks.
PromptChunks chunkPrompt(const ClipTokenizer& tokenizer, std::span<const WeightedText> prompt,
                         int commaBacktrack = kDefaultCommaBacktrack);

/// The same for a text without any syntax; up to 75 tokens these are the ids that diffusers uses.
PromptChunks chunkPlainPrompt(const ClipTokenizer& tokenizer, std::string_view text,
                              int commaBacktrack = kDefaultCommaBacktrack);

/// The chunk of the empty prompt: fills up the shorter one of a prompt and its negative.
PromptChunk emptyChunk(const ClipTokenizer& tokenizer);

}  // namespace lorikeet

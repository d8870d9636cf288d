#include "training/caption_table.h"

#include <algorithm>

#include "text/prompt_chunks.h"

namespace lorikeet {

CaptionTable::CaptionTable(const ClipTokenizer& tokenizer, std::span<const std::string> captions) {
  std::vector<std::string> texts{""};
  texts.insert(texts.end(), captions.begin(), captions.end());
  size_t longest = 1;
  for (const std::string& text : texts) {
    if (!indices_.emplace(text, ids_.size()).second) continue;
    const PromptChunks chunked = chunkPlainPrompt(tokenizer, text);
    const size_t count = std::min(chunked.chunks.size(), kMaxChunks);
    std::vector<int>& ids = ids_.emplace_back();
    for (size_t i = 0; i < count; ++i)
      ids.insert(ids.end(), chunked.chunks[i].ids.begin(), chunked.chunks[i].ids.end());
    longest = std::max(longest, count);
  }
  chunks_ = static_cast<int64_t>(longest);
  const std::vector<int> filler = emptyChunk(tokenizer).ids;
  for (std::vector<int>& ids : ids_)
    while (ids.size() < longest * filler.size()) ids.insert(ids.end(), filler.begin(), filler.end());
}

bool CaptionTable::fits(const ClipTokenizer& tokenizer, const std::string& caption) {
  return chunkPlainPrompt(tokenizer, caption).chunks.size() <= kMaxChunks;
}

}  // namespace lorikeet

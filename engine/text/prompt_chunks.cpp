#include "text/prompt_chunks.h"

#include <fmt/format.h>
#include <lorikeet/error.h>

#include <utility>

namespace lorikeet {
namespace {

class ChunkBuilder {
 public:
  ChunkBuilder(const ClipTokenizer& tokenizer, int commaBacktrack)
      : tokenizer_(tokenizer),
        capacity_(tokenizer.maxLength() - 2),
        commaBacktrack_(commaBacktrack),
        comma_(tokenizer.find(",</w>")) {}

  void add(const WeightedText& piece) {
    const std::vector<int> ids = tokenizer_.encode(piece.text);
    for (size_t i = 0; i < ids.size();) {
      const int group = tokenizer_.groupLength(ids[i]);
      makeRoom(ids[i], group);
      for (int k = 0; k < group; ++k, ++i) {
        ids_.push_back(ids[i]);
        weights_.push_back(static_cast<float>(piece.weight));
      }
    }
  }

  void finishChunk() {
    if (result_.chunks.size() == kMaxPromptChunks)
      throw Error(ErrorKind::InvalidArgument,
                  fmt::format("The prompt is too long: it fills more than {} chunks of {} tokens.", kMaxPromptChunks,
                              capacity_));
    PromptChunk chunk;
    const size_t length = static_cast<size_t>(tokenizer_.maxLength());
    chunk.tokenCount = static_cast<int>(ids_.size());
    chunk.ids.reserve(length);
    chunk.ids.push_back(tokenizer_.startToken());
    chunk.ids.insert(chunk.ids.end(), ids_.begin(), ids_.end());
    chunk.ids.push_back(tokenizer_.endToken());
    chunk.ids.resize(length, tokenizer_.padToken());
    chunk.weights.reserve(length);
    chunk.weights.push_back(1);
    chunk.weights.insert(chunk.weights.end(), weights_.begin(), weights_.end());
    chunk.weights.resize(length, 1);
    result_.tokenCount += chunk.tokenCount;
    result_.chunks.push_back(std::move(chunk));
    ids_.clear();
    weights_.clear();
    lastComma_ = -1;
  }

  PromptChunks finish() {
    if (!ids_.empty() || result_.chunks.empty()) finishChunk();
    return std::move(result_);
  }

 private:
  int count() const { return static_cast<int>(ids_.size()); }

  void makeRoom(int id, int group) {
    if (group > capacity_)
      throw Error(ErrorKind::Unsupported, fmt::format("The embedding \"{}\" has {} vectors, a prompt takes at most {}",
                                                      tokenizer_.decode(std::span(&id, 1)), group, capacity_));
    if (id == comma_)
      lastComma_ = count();
    else if (count() == capacity_ && lastComma_ >= 0 && count() - lastComma_ <= commaBacktrack_)
      moveTextAfterComma();
    if (count() + group > capacity_) finishChunk();
  }

  void moveTextAfterComma() {
    const std::vector<int> movedIds(ids_.begin() + lastComma_ + 1, ids_.end());
    const std::vector<float> movedWeights(weights_.begin() + lastComma_ + 1, weights_.end());
    ids_.resize(static_cast<size_t>(lastComma_) + 1);
    weights_.resize(ids_.size());
    finishChunk();
    ids_ = movedIds;
    weights_ = movedWeights;
  }

  const ClipTokenizer& tokenizer_;
  int capacity_;
  int commaBacktrack_;
  int comma_;
  std::vector<int> ids_;
  std::vector<float> weights_;
  int lastComma_ = -1;  ///< its place in ids_
  PromptChunks result_;
};

}  // namespace

PromptChunks chunkPrompt(const ClipTokenizer& tokenizer, std::span<const WeightedText> prompt, int commaBacktrack) {
  ChunkBuilder builder(tokenizer, commaBacktrack);
  for (const WeightedText& piece : prompt) {
    if (piece.isBreak)
      builder.finishChunk();
    else
      builder.add(piece);
  }
  return builder.finish();
}

PromptChunks chunkPlainPrompt(const ClipTokenizer& tokenizer, std::string_view text, int commaBacktrack) {
  const WeightedText piece{std::string(text), 1, false};
  return chunkPrompt(tokenizer, std::span(&piece, 1), commaBacktrack);
}

PromptChunk emptyChunk(const ClipTokenizer& tokenizer) { return chunkPrompt(tokenizer, {}).chunks.front(); }

}  // namespace lorikeet

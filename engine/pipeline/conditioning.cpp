#include "pipeline/conditioning.h"

#include <fmt/format.h>
#include <lorikeet/error.h>

#include <algorithm>

#include "text/prompt_chunks.h"

namespace lorikeet {
namespace {

/// [1, 77 * chunks, width]
Tensor encode(const ExecutionContext& context, const DiffusionModel& model, const PromptChunks& prompt, size_t chunks,
              int clipSkip) {
  std::vector<int> ids;
  for (size_t i = 0; i < chunks; ++i) {
    const PromptChunk chunk = i < prompt.chunks.size() ? prompt.chunks[i] : emptyChunk(model.tokenizer);
    ids.insert(ids.end(), chunk.ids.begin(), chunk.ids.end());
  }
  Tensor states = model.textEncoder(context, ids, clipSkip);
  const Shape joined{1, states.dim(0) * states.dim(1), states.dim(2)};
  return std::move(states).reshaped(joined);
}

}  // namespace

Conditioning encodePrompts(const ExecutionContext& context, const DiffusionModel& model, const std::string& prompt,
                           const std::string& negativePrompt, bool guided, int clipSkip) {
  const int layers = model.textEncoder.config().layers;
  if (clipSkip < 1 || clipSkip > layers)
    throw Error(ErrorKind::InvalidArgument,
                fmt::format("Clip skip must be between 1 and {} for this model, not {}.", layers, clipSkip));
  const PromptChunks positive = chunkPlainPrompt(model.tokenizer, prompt);
  const PromptChunks negative = chunkPlainPrompt(model.tokenizer, negativePrompt);
  Conditioning result;
  result.guided = guided;
  result.promptTokens = positive.tokenCount;
  result.negativeTokens = negative.tokenCount;
  if (!guided) {
    result.text = encode(context, model, positive, positive.chunks.size(), clipSkip);
    return result;
  }
  const size_t chunks = std::max(positive.chunks.size(), negative.chunks.size());
  const Tensor without = encode(context, model, negative, chunks, clipSkip);
  const Tensor with = encode(context, model, positive, chunks, clipSkip);
  result.text = Tensor({2, with.dim(1), with.dim(2)});
  std::copy_n(without.data(), without.size(), result.text.data());
  std::copy_n(with.data(), with.size(), result.text.data() + without.size());
  return result;
}

}  // namespace lorikeet

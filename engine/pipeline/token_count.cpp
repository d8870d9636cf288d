#include <lorikeet/engine.h>

#include <mutex>
#include <optional>

#include "io/model_files.h"
#include "pipeline/diffusion_model.h"
#include "text/prompt_chunks.h"

namespace lorikeet {
namespace {

/// The tokenizer of the model asked for last; a prompt editor asks for the same one at every key press.
ClipTokenizer cachedTokenizer(const std::filesystem::path& model) {
  static std::mutex mutex;
  static std::filesystem::path cachedModel;
  static std::optional<ClipTokenizer> tokenizer;
  const std::lock_guard lock(mutex);
  if (!tokenizer || cachedModel != model) {
    const std::filesystem::path resources = findResources();
    tokenizer = tokenizerOf(openModel(model.empty() ? resources / "starter" : model), resources);
    cachedModel = model;
  }
  return *tokenizer;
}

}  // namespace

TokenCount countTokens(const std::filesystem::path& model, const std::string& prompt) {
  const PromptChunks chunks = chunkPlainPrompt(cachedTokenizer(model), prompt);
  return {chunks.tokenCount, static_cast<int>(chunks.chunks.size())};
}

}  // namespace lorikeet

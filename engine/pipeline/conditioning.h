#pragma once
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "core/tensor.h"
#include "lorikeet/request.h"
#include "pipeline/diffusion_model.h"
#include "pipeline/prompt_embeddings.h"
#include "pipeline/recent_values.h"
#include "text/prompt_chunks.h"
#include "text/prompt_schedule.h"

namespace lorikeet {

/// The text that steers one model call: rows [unconditional, conditional], or the conditional one alone without
/// guidance.
struct Conditioning {
  Tensor text;  ///< [1 or 2, T, width], T a multiple of 77
  bool guided = true;
  double weight = 1;  ///< of the conditional row
  /// Further prompts joined by AND, each [1, T, width].
  struct Part {
    Tensor text;
    double weight = 1;
  };
  std::vector<Part> more;
};

/// Texts that earlier runs encoded, for those that need the same ones again.
struct TextReuse {
  RecentValues<Tensor>* memory = nullptr;  ///< null: nothing is reused
  /// Says all that decides what the encoder makes of token ids: the model and the adapters in effect on its encoder.
  std::string encoder = {};
};

/// A request's prompts in A1111's grammar, encoded for every step: emphasis, BREAK, prompts that change with the steps
/// ([from:to:when], [a|b]), AND with weights, and textual inversions. A plain prompt gives what diffusers gives.
class PromptConditioning {
 public:
  /// Encodes everything that any step needs; choices ({a|b}, __name__) must have been made. Throws
  /// Error(InvalidArgument) for a clipSkip beyond the number of layers or a prompt that cannot be used, Error for
  /// embeddings that are broken or do not fit; Stopped. `embedded` are textual inversions beside those of the request,
  /// by their word (adapters bring some along).
  PromptConditioning(const ExecutionContext& context, const DiffusionModel& model, const GenerateRequest& request,
                     const EmbeddedInversions& embedded = {}, const TextReuse& reuse = {});

  /// For a step, counted from 0.
  const Conditioning& at(int step) const;
  int promptTokens() const { return promptTokens_; }
  int negativeTokens() const { return negativeTokens_; }
  /// Texts that were not known yet, so that the text encoder had to run.
  int encodedTexts() const { return encodedTexts_; }
  /// The textual inversions of the request, and those of its folder that the prompts name.
  const std::vector<std::filesystem::path>& embeddingFiles() const { return embeddingFiles_; }

 private:
  struct Encoder;
  std::vector<Conditioning> variants_;  ///< distinct ones
  std::vector<size_t> variantOfStep_;
  std::vector<std::filesystem::path> embeddingFiles_;
  int promptTokens_ = 0;
  int negativeTokens_ = 0;
  int encodedTexts_ = 0;
};

}  // namespace lorikeet

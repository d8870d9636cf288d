#pragma once
#include <string>
#include <vector>

#include "core/tensor.h"
#include "pipeline/diffusion_model.h"

namespace lorikeet {

/// The text that steers the UNet: rows [unconditional, conditional], or the conditional one alone without guidance.
struct Conditioning {
  Tensor text;  ///< [1 or 2, T, width], T a multiple of 77
  bool guided = true;
  int promptTokens = 0;
  int negativeTokens = 0;
};

/// Encodes prompts; the shorter of the two is filled up with empty chunks. Throws Error(InvalidArgument) for a clipSkip
/// beyond the number of layers.
Conditioning encodePrompts(const ExecutionContext& context, const DiffusionModel& model, const std::string& prompt,
                           const std::string& negativePrompt, bool guided, int clipSkip);

}  // namespace lorikeet

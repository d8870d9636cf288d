#pragma once
#include <lorikeet/prompt.h>

#include <span>
#include <string_view>
#include <vector>

#include "text/weighted_text.h"

namespace lorikeet {

/// The pieces of one scheduled text: parseAttention(), or the whole text at weight 1 for Literal.
std::vector<WeightedText> readPieces(std::string_view text, EmphasisMode mode);

/// Weighs one chunk's encoding [tokens, width] in place; `weights` has one entry for each token. Nothing changes, not
/// by a bit, where all weights are 1. Source: stable-diffusion-webui modules/sd_emphasis.py.
void applyEmphasis(std::span<float> encoding, std::span<const float> weights, EmphasisMode mode);

}  // namespace lorikeet

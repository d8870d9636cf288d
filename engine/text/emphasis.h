#pragma once
#include <span>
#include <string_view>
#include <vector>

#include "text/weighted_text.h"

namespace lorikeet {

/// What the weights of a prompt do, as in A1111's setting "Emphasis mode".
enum class EmphasisMode {
  Original,  ///< multiply each token's row by its weight, then restore the chunk's mean
  NoNorm,    ///< multiply only
  Ignore,    ///< read the syntax, use no weights
  Literal,   ///< brackets are plain text (A1111: "None", diffusers)
};

/// The pieces of one scheduled text: parseAttention(), or the whole text at weight 1 for Literal.
std::vector<WeightedText> readPieces(std::string_view text, EmphasisMode mode);

/// Weighs one chunk's encoding [tokens, width] in place; `weights` has one entry for each token. Nothing changes, not
/// by a bit, where all weights are 1. Source: stable-diffusion-webui modules/sd_emphasis.py.
void applyEmphasis(std::span<float> encoding, std::span<const float> weights, EmphasisMode mode);

}  // namespace lorikeet

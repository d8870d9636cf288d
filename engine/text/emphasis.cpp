#include "text/emphasis.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "core/check.h"
#include "text/prompt_attention.h"

namespace lorikeet {
namespace {
double meanOf(std::span<const float> values) {
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}
}  // namespace

std::vector<WeightedText> readPieces(std::string_view text, EmphasisMode mode) {
  if (mode == EmphasisMode::Literal) return {{std::string(text), 1, false}};
  return parseAttention(text);
}

void applyEmphasis(std::span<float> encoding, std::span<const float> weights, EmphasisMode mode) {
  CHECK(!weights.empty() && encoding.size() % weights.size() == 0);
  if (mode == EmphasisMode::Ignore || mode == EmphasisMode::Literal || encoding.empty()) return;
  if (std::all_of(weights.begin(), weights.end(), [](float weight) { return weight == 1; })) return;
  const double meanBefore = meanOf(encoding);
  const size_t width = encoding.size() / weights.size();
  for (size_t token = 0; token < weights.size(); ++token)
    for (float& value : encoding.subspan(token * width, width)) value *= weights[token];
  if (mode == EmphasisMode::NoNorm) return;
  const double scale = meanBefore / meanOf(encoding);
  if (!std::isfinite(scale)) return;  // the weights cancel the mean: nothing to restore it from
  for (float& value : encoding) value = static_cast<float>(value * scale);
}

}  // namespace lorikeet

#pragma once
#include <span>

#include "adapters/adapter_format.h"
#include "ops/packed_weights.h"

namespace lorikeet {

/// A low-rank module and its multiplier.
struct WeightedModule {
  const AdapterModule* module = nullptr;
  double multiplier = 0;
};

/// Puts the modules side by side into one term for weights of this shape, [outputs, inputs(, h, w)].
LowRankTerm makeLowRankTerm(std::span<const WeightedModule> modules, const Shape& weight);

/// Writes the up half anew for changed multipliers; the modules are those that the term was made from.
void rescaleTerm(LowRankTerm& term, std::span<const WeightedModule> modules);

}  // namespace lorikeet

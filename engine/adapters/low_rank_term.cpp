#include "adapters/low_rank_term.h"

#include "io/tensor_values.h"
#include "ops/kernels.h"

namespace lorikeet {
namespace {

int64_t rankOf(const AdapterModule& module) {
  const RawTensor* mid = module.find("mid");
  return mid != nullptr ? mid->shape[0] : module.get("down").shape[0];
}

/// down [rank, inputs * taps], taps innermost -> columns [offset, offset + rank) of [taps * inputs][total].
void placeDown(const Tensor& down, int64_t taps, int64_t offset, Tensor& to) {
  const int64_t rank = down.dim(0), depth = down.dim(1), inputs = depth / taps, total = to.dim(1);
  for (int64_t r = 0; r < rank; ++r)
    for (int64_t i = 0; i < inputs; ++i)
      for (int64_t t = 0; t < taps; ++t)
        to[static_cast<size_t>((t * inputs + i) * total + offset + r)] =
            down[static_cast<size_t>(r * depth + i * taps + t)];
}

/// up [outputs, rank] times a factor -> rows [offset, offset + rank) of every panel.
void placeUp(const RawTensor& up, double factor, int64_t offset, Tensor& to) {
  const std::vector<float> values = toFloats(up);
  const int64_t outputs = up.shape[0], rank = up.shape.elementCount() / outputs, total = to.dim(1);
  for (int64_t o = 0; o < outputs; ++o) {
    float* panel = to.data() + (o / kPanelWidth * total + offset) * kPanelWidth + o % kPanelWidth;
    for (int64_t r = 0; r < rank; ++r)
      panel[r * kPanelWidth] = static_cast<float>(factor * values[static_cast<size_t>(o * rank + r)]);
  }
}

}  // namespace

LowRankTerm makeLowRankTerm(std::span<const WeightedModule> modules, const Shape& weight) {
  LowRankTerm term;
  for (const WeightedModule& use : modules) term.rank += rankOf(*use.module);
  const int64_t depth = weight.elementCount() / weight[0];
  const int64_t taps = weight.rank() == 4 ? weight[2] * weight[3] : 1;
  term.down = Tensor({depth, term.rank});
  term.up = Tensor::zeros({(weight[0] + kPanelWidth - 1) / kPanelWidth, term.rank, kPanelWidth});
  int64_t offset = 0;
  for (const WeightedModule& use : modules) {
    placeDown(lowRankFactors(*use.module).down, taps, offset, term.down);
    offset += rankOf(*use.module);
  }
  rescaleTerm(term, modules);
  return term;
}

void rescaleTerm(LowRankTerm& term, std::span<const WeightedModule> modules) {
  int64_t offset = 0;
  for (const WeightedModule& use : modules) {
    const double scale = use.module->scale(use.module->get("down").shape[0]);
    placeUp(use.module->get("up"), scale * use.multiplier, offset, term.up);
    offset += rankOf(*use.module);
  }
}

}  // namespace lorikeet

// LoHa (LyCORIS): W' = W + m * alpha / rank * (w1a w1b) o (w2a w2b), o the product by elements; with "t1", "t2" each
// factor is in Tucker form.
#include "adapters/adapter_format.h"
#include "adapters/dense_math.h"
#include "ops/hadamard_term.h"

namespace lorikeet {
namespace loha {
namespace {

bool recognises(const AdapterModule& module) { return module.has("hada_w1_a"); }

void checkFactor(const AdapterModule& module, const char* a, const char* b, const char* core, const Shape& weight) {
  const Shape& left = module.get(a).shape;
  const Shape& right = module.get(b).shape;
  requireShape(left.rank() == 2, module, a, weight);
  requireShape(right.rank() == 2, module, b, weight);
  if (const RawTensor* tucker = module.find(core)) {
    const int64_t taps = weight.rank() == 4 ? weight[2] * weight[3] : 1;
    requireShape(tucker->shape.rank() == 4 && tucker->shape[0] == left[0] && tucker->shape[1] == right[0] &&
                     tucker->shape[2] * tucker->shape[3] == taps,
                 module, core, weight);
    requireShape(left[1] == weight[0], module, a, weight);
    requireShape(right[1] == weight[1], module, b, weight);
    return;
  }
  requireShape(left[0] == weight[0] && left[1] == right[0], module, a, weight);
  requireShape(left[0] * right[1] == weight.elementCount(), module, b, weight);
}

int64_t check(const AdapterModule& module, const Shape& weight) {
  checkFactor(module, "hada_w1_a", "hada_w1_b", "hada_t1", weight);
  checkFactor(module, "hada_w2_a", "hada_w2_b", "hada_t2", weight);
  return module.get("hada_w1_b").shape[0];
}

LowRankFactors factor(const AdapterModule& module, const char* a, const char* b, const char* core) {
  if (const RawTensor* tucker = module.find(core)) return tuckerFactors(*tucker, module.get(a), module.get(b));
  return {flatMatrix(module.get(a)), flatMatrix(module.get(b)), 1};
}

Tensor delta(const AdapterModule& module, const Tensor& weight, double multiplier) {
  const auto [a, b] = lohaFactors(module);
  Tensor change = product(a.up, a.down);
  const Tensor second = product(b.up, b.down);
  const double scale = multiplier * a.scale;
  for (size_t i = 0; i < change.size(); ++i) change[i] = static_cast<float>(scale * change[i] * second[i]);
  return std::move(change).reshaped(weight.shape());
}

FormatTerms terms(const AdapterModule& module, const RawTensor& weight) {
  LohaFactors factors = lohaFactors(module);
  return {{},
          std::make_shared<HadamardTerm>(std::move(factors.first), std::move(factors.second), tapsOf(weight.shape))};
}

}  // namespace
}  // namespace loha

const AdapterFormat kLoha{"LoHa", loha::recognises, loha::check, loha::delta, loha::terms};

LohaFactors lohaFactors(const AdapterModule& module) {
  LohaFactors factors{loha::factor(module, "hada_w1_a", "hada_w1_b", "hada_t1"),
                      loha::factor(module, "hada_w2_a", "hada_w2_b", "hada_t2")};
  factors.first.scale = module.scale(module.get("hada_w1_b").shape[0]);
  return factors;
}

}  // namespace lorikeet

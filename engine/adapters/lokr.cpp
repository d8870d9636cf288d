// LoKr (LyCORIS): W' = W + m * scale * (w1 kron w2). Each factor is stored whole or as a low-rank product, w2 of a
// convolution also in Tucker form. The scale is alpha / rank where a factor has a rank, else 1.
#include "adapters/adapter_format.h"
#include "adapters/dense_math.h"
#include "ops/kronecker_term.h"

namespace lorikeet {
namespace lokr {
namespace {

bool recognises(const AdapterModule& module) { return module.has("lokr_w1") || module.has("lokr_w1_a"); }

/// Rows and columns (taps joined) of a factor, without computing it.
Shape factorShape(const AdapterModule& module, const char* whole, const char* a, const char* b, const char* core,
                  const Shape& weight) {
  if (const RawTensor* full = module.find(whole)) {
    requireShape(full->shape.rank() >= 2 && full->shape.elementCount() > 0, module, whole, weight);
    return {full->shape[0], full->shape.elementCount() / full->shape[0]};
  }
  const Shape& left = module.get(a).shape;
  const Shape& right = module.get(b).shape;
  requireShape(left.rank() == 2 && left.elementCount() > 0, module, a, weight);
  requireShape(right.rank() >= 2 && right.elementCount() > 0, module, b, weight);
  if (const RawTensor* tucker = module.find(core)) {
    requireShape(tucker->shape.rank() == 4 && tucker->shape[0] == left[0] && tucker->shape[1] == right[0], module, core,
                 weight);
    return {left[1], right[1] * tucker->shape[2] * tucker->shape[3]};
  }
  requireShape(left[1] == right[0], module, a, weight);
  return {left[0], right.elementCount() / right[0]};
}

int64_t rankOf(const AdapterModule& module) {
  if (const RawTensor* b = module.find("lokr_w2_b")) return b->shape[0];
  if (const RawTensor* b = module.find("lokr_w1_b")) return b->shape[0];
  return module.configuredRank;
}

int64_t check(const AdapterModule& module, const Shape& weight) {
  const Shape first = factorShape(module, "lokr_w1", "lokr_w1_a", "lokr_w1_b", "", weight);
  const Shape second = factorShape(module, "lokr_w2", "lokr_w2_a", "lokr_w2_b", "lokr_t2", weight);
  const char* role = module.has("lokr_w2") ? "lokr_w2" : "lokr_w2_b";
  requireShape(first[0] * second[0] == weight[0], module, role, weight);
  requireShape(first[1] * second[1] * weight[0] == weight.elementCount(), module, role, weight);
  return rankOf(module);
}

Tensor factor(const AdapterModule& module, const char* whole, const char* a, const char* b, const char* core) {
  if (const RawTensor* full = module.find(whole)) return flatMatrix(*full);
  if (const RawTensor* tucker = module.find(core)) return tuckerProduct(*tucker, module.get(a), module.get(b));
  return product(flatMatrix(module.get(a)), flatMatrix(module.get(b)));
}

Tensor delta(const AdapterModule& module, const Tensor& weight, double multiplier) {
  const LokrFactors factors = lokrFactors(module);
  const Tensor &first = factors.first, &second = factors.second;
  const double scale = multiplier * factors.scale;
  const int64_t rows = second.dim(0), columns = second.dim(1);
  Tensor change(weight.shape());
  float* out = change.data();
  for (int64_t i = 0; i < first.dim(0); ++i)
    for (int64_t k = 0; k < rows; ++k)
      for (int64_t j = 0; j < first.dim(1); ++j) {
        const auto value = static_cast<float>(scale * first[static_cast<size_t>(i * first.dim(1) + j)]);
        const float* row = second.data() + k * columns;
        for (int64_t n = 0; n < columns; ++n) out[n] = value * row[n];
        out += columns;
      }
  return change;
}

FormatTerms terms(const AdapterModule& module, const RawTensor& weight) {
  LokrFactors factors = lokrFactors(module);
  return {{},
          std::make_shared<KroneckerTerm>(std::move(factors.first), std::move(factors.second), tapsOf(weight.shape),
                                          factors.scale)};
}

}  // namespace
}  // namespace lokr

const AdapterFormat kLokr{"LoKr", lokr::recognises, lokr::check, lokr::delta, lokr::terms};

double lokrScale(const AdapterModule& module) {
  const int64_t rank = lokr::rankOf(module);
  return rank > 0 ? module.scale(rank) : 1;
}

LokrFactors lokrFactors(const AdapterModule& module) {
  return {lokr::factor(module, "lokr_w1", "lokr_w1_a", "lokr_w1_b", ""),
          lokr::factor(module, "lokr_w2", "lokr_w2_a", "lokr_w2_b", "lokr_t2"), lokrScale(module)};
}

}  // namespace lorikeet

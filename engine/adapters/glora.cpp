// GLoRA (Chavan et al., 2023) as LyCORIS stores it: W' = W + m * alpha / rank * (W a1 a2 + b1 b2). Old files have the
// factors the other way round: (W a2 a1 + b2 b1). Which it is show the ranks (ComfyUI, weight_adapter/glora.py).
#include <algorithm>
#include <vector>

#include "adapters/adapter_format.h"
#include "adapters/dense_math.h"

namespace lorikeet {
namespace glora {
namespace {

struct Sizes {
  int64_t rows, columns;
};

Sizes sizesOf(const AdapterModule& module, const char* role, const Shape& weight) {
  const Shape& shape = module.get(role).shape;
  requireShape(shape.rank() >= 2 && shape.elementCount() > 0, module, role, weight);
  return {shape[0], shape.elementCount() / shape[0]};
}

/// "a1" of new files, "a2" of old ones, is the factor that stands next to W.
struct Order {
  const char *a, *nextA, *b, *nextB;
};
constexpr Order kNew{"a1", "a2", "b1", "b2"};
constexpr Order kOld{"a2", "a1", "b2", "b1"};

bool fits(const AdapterModule& module, const Order& order, const Shape& weight) {
  const Sizes a = sizesOf(module, order.a, weight), nextA = sizesOf(module, order.nextA, weight);
  const Sizes b = sizesOf(module, order.b, weight), nextB = sizesOf(module, order.nextB, weight);
  return a.rows == weight[1] && a.columns == nextA.rows && nextA.columns == weight[1] && b.rows == weight[0] &&
         b.columns == nextB.rows && nextB.columns * weight[0] == weight.elementCount() && a.columns == b.columns;
}

const Order& orderOf(const AdapterModule& module, const Shape& weight) {
  return fits(module, kNew, weight) ? kNew : kOld;
}

bool recognises(const AdapterModule& module) { return module.has("a1") && module.has("b1"); }

int64_t check(const AdapterModule& module, const Shape& weight) {
  requireShape(weight.rank() >= 2, module, "a1", weight);
  requireShape(fits(module, kNew, weight) || fits(module, kOld, weight), module, "a1", weight);
  return sizesOf(module, orderOf(module, weight).nextA, weight).rows;
}

/// W a by taps: [taps][outputs, rank].
std::vector<Tensor> mixedWeights(const Tensor& weight, const Tensor& a) {
  const int64_t outputs = weight.dim(0), inputs = weight.dim(1), taps = tapsOf(weight.shape());
  std::vector<Tensor> mixed;
  for (int64_t t = 0; t < taps; ++t) {
    Tensor plane({outputs, inputs});
    for (int64_t i = 0; i < outputs * inputs; ++i) plane.data()[i] = weight.data()[i * taps + t];
    mixed.push_back(product(plane, a));
  }
  return mixed;
}

/// Both products as one: the ranks of b1 b2, then those of W a1 a2 once for each tap, whose columns alone they reach.
LowRankFactors factorsOf(const AdapterModule& module, const Tensor& weight) {
  const Order& order = orderOf(module, weight.shape());
  const Tensor nextA = flatMatrix(module.get(order.nextA));
  const Tensor b = flatMatrix(module.get(order.b)), nextB = flatMatrix(module.get(order.nextB));
  const std::vector<Tensor> mixed = mixedWeights(weight, flatMatrix(module.get(order.a)));
  const int64_t outputs = weight.dim(0), inputs = weight.dim(1), taps = static_cast<int64_t>(mixed.size());
  const int64_t rank = nextA.dim(0), all = rank * (taps + 1), depth = inputs * taps;
  LowRankFactors factors{Tensor({outputs, all}), Tensor::zeros({all, depth}), module.scale(rank)};
  for (int64_t o = 0; o < outputs; ++o) {
    float* row = factors.up.data() + o * all;
    std::copy_n(b.data() + o * rank, rank, row);
    for (int64_t t = 0; t < taps; ++t)
      std::copy_n(mixed[static_cast<size_t>(t)].data() + o * rank, rank, row + rank * (t + 1));
  }
  std::copy_n(nextB.data(), rank * depth, factors.down.data());
  for (int64_t t = 0; t < taps; ++t)
    for (int64_t r = 0; r < rank; ++r)
      for (int64_t i = 0; i < inputs; ++i)
        factors.down.data()[(rank * (t + 1) + r) * depth + i * taps + t] = nextA.data()[r * inputs + i];
  return factors;
}

Tensor delta(const AdapterModule& module, const Tensor& weight, double multiplier) {
  const LowRankFactors factors = factorsOf(module, weight);
  Tensor change = product(factors.up, factors.down);
  multiply(change, multiplier * factors.scale);
  return std::move(change).reshaped(weight.shape());
}

FormatTerms terms(const AdapterModule& module, const RawTensor& weight) {
  return {factorsOf(module, widened(weight)), nullptr};
}

}  // namespace
}  // namespace glora

const AdapterFormat kGlora{"GLoRA", glora::recognises, glora::check, glora::delta, glora::terms};

}  // namespace lorikeet

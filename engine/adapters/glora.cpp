// GLoRA (Chavan et al., 2023) as LyCORIS stores it: W' = W + m * alpha / rank * (W a1 a2 + b1 b2). Old files have the
// factors the other way round: (W a2 a1 + b2 b1). Which it is show the ranks (ComfyUI, weight_adapter/glora.py).
#include <optional>

#include "adapters/adapter_format.h"
#include "adapters/dense_math.h"

namespace lorikeet {
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

Tensor delta(const AdapterModule& module, const Tensor& weight, double multiplier) {
  const Order& order = orderOf(module, weight.shape());
  const Tensor mixing = product(flatMatrix(module.get(order.a)), flatMatrix(module.get(order.nextA)));
  Tensor change = product(flatMatrix(module.get(order.b)), flatMatrix(module.get(order.nextB)));
  const int64_t outputs = weight.dim(0), inputs = weight.dim(1);
  const int64_t taps = static_cast<int64_t>(weight.size()) / (outputs * inputs);
  for (int64_t o = 0; o < outputs; ++o)
    for (int64_t i = 0; i < inputs; ++i)
      for (int64_t t = 0; t < taps; ++t) {
        const float value = weight[static_cast<size_t>((o * inputs + i) * taps + t)];
        const float* row = mixing.data() + i * inputs;
        float* to = change.data() + o * inputs * taps + t;
        for (int64_t j = 0; j < inputs; ++j) to[j * taps] += value * row[j];
      }
  multiply(change, multiplier * module.scale(sizesOf(module, order.nextA, weight.shape()).rows));
  return std::move(change).reshaped(weight.shape());
}

}  // namespace

const AdapterFormat kGlora{"GLoRA", recognises, check, delta};

}  // namespace lorikeet

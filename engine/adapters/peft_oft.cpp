// OFT as PEFT stores it: the upper triangles of skew matrices Q, one for each block of inputs or one for all. The
// rotation R is (I - Q)(I + Q)^-1 or, with "use_cayley_neumann", the series I + 2Q + 2Q^2 + ... + Q^k of the other sign
// (peft/tuners/oft/layer.py). W' = W (m R + (1 - m) I)^T, the inputs of a convolution with their taps.
#include <algorithm>
#include <cmath>
#include <vector>

#include "adapters/adapter_format.h"
#include "adapters/cayley.h"
#include "adapters/dense_math.h"
#include "io/tensor_values.h"
#include "ops/input_rotation_term.h"

namespace lorikeet {
namespace peft_oft {
namespace {

bool recognises(const AdapterModule& module) { return module.has("oft_R"); }

/// n of a triangle of n (n - 1) / 2 values.
int64_t blockSize(int64_t triangle) {
  return static_cast<int64_t>(std::llround((1 + std::sqrt(1 + 8 * static_cast<double>(triangle))) / 2));
}

int64_t check(const AdapterModule& module, const Shape& weight) {
  const Shape& stored = module.get("oft_R").shape;
  requireShape(weight.rank() >= 2 && stored.rank() == 2 && stored.elementCount() > 0, module, "oft_R", weight);
  const int64_t n = blockSize(stored[1]), depth = weight.elementCount() / weight[0];
  requireShape(n * (n - 1) / 2 == stored[1] && depth % n == 0 && (stored[0] == 1 || stored[0] * n == depth), module,
               "oft_R", weight);
  return n;
}

SquareMatrix timesMatrix(const SquareMatrix& a, const SquareMatrix& b, size_t n) {
  SquareMatrix c(n * n, 0.0);
  for (size_t i = 0; i < n; ++i)
    for (size_t k = 0; k < n; ++k)
      for (size_t j = 0; j < n; ++j) c[i * n + j] += a[i * n + k] * b[k * n + j];
  return c;
}

SquareMatrix neumannSeries(const SquareMatrix& q, size_t n, int terms) {
  SquareMatrix sum(n * n, 0.0), power = q;
  for (size_t i = 0; i < n; ++i) sum[i * n + i] = 1;
  const int powers = terms == 3 ? 4 : terms;  // PEFT's loop makes three terms four
  for (int term = 1; term < powers; ++term) {
    const double factor = term + 1 == powers && term > 1 ? 1 : 2;
    for (size_t i = 0; i < sum.size(); ++i) sum[i] += factor * power[i];
    power = timesMatrix(power, q, n);
  }
  return sum;
}

SquareMatrix rotation(const AdapterModule& module, const float* triangle, size_t n, int64_t blocks) {
  SquareMatrix q(n * n, 0.0);
  double squares = 0;
  for (size_t i = 0; i < n; ++i)
    for (size_t j = i + 1; j < n; ++j) {
      q[i * n + j] = *triangle++;
      q[j * n + i] = -q[i * n + j];
      squares += 2 * q[i * n + j] * q[i * n + j];
    }
  const double limit = module.rotationLimit / std::sqrt(static_cast<double>(blocks)), norm = std::sqrt(squares);
  const double shrink = module.rotationLimit > 0 && norm > limit ? limit / norm : 1;
  for (double& value : q) value *= shrink;
  if (module.neumannTerms > 0) return neumannSeries(q, n, module.neumannTerms);
  for (double& value : q) value = -value;
  return cayley(q, n);
}

/// R of every block, or of all.
std::vector<Tensor> rotations(const AdapterModule& module) {
  const RawTensor& raw = module.get("oft_R");
  const std::vector<float> stored = toFloats(raw);
  const int64_t n = blockSize(raw.shape[1]);
  std::vector<Tensor> blocks;
  for (int64_t b = 0; b < raw.shape[0]; ++b) {
    const float* triangle = stored.data() + b * raw.shape[1];
    const SquareMatrix turn = rotation(module, triangle, static_cast<size_t>(n), raw.shape[0]);
    std::copy(turn.begin(), turn.end(), blocks.emplace_back(Shape{n, n}).data());
  }
  return blocks;
}

Tensor delta(const AdapterModule& module, const Tensor& weight, double multiplier) {
  const std::vector<Tensor> blocks = rotations(module);
  const int64_t n = blocks[0].dim(0), outputs = weight.dim(0);
  const int64_t depth = static_cast<int64_t>(weight.size()) / outputs;
  Tensor change(weight.shape()), transposed({n, n});
  for (int64_t begin = 0; begin < depth; begin += n) {
    const Tensor& turn = blocks[blocks.size() == 1 ? 0 : static_cast<size_t>(begin / n)];
    for (int64_t i = 0; i < n; ++i)
      for (int64_t j = 0; j < n; ++j)
        transposed.data()[j * n + i] = static_cast<float>(multiplier * (turn.data()[i * n + j] - (i == j ? 1.f : 0.f)));
    multiplyInto({weight.data() + begin, outputs, n, depth}, viewOf(transposed), change.data() + begin, depth);
  }
  return change;
}

FormatTerms terms(const AdapterModule& module, const RawTensor&) {
  return {{}, std::make_shared<InputRotationTerm>(rotations(module))};
}

/// Blocks of a convolution mix its inputs with its taps, which lie far apart in packed weights.
bool isWide(const AdapterModule&, const Shape& weight) { return tapsOf(weight) > 1; }

}  // namespace
}  // namespace peft_oft

const AdapterFormat kPeftOft{"OFT",           peft_oft::recognises, peft_oft::check,
                             peft_oft::delta, peft_oft::terms,      peft_oft::isWide};

}  // namespace lorikeet

// OFT (Qiu et al., 2023) and its butterfly form BOFT (Liu et al., 2023) as LyCORIS stores them. q is made skew
// (q - q^T), shrunk so that its norm is at most alpha * outputs, and R = (I + q)(I - q)^-1 (Cayley). OFT:
// W' = rescale * ((m R + (1 - m) I) W) by blocks of output channels; BOFT does so in stages on permuted channels.
#include <algorithm>
#include <cmath>
#include <vector>

#include "adapters/adapter_format.h"
#include "adapters/cayley.h"
#include "adapters/dense_math.h"
#include "io/tensor_values.h"
#include "ops/output_rotation_term.h"

namespace lorikeet {
namespace oft {
namespace {

const char* roleOf(const AdapterModule& module) { return module.has("oft_blocks") ? "oft_blocks" : "oft_diag"; }

bool recognises(const AdapterModule& module) { return module.has("oft_blocks") || module.has("oft_diag"); }

int64_t check(const AdapterModule& module, const Shape& weight) {
  const char* role = roleOf(module);
  const Shape& blocks = module.get(role).shape;
  const int rank = blocks.rank();
  requireShape((rank == 3 || rank == 4) && blocks.elementCount() > 0 && blocks[-1] == blocks[-2], module, role, weight);
  requireShape(blocks[-3] * blocks[-1] == weight[0], module, role, weight);
  if (rank == 4)  // the widest stage spans 2^(stages - 1) * size channels
    requireShape(blocks[0] <= 32 && blocks[-1] % 2 == 0 && weight[0] % (blocks[-1] << (blocks[0] - 1)) == 0, module,
                 role, weight);
  if (const RawTensor* rescale = module.find("rescale"))
    requireShape(rescale->shape.elementCount() == weight[0], module, "rescale", weight);
  return blocks[-1];
}

/// The rotation of every block, blended with the identity by the multiplier.
std::vector<SquareMatrix> rotations(const AdapterModule& module, int64_t outputs, double multiplier) {
  const RawTensor& raw = module.get(roleOf(module));
  const std::vector<float> stored = toFloats(raw);
  const auto n = static_cast<size_t>(raw.shape[-1]);
  const size_t count = stored.size() / (n * n);
  std::vector<SquareMatrix> blocks(count, SquareMatrix(n * n));
  double squares = 0;
  for (size_t b = 0; b < count; ++b)
    for (size_t i = 0; i < n; ++i)
      for (size_t j = 0; j < n; ++j) {
        const float* block = stored.data() + b * n * n;
        const double value = static_cast<double>(block[i * n + j]) - block[j * n + i];
        blocks[b][i * n + j] = value;
        squares += value * value;
      }
  const double limit = module.alpha.value_or(0) * static_cast<double>(outputs);
  const double norm = std::sqrt(squares);
  const double shrink = limit > 0 && norm > limit ? limit / (norm + 1e-8) : 1;
  for (SquareMatrix& block : blocks) {
    for (double& v : block) v *= shrink;
    block = cayley(block, n);
    for (size_t i = 0; i < n; ++i)
      for (size_t j = 0; j < n; ++j) block[i * n + j] = multiplier * block[i * n + j] + (i == j ? 1 - multiplier : 0);
  }
  return blocks;
}

/// Rotates the rows [block * n, (block + 1) * n) of `order` by each block's matrix.
void rotateRows(Tensor& values, const std::vector<size_t>& order, std::span<const SquareMatrix> blocks, size_t n) {
  const size_t columns = values.size() / order.size();
  const auto size = static_cast<int64_t>(n);
  Tensor rotation({size, size}), before({size, static_cast<int64_t>(columns)}), after(before.shape());
  const auto rowOf = [&](size_t block, size_t i) { return values.data() + order[block * n + i] * columns; };
  for (size_t b = 0; b < blocks.size(); ++b) {
    std::copy(blocks[b].begin(), blocks[b].end(), rotation.data());
    for (size_t i = 0; i < n; ++i) std::copy_n(rowOf(b, i), columns, before.data() + i * columns);
    multiplyInto(viewOf(rotation), viewOf(before), after.data(), static_cast<int64_t>(columns));
    for (size_t i = 0; i < n; ++i) std::copy_n(after.data() + i * columns, columns, rowOf(b, i));
  }
}

/// Which channel stands where in a butterfly stage: groups of 2 * half channels are read alternately from their two
/// halves (unflatten(-1, 2, half), transpose, flatten). Stage -1, plain OFT, keeps the order.
std::vector<size_t> stageOrder(size_t outputs, size_t n, int stage) {
  std::vector<size_t> order(outputs);
  const size_t half = stage < 0 ? 0 : (n / 2) << stage;
  for (size_t i = 0; i < outputs; ++i) {
    if (half == 0) {
      order[i] = i;
      continue;
    }
    const size_t group = i / (2 * half), within = i % (2 * half);
    order[i] = group * 2 * half + within % 2 * half + within / 2;
  }
  return order;
}

/// LyCORIS applies R^T in OFT ("k n m, k n ... -> k m ..."), R in the stages of BOFT.
void transpose(SquareMatrix& block, size_t n) {
  for (size_t i = 0; i < n; ++i)
    for (size_t j = 0; j < i; ++j) std::swap(block[i * n + j], block[j * n + i]);
}

Tensor delta(const AdapterModule& module, const Tensor& weight, double multiplier) {
  const Shape& shape = module.get(roleOf(module)).shape;
  const auto outputs = static_cast<size_t>(weight.dim(0)), n = static_cast<size_t>(shape[-1]);
  const size_t columns = weight.size() / outputs;
  std::vector<SquareMatrix> blocks = rotations(module, weight.dim(0), multiplier);
  Tensor values = weight.clone();
  const size_t perStage = outputs / n;
  const bool isButterfly = shape.rank() == 4;
  if (!isButterfly)
    for (SquareMatrix& block : blocks) transpose(block, n);
  for (size_t stage = 0; stage * perStage < blocks.size(); ++stage)
    rotateRows(values, stageOrder(outputs, n, isButterfly ? static_cast<int>(stage) : -1),
               std::span(blocks).subspan(stage * perStage, perStage), n);
  const RawTensor* rescale = module.find("rescale");
  const std::vector<float> factors = rescale == nullptr ? std::vector<float>(outputs, 1.f) : toFloats(*rescale);
  for (size_t i = 0; i < weight.size(); ++i) values[i] = values[i] * factors[i / columns] - weight[i];
  return values;
}

FormatTerms terms(const AdapterModule& module, const RawTensor& weight) {
  const int64_t n = module.get(roleOf(module)).shape[-1];
  std::vector<Tensor> blocks;
  for (SquareMatrix& rotation : rotations(module, weight.shape[0], 1)) {
    transpose(rotation, static_cast<size_t>(n));
    std::copy(rotation.begin(), rotation.end(), blocks.emplace_back(Shape{n, n}).data());
  }
  const RawTensor* rescale = module.find("rescale");
  return {{},
          std::make_shared<OutputRotationTerm>(std::move(blocks),
                                               rescale == nullptr ? std::vector<float>() : toFloats(*rescale))};
}

/// A butterfly mixes channels from afar, and not in proportion to the multiplier.
bool isWide(const AdapterModule& module, const Shape&) { return module.get(roleOf(module)).shape.rank() == 4; }

}  // namespace
}  // namespace oft

const AdapterFormat kOft{"OFT", oft::recognises, oft::check, oft::delta, oft::terms, oft::isWide};

}  // namespace lorikeet

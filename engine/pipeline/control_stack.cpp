#include "pipeline/control_stack.h"

#include <algorithm>
#include <cmath>

#include "imaging/tensor_image.h"
#include "ops/rearrange.h"

namespace lorikeet {
namespace {

/// diffusers: active while i / count >= start and (i + 1) / count <= end.
bool isActive(double start, double end, RunPosition position) {
  const double count = position.callCount;
  return position.call / count >= start && (position.call + 1) / count <= end;
}

bool onlyConditional(ControlMode mode) { return mode == ControlMode::Control || mode == ControlMode::Guess; }

/// The weight of residual `index` of `count`, the middle being the last.
double weightAt(ControlMode mode, size_t index, size_t count) {
  constexpr double kSoftness = 0.825;  // of the ControlNet extension for A1111
  switch (mode) {
    case ControlMode::Balanced:
      return 1;
    case ControlMode::Prompt:
    case ControlMode::Control:
      return std::pow(kSoftness, static_cast<double>(count - 1 - index));
    case ControlMode::Guess:
      return std::pow(10.0, static_cast<double>(index) / static_cast<double>(count - 1) - 1);
  }
  return 1;
}

/// total (N rows, made when empty) += weight * part (its last rows).
void accumulate(Tensor& total, const Tensor& part, int64_t rows, double weight) {
  if (total.empty()) {
    std::vector<int64_t> dims(part.shape().dims().begin(), part.shape().dims().end());
    dims[0] = rows;
    total = Tensor::zeros(Shape(dims));
  }
  float* out = total.data() + total.size() - part.size();
  const auto factor = static_cast<float>(weight);
  for (size_t i = 0; i < part.size(); ++i) out[i] += factor * part[i];
}

}  // namespace

void ControlStack::add(const ExecutionContext& context, std::shared_ptr<const ControlNet> net, const Image& map,
                       const ControlUnit& unit) {
  const Tensor one = net->embed(context, controlToTensor(map));
  Tensor twice({2, one.dim(1), one.dim(2), one.dim(3)});
  std::copy_n(one.data(), one.size(), twice.data());
  std::copy_n(one.data(), one.size(), twice.data() + one.size());
  units_.push_back({std::move(net), std::move(twice), unit.scale, unit.start, unit.end, unit.mode});
}

std::optional<ControlResiduals> ControlStack::operator()(const ExecutionContext& context, const Tensor& sample,
                                                         float timestep, const Tensor& text,
                                                         RunPosition position) const {
  std::optional<ControlResiduals> total;
  const int64_t rows = sample.dim(0);
  for (const Unit& unit : units_) {
    if (unit.scale == 0 || !isActive(unit.start, unit.end, position)) continue;
    const int64_t first = onlyConditional(unit.mode) ? rows - 1 : 0;
    const Tensor hint = lastRows(unit.embedded, rows - first);
    const ControlResiduals part =
        first == 0 ? (*unit.net)(context, sample, timestep, text, hint)
                   : (*unit.net)(context, lastRows(sample, rows - first), timestep, lastRows(text, rows - first), hint);
    if (!total) total.emplace().down.resize(part.down.size());
    const size_t count = part.down.size() + 1;
    for (size_t i = 0; i + 1 < count; ++i)
      accumulate(total->down[i], part.down[i], rows, unit.scale * weightAt(unit.mode, i, count));
    accumulate(total->mid, part.mid, rows, unit.scale * weightAt(unit.mode, count - 1, count));
  }
  return total;
}

}  // namespace lorikeet

#include "training/low_rank_layer.h"

#include <algorithm>

#include "ops/convolution_gradient.h"
#include "ops/elementwise.h"
#include "ops/low_rank_term.h"
#include "ops/matmul.h"
#include "ops/transpose.h"

namespace lorikeet {
namespace {

std::string labelOf(const LowRankSettings& settings) {
  return (settings.part == NetworkPart::UNet ? "unet." : "text_encoder.") + settings.module;
}

Shape downShape(const LowRankSettings& settings) {
  const Shape& weight = settings.weight;
  if (weight.rank() == 4) return {settings.rank, weight[1], weight[2], weight[3]};
  return {settings.rank, weight[1]};
}

/// sum += factor * x, or x turned where `turned`: x is [rows, columns] then.
void addScaled(Tensor& sum, const Tensor& x, float factor, bool turned) {
  const int64_t rows = x.dim(0), columns = static_cast<int64_t>(x.size()) / rows;
  for (int64_t row = 0; row < rows; ++row)
    for (int64_t column = 0; column < columns; ++column)
      sum[static_cast<size_t>(turned ? column * rows + row : row * columns + column)] +=
          factor * x[static_cast<size_t>(row * columns + column)];
}

}  // namespace

LowRankLayer::LowRankLayer(LowRankSettings settings)
    : settings_(std::move(settings)),
      down_(labelOf(settings_) + ".down", downShape(settings_)),
      up_(labelOf(settings_) + ".up", {settings_.weight[0], settings_.rank}),
      scale_(labelOf(settings_) + ".scale", {1}) {
  scale_.values[0] = static_cast<float>(settings_.scale);
}

std::vector<TrainedTensor*> LowRankLayer::trained() {
  std::vector<TrainedTensor*> list{&down_, &up_};
  if (settings_.trainsScale) list.push_back(&scale_);
  return list;
}

int64_t LowRankLayer::taps() const {
  return settings_.weight.rank() == 4 ? settings_.weight[2] * settings_.weight[3] : 1;
}

void LowRankLayer::refresh(const ExecutionContext& context) {
  const int64_t inputs = settings_.weight[1], rank = settings_.rank, taps = this->taps();
  packedDown_ = PackedWeights::pack(context, down_.values.shape(), down_.values.data());
  turnedUp_ = PackedWeights::pack(context, up_.values.shape(), up_.values.data()).transposed();

  const LowRankFactors pair{up_.values.clone(), down_.values.clone().reshaped({rank, inputs * taps}), scaleValue()};
  term_ = std::make_shared<LowRankTerm>(std::span(&pair, 1), taps);
  if (taps > 1) return;
  const LowRankFactors turned{transposed(pair.down), transposed(pair.up), scaleValue()};
  turnedTerm_ = std::make_shared<LowRankTerm>(std::span(&turned, 1), 1);
}

Tensor LowRankLayer::backThroughUp(const ExecutionContext& context, const Tensor& gradient, const Tensor& hidden) {
  const auto factor = static_cast<float>(scaleValue());
  Tensor back = matmul(context, gradient, turnedUp_);
  addScaled(up_.gradient, sumOfProducts(context, hidden, gradient), factor, true);
  if (settings_.trainsScale) {
    double sum = 0;
    for (size_t i = 0; i < back.size(); ++i) sum += static_cast<double>(back[i]) * hidden[i];
    scale_.gradient[0] += static_cast<float>(sum);
  }
  return back;
}

void LowRankLayer::addGradients(const ExecutionContext& context, const Tensor& gradient, const Tensor& x) {
  const Tensor back = backThroughUp(context, gradient, matmul(context, x, packedDown_));
  addScaled(down_.gradient, sumOfProducts(context, back, x), static_cast<float>(scaleValue()), false);
}

void LowRankLayer::addGradients(const ExecutionContext& context, const Tensor& gradient, const Tensor& x,
                                const ConvolutionGeometry& geometry, Tensor& inputGradient) {
  const auto factor = static_cast<float>(scaleValue());
  const int64_t inputs = settings_.weight[1], rank = settings_.rank, taps = this->taps();
  Tensor back = backThroughUp(context, gradient, convolution(context, x, packedDown_, geometry));
  const Tensor sum = convolutionWeightGradient(context, back, x, geometry);
  for (int64_t r = 0; r < rank; ++r)
    for (int64_t t = 0; t < taps; ++t)
      for (int64_t i = 0; i < inputs; ++i)
        down_.gradient[static_cast<size_t>((r * inputs + i) * taps + t)] +=
            factor * sum[static_cast<size_t>((r * taps + t) * inputs + i)];
  if (inputGradient.empty()) return;
  for (float& value : back.values()) value *= factor;
  addInPlace(context, inputGradient,
             convolutionInputGradient(context, back, packedDown_.transposed(), geometry, x.dim(1), x.dim(2)));
}

LowRankLayer& LowRankLayers::add(LowRankSettings settings) {
  layers_.push_back(std::make_unique<LowRankLayer>(std::move(settings)));
  LowRankLayer& layer = *layers_.back();
  byName_[{layer.settings().part, layer.settings().module}] = &layer;
  return layer;
}

LowRankLayer* LowRankLayers::find(NetworkPart part, const std::string& module) const {
  const auto found = byName_.find({part, module});
  return found == byName_.end() ? nullptr : found->second;
}

void LowRankLayers::refresh(const ExecutionContext& context) {
  for (const auto& layer : layers_) layer->refresh(context);
}

std::vector<TrainedTensor*> LowRankLayers::trained() const {
  std::vector<TrainedTensor*> list;
  for (const auto& layer : layers_)
    for (TrainedTensor* tensor : layer->trained()) list.push_back(tensor);
  return list;
}

}  // namespace lorikeet

#include "training/training_networks.h"

#include <algorithm>

namespace lorikeet {

TrainingNetworks::TrainingNetworks(const DiffusionModel& model, std::vector<LowRankSettings> layers, Tensor rows,
                                   int clipSkip)
    : model_(model), trainsText_(!rows.empty()), clipSkip_(clipSkip) {
  for (LowRankSettings& settings : layers) {
    trainsText_ = trainsText_ || settings.part == NetworkPart::TextEncoder;
    layers_.add(std::move(settings));
  }
  if (!rows.empty()) {
    rows_.emplace("rows", rows.shape());
    rows_->values = std::move(rows);
  }
  unet_.emplace(GraphSource(model.unet.parameters(), layers_, NetworkPart::UNet), model.unet.config());
  text_.emplace(GraphSource(model.textEncoder.parameters(), layers_, NetworkPart::TextEncoder), model.textEncoder);
}

std::vector<AdamW::Parameter> TrainingNetworks::parameters(double rate, double textRate) {
  std::vector<AdamW::Parameter> list;
  for (const auto& layer : layers_.all())
    for (TrainedTensor* tensor : layer->trained())
      list.push_back({tensor, layer->settings().part == NetworkPart::UNet ? rate : textRate});
  if (rows_) list.push_back({&*rows_, rate});
  return list;
}

void TrainingNetworks::encodeCaptions(const ExecutionContext& context, const CaptionTable& captions) {
  if (trainsText_) return;
  states_.clear();
  for (size_t i = 0; i < captions.size(); ++i)
    states_.push_back(model_.textEncoder(context, captions.ids(i), clipSkip_));
}

Variable TrainingNetworks::textOf(Tape& tape, const TrainingBatch& batch, const CaptionTable& captions,
                                  const Variable* rows) const {
  const auto images = static_cast<int64_t>(batch.captions.size());
  if (trainsText_) {
    std::vector<int> ids;
    for (const size_t caption : batch.captions)
      ids.insert(ids.end(), captions.ids(caption).begin(), captions.ids(caption).end());
    return (*text_)(tape, ids, images, clipSkip_, rows);
  }
  const int64_t width = model_.textEncoder.config().width;
  const auto each = static_cast<int64_t>(states_.front().size());
  Tensor text({images, each / width, width});
  for (int64_t i = 0; i < images; ++i)
    std::copy_n(states_[batch.captions[static_cast<size_t>(i)]].data(), each, text.data() + i * each);
  return Variable(std::move(text));
}

double TrainingNetworks::addGradients(const ExecutionContext& context, const TrainingBatch& batch,
                                      const CaptionTable& captions, const DiffusionLoss& loss, double factor,
                                      Tape::Mode mode) {
  Tape tape(context, mode);
  const Variable rows = rows_ ? Variable(rows_->values.clone(), true) : Variable();
  const Variable text = textOf(tape, batch, captions, rows_ ? &rows : nullptr);
  const std::vector<float> timesteps(batch.timesteps.begin(), batch.timesteps.end());
  const Variable noisy(loss.noisy(batch.latents, batch.noise, batch.timesteps));
  const Variable prediction = (*unet_)(tape, noisy, timesteps, text);
  DiffusionLoss::Result result = loss(prediction.value(), batch.latents, batch.noise, batch.timesteps);
  if (factor != 1)
    for (float& value : result.gradient.values()) value = static_cast<float>(factor * value);
  tape.backward(prediction, std::move(result.gradient));
  if (rows_) {
    const Tensor gradient = rows.slot()->take();
    for (size_t i = 0; i < gradient.size(); ++i) rows_->gradient[i] += gradient[i];
  }
  return result.loss;
}

}  // namespace lorikeet

#include "nn/resnet_block.h"

namespace lorikeet {

ResnetBlock::ResnetBlock(const LayerSource& source, int64_t inputs, int64_t outputs, int64_t timeChannels,
                         int normGroups, float epsilon)
    : norm1_(source.scope("norm1"), normGroups, inputs, epsilon),
      conv1_(source.scope("conv1"), inputs, outputs),
      norm2_(source.scope("norm2"), normGroups, outputs, epsilon),
      conv2_(source.scope("conv2"), outputs, outputs) {
  if (timeChannels > 0) timeProjection_.emplace(source.scope("time_emb_proj"), timeChannels, outputs);
  if (inputs != outputs) shortcut_.emplace(source.scope("conv_shortcut"), inputs, outputs, kPointwise);
}

Tensor ResnetBlock::operator()(const ExecutionContext& context, const FeatureMap& x,
                               const Tensor* activatedTime) const {
  Tensor time;
  Conv2d::Options first;
  if (timeProjection_) {
    time = (*timeProjection_)(context, *activatedTime);
    first.imageBias = &time;
  }
  Tensor h = conv1_(context, norm1_(context, x, true), first);
  h = norm2_(context, h, true);
  if (shortcut_) {
    const Tensor shortcut = (*shortcut_)(context, x);
    return conv2_(context, h, {.residual = &shortcut});
  }
  CHECK(x.partCount() == 1);
  return conv2_(context, h, {.residual = &x.tensor()});
}

}  // namespace lorikeet

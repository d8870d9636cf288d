#include "training/text_graph.h"

#include <fmt/format.h>

#include <algorithm>

namespace lorikeet {

TextGraph::Layer::Layer(const GraphSource& source, const ClipTextConfig& config)
    : norm1(source.scope("layer_norm1"), config.normEpsilon),
      query(source.scope("self_attn.q_proj")),
      key(source.scope("self_attn.k_proj")),
      value(source.scope("self_attn.v_proj")),
      output(source.scope("self_attn.out_proj")),
      norm2(source.scope("layer_norm2"), config.normEpsilon),
      up(source.scope("mlp.fc1")),
      down(source.scope("mlp.fc2")) {}

Variable TextGraph::Layer::operator()(Tape& tape, const Variable& x, const ClipTextConfig& config) const {
  const auto forward = [this, &config](Tape& t, std::span<const Variable> in) {
    const Variable h = norm1(t, in[0]);
    const Variable mixed = attend(t, query(t, h), key(t, h), value(t, h), config.heads, true);
    const Variable after = output(t, mixed, {.residual = &in[0]});
    return down(t, activated(t, up(t, norm2(t, after)), config.activation), {.residual = &after});
  };
  return tape.checkpoint({x}, forward);
}

TextGraph::TextGraph(const GraphSource& source, const ClipTextEncoder& encoder)
    : encoder_(encoder), finalNorm_(source.scope("text_model.final_layer_norm"), encoder.config().normEpsilon) {
  for (int i = 0; i < encoder.config().layers; ++i)
    layers_.emplace_back(source.scope(fmt::format("text_model.encoder.layers.{}", i)), encoder.config());
}

Variable TextGraph::operator()(Tape& tape, std::span<const int> ids, int64_t images, int clipSkip,
                               const Variable* extra) const {
  const ClipTextConfig& config = encoder_.config();
  const bool trainsRows = extra != nullptr && extra->needsGradient();
  Variable x(encoder_.embed(ids, extra == nullptr ? nullptr : &extra->value()), trainsRows);
  if (trainsRows) {
    tape.record([&tape, ids = std::vector<int>(ids.begin(), ids.end()), first = config.vocabularySize,
                 shape = extra->shape(), to = extra->slot(), slot = x.slot()] {
      const Tensor gradient = slot->take();
      if (gradient.empty()) return;
      Tensor rows = Tensor::zeros(shape);
      for (size_t i = 0; i < ids.size(); ++i)
        for (int64_t c = 0; ids[i] >= first && c < shape[1]; ++c)
          rows[static_cast<size_t>((ids[i] - first) * shape[1] + c)] += gradient[i * static_cast<size_t>(shape[1]) + c];
      to->add(tape.context(), std::move(rows));
    });
  }
  const int count = config.layers - std::clamp(clipSkip - 1, 0, config.layers - 1);
  for (int i = 0; i < count; ++i) x = layers_[static_cast<size_t>(i)](tape, x, config);
  return finalNorm_(tape, x, {images, static_cast<int64_t>(ids.size()) / images, config.width});
}

}  // namespace lorikeet

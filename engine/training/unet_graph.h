#pragma once
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "models/unet_config.h"
#include "training/graph_layers.h"

namespace lorikeet {

/// models/unet.h as it is trained: the same computation on a tape, sharing the loaded network's weights.
class UNetGraph {
 public:
  /// `source` is the UNet's root; its parameters must outlive the graph.
  UNetGraph(const GraphSource& source, const UNetConfig& config);
  ~UNetGraph();
  UNetGraph(UNetGraph&&) noexcept;

  /// sample [N, h, w, inChannels], one timestep an image, text [N, T, contextWidth] -> [N, h, w, outChannels].
  Variable operator()(Tape& tape, const Variable& sample, std::span<const float> timesteps, const Variable& text) const;

 private:
  struct Layers;
  std::unique_ptr<const Layers> layers_;
};

}  // namespace lorikeet

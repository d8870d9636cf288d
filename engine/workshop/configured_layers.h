#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "workshop/model_names.h"

namespace lorikeet {

/// A linear layer or convolution that an adapter can change.
struct AdaptableLayer {
  NetworkPart part = NetworkPart::UNet;
  std::string module;
  Shape shape;  ///< of the weight

  std::string label() const { return (part == NetworkPart::UNet ? "unet." : "text_encoder.") + module; }
};
/// All of a model, UNet first.
std::vector<AdaptableLayer> adaptableLayers(const ModelNames& names);

/// A layer with what a configuration says of it.
struct ConfiguredLayer {
  AdaptableLayer layer;
  int64_t rank = 0;
  double scale = 1;
  bool trainsScale = false;
};
struct ConfiguredLayers {
  std::vector<ConfiguredLayer> layers;
  bool trainsModel = false;
};
/// Applies lora_wrapper's configuration to a model; see readLoraConfiguration().
ConfiguredLayers readConfiguredLayers(const std::filesystem::path& file, const ModelNames& names);

}  // namespace lorikeet

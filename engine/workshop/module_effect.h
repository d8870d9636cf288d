#pragma once
#include <optional>
#include <string>

#include "adapters/adapter_module.h"
#include "core/tensor.h"
#include "workshop/model_names.h"

namespace lorikeet {

/// A module of a network with the values that it has in the model, to be looked up on one thread before a loop.
struct ModulePlace {
  NetworkPart part = NetworkPart::UNet;
  std::string name;
  Shape shape;                      ///< of the weight
  std::optional<RawTensor> weight;  ///< nothing where the model's files are not at hand
  std::optional<Shape> biasShape;
  std::optional<RawTensor> bias;

  /// "unet.mid_block.attentions.0.proj_in"
  std::string label() const { return (part == NetworkPart::UNet ? "unet." : "text_encoder.") + name; }
};
ModulePlace placeOf(const ModelNames& names, NetworkPart part, const std::string& module);

/// W' - W that a module of an adapter makes, empty if it changes no weight. Throws Error(InvalidArgument) where the
/// change depends on the weights and they are not at hand.
Tensor weightChange(const AdapterModule& module, const ModulePlace& place, double multiplier);
/// The same for the bias.
Tensor biasChangeOf(const AdapterModule& module, const ModulePlace& place, double multiplier);

}  // namespace lorikeet

#pragma once
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "adapters/adapter_module.h"

namespace lorikeet {

/// Names and shapes of a network's tensors.
using TensorShapes = std::map<std::string, Shape>;

/// Every module of a model in every spelling that adapter files use: kohya with diffusers' and with the original block
/// names, diffusers with and without prefix, old attention processors, PEFT, ComfyUI. Built from the model's own
/// tensors; look-ups are exact.
class KeyTable {
 public:
  struct Target {
    NetworkPart part = NetworkPart::UNet;
    std::string module;  ///< canonical, without ".weight"
  };

  KeyTable(TensorShapes textEncoder, TensorShapes unet);

  const Target* find(std::string_view spelling) const;
  /// The shape of a canonical tensor; null if the model does not have it.
  const Shape* shapeOf(NetworkPart part, const std::string& tensor) const;
  const TensorShapes& shapes(NetworkPart part) const { return part == NetworkPart::UNet ? unet_ : textEncoder_; }

  /// cloneofsimo's files number the linear layers of attention (UNet: and of the GEGLU) in the order in which torch
  /// walks the modules. Null past the last one.
  const Target* numbered(NetworkPart part, size_t index) const;
  size_t numberedCount(NetworkPart part) const { return numbered_[static_cast<size_t>(part)].size(); }

 private:
  void add(std::string spelling, NetworkPart part, const std::string& module);
  void addUNet();
  void addTextEncoder();
  void numberUNet();
  void numberTextEncoder();
  TensorShapes textEncoder_;
  TensorShapes unet_;
  std::unordered_map<std::string, Target> targets_;
  std::vector<Target> numbered_[2];
};

}  // namespace lorikeet

#pragma once
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "io/raw_tensor.h"

namespace lorikeet {

enum class NetworkPart { TextEncoder, UNet };

/// What an adapter file holds for one module (linear layer, convolution, norm) of a network.
struct AdapterModule {
  NetworkPart part = NetworkPart::UNet;
  std::string name;  ///< canonical, without ".weight"
  std::string key;   ///< as the file spells it, for messages
  /// By role: "down", "up", "mid", "dora_scale", "hada_w1_a" ... (adapter_keys.h).
  std::map<std::string, RawTensor, std::less<>> tensors;
  std::optional<double> alpha;        ///< of the file or its configuration
  bool rankStabilized = false;        ///< rsLoRA: scale alpha / sqrt(rank)
  std::optional<double> statedScale;  ///< in place of what alpha and rank give (lora_wrapper's "lora_scale")

  /// What only a configuration of PEFT tells.
  int64_t configuredRank = 0;  ///< for a LoKr whose factors are both whole; 0: not known
  bool scalesInput = false;    ///< (IA)3: factors of what goes into the module, not of what comes out
  int neumannTerms = 0;        ///< OFT: Cayley's inverse is a series of so many terms; 0: exact
  double rotationLimit = 0;    ///< constrained OFT: largest norm of a block's generator; 0: none

  bool has(std::string_view role) const { return tensors.contains(role); }
  const RawTensor* find(std::string_view role) const {
    const auto found = tensors.find(role);
    return found == tensors.end() ? nullptr : &found->second;
  }
  /// Throws Error(Corrupt) that names the module where the role is missing.
  const RawTensor& get(std::string_view role) const;
  /// The stated scale, or alpha / rank (or / sqrt(rank)); 1 where alpha is missing or 0, which old trainers wrote for
  /// "the rank".
  double scale(int64_t rank) const;
};

}  // namespace lorikeet

#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace lorikeet {

/// A tensor's name in an adapter file, taken apart: which module, and what the tensor is for.
struct AdapterKey {
  std::string_view module;   ///< as the file spells it
  std::string_view role;     ///< "down", "up", "mid", "alpha", "dora_scale", "hada_w1_a", "a1" ...
  std::string_view variant;  ///< PEFT's adapter name in "lora_A.NAME.weight"; mostly empty
};

/// Splits a name at the longest known ending; empty if it has none.
std::optional<AdapterKey> splitAdapterKey(std::string_view name);

}  // namespace lorikeet

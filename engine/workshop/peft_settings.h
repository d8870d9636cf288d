#pragma once
#include <nlohmann/json_fwd.hpp>
#include <span>

#include "adapters/adapter_module.h"

namespace lorikeet {

/// PEFT's LoraConfig for the modules of one network: rank, alpha, the exceptions from them, and which layers. All
/// modules are LoRA or all are DoRA; throws Error(Unsupported) for a mixture, which PEFT does not have.
nlohmann::ordered_json peftSettings(std::span<const AdapterModule> modules);

}  // namespace lorikeet

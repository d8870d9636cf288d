#pragma once
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "workshop/form_module.h"
#include "workshop/model_names.h"

namespace lorikeet {

/// Why PEFT has no tuner that could hold the module; empty if there is one.
std::string whyNoPeftTuner(const AdapterModule& module);

/// A module of a tuner other than LoRA with its scale in `statedScale` and no tensor of it.
AdapterModule tunerModule(AdapterModule module);

/// The adapter_config.json of a network's modules, which are brought into the layout that PEFT's tuner of their kind
/// (LoRA, LoHa, LoKr, OFT, (IA)3) makes by that configuration, of equal effect. Throws Error(Unsupported) if no
/// configuration does.
nlohmann::ordered_json peftConfiguration(std::vector<AdapterModule>& modules, const ModelNames& names,
                                         FormChanges& changes);

}  // namespace lorikeet

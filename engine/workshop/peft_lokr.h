#pragma once
#include <nlohmann/json_fwd.hpp>
#include <vector>

#include "workshop/form_module.h"
#include "workshop/model_names.h"

namespace lorikeet {

/// PEFT's LoKrConfig for modules of this kind with their scales stated. PEFT decides by rank and sizes which factors
/// are kept whole (peft/tuners/lokr/layer.py); where a module differs, its factors are multiplied out. Throws
/// Error(Unsupported) where PEFT would split a weight into factors of other sizes.
nlohmann::ordered_json peftLokrSettings(std::vector<AdapterModule>& modules, const ModelNames& names,
                                        FormChanges& changes);

}  // namespace lorikeet

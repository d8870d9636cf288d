#pragma once
#include <string_view>

#include "adapters/adapter_module.h"
#include "lorikeet/adapter_use.h"

namespace lorikeet {

/// The multiplier that a row of the stack gives one module: weight times the factor of its block group.
double multiplierOf(const AdapterUse& use, NetworkPart part, std::string_view module);

}  // namespace lorikeet

#pragma once
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "lorikeet/adapter_use.h"
#include "workshop/module_effect.h"

namespace lorikeet {

/// One module of one adapter with its multiplier.
struct MergedPart {
  const AdapterModule* module = nullptr;
  double multiplier = 0;
};
using ModuleKey = std::pair<NetworkPart, std::string>;

/// Every module that the rows change, with those of their modules that change it. Rows that are switched off or have
/// the weight 0 are left out. Throws Error(InvalidArgument) if nothing is left.
std::map<ModuleKey, std::vector<MergedPart>> partsByModule(const NamedAdapters& opened,
                                                           const std::vector<AdapterUse>& uses);

/// The sum of the changes; empty if there is none. Throws Stopped.
Tensor weightChanges(const std::vector<MergedPart>& parts, const ModulePlace& place, const std::stop_token& stop);
Tensor biasChanges(const std::vector<MergedPart>& parts, const ModulePlace& place);

/// The sources of rows, for openAdapters().
std::vector<AdapterSource> sourcesOf(const std::vector<AdapterUse>& uses);

}  // namespace lorikeet

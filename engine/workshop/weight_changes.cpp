#include "workshop/weight_changes.h"

#include <lorikeet/error.h>

#include "adapters/block_groups.h"
#include "core/execution_context.h"
#include "ops/kernels.h"

namespace lorikeet {
namespace {

void addTo(Tensor& sum, Tensor change) {
  if (change.empty()) return;
  if (sum.empty())
    sum = std::move(change);
  else
    kernels().add(sum.data(), change.data(), sum.data(), static_cast<int64_t>(sum.size()));
}

}  // namespace

std::map<ModuleKey, std::vector<MergedPart>> partsByModule(const NamedAdapters& opened,
                                                           const std::vector<AdapterUse>& uses) {
  std::map<ModuleKey, std::vector<MergedPart>> all;
  for (size_t i = 0; i < uses.size(); ++i) {
    if (!uses[i].enabled) continue;
    for (const AdapterModule& module : opened.adapters[i].modules) {
      const double multiplier = multiplierOf(uses[i], module.part, module.name);
      if (multiplier != 0) all[{module.part, module.name}].push_back({&module, multiplier});
    }
  }
  if (all.empty()) throw Error(ErrorKind::InvalidArgument, "Nothing is left to merge: all weights are 0.");
  return all;
}

Tensor weightChanges(const std::vector<MergedPart>& parts, const ModulePlace& place, const std::stop_token& stop) {
  Tensor sum;
  for (const MergedPart& part : parts) {
    throwIfStopped(stop);
    addTo(sum, weightChange(*part.module, place, part.multiplier));
  }
  return sum;
}

Tensor biasChanges(const std::vector<MergedPart>& parts, const ModulePlace& place) {
  Tensor sum;
  for (const MergedPart& part : parts) addTo(sum, biasChangeOf(*part.module, place, part.multiplier));
  return sum;
}

std::vector<AdapterSource> sourcesOf(const std::vector<AdapterUse>& uses) {
  std::vector<AdapterSource> sources;
  for (const AdapterUse& use : uses) sources.push_back({use.file, use.variant});
  return sources;
}

}  // namespace lorikeet

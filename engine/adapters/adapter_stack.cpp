#include "adapters/adapter_stack.h"

#include <algorithm>
#include <chrono>
#include <set>
#include <tuple>

#include "adapters/adapter_format.h"
#include "adapters/block_groups.h"
#include "adapters/low_rank_term.h"
#include "io/tensor_values.h"

namespace lorikeet {

TensorShapes shapesOf(const ParameterTable& parameters) {
  TensorShapes shapes;
  for (const auto& [name, parameter] : parameters.all()) shapes.emplace(name, parameter->pristine().shape);
  return shapes;
}

bool isActiveAt(const AdapterUse& use, double progress) {
  return use.enabled && progress >= use.begin - 1e-9 && (progress < use.end - 1e-9 || use.end >= 1);
}

/// A module whose effect differs from what is asked for.
struct AdapterStack::Pending {
  ModuleKey key;
  Effect* now = nullptr;
  Effect wanted;
};

AdapterStack::AdapterStack(ParameterTable& textEncoder, ParameterTable& unet)
    : textEncoder_(textEncoder), unet_(unet), table_(shapesOf(textEncoder), shapesOf(unet)) {}

void AdapterStack::open(const AdapterUse& use) {
  auto& adapter = loaded_[{use.file, use.variant}];
  if (adapter) return;
  try {
    adapter = std::make_shared<MatchedAdapter>(matchAdapter(readAdapterFile(use.file), table_, use.variant));
  } catch (...) {
    loaded_.erase({use.file, use.variant});
    throw;
  }
}

void AdapterStack::closeUnused(const std::vector<AdapterUse>& uses) {
  std::set<FileKey> named;
  for (const AdapterUse& use : uses) named.emplace(use.file, use.variant);
  std::set<const AdapterModule*> inEffect;  // effects point into the modules of open files
  for (const auto& [key, effect] : effects_)
    for (const auto* list : {&effect.lowRank, &effect.dense})
      for (const Contribution& contribution : *list) inEffect.insert(contribution.module);
  std::erase_if(loaded_, [&](const auto& entry) {
    const auto& modules = entry.second->modules;
    return !named.contains(entry.first) &&
           std::none_of(modules.begin(), modules.end(), [&](const AdapterModule& m) { return inEffect.contains(&m); });
  });
}

const AdapterInfo* AdapterStack::info(const AdapterUse& use) const {
  const auto found = loaded_.find({use.file, use.variant});
  return found == loaded_.end() ? nullptr : &found->second->info;
}

std::map<AdapterStack::ModuleKey, AdapterStack::Effect> AdapterStack::wanted(const std::vector<AdapterUse>& uses,
                                                                             double progress) const {
  std::vector<std::pair<const AdapterUse*, const MatchedAdapter*>> active;
  for (const AdapterUse& use : uses) {
    const auto found = loaded_.find({use.file, use.variant});
    if (isActiveAt(use, progress) && found != loaded_.end()) active.emplace_back(&use, found->second.get());
  }
  // The same picture whatever the order of the stack: sums run by content, then by settings.
  const auto order = [](const auto& entry) {
    const AdapterUse& use = *entry.first;
    return std::tuple(entry.second->info.sha256, use.variant, use.weight, use.textWeight, use.blocks.text,
                      use.blocks.down, use.blocks.mid, use.blocks.up);
  };
  std::sort(active.begin(), active.end(), [&](const auto& a, const auto& b) { return order(a) < order(b); });
  std::map<ModuleKey, Effect> effects;
  for (const auto& [use, adapter] : active)
    for (const AdapterModule& module : adapter->modules) {
      const double multiplier = multiplierOf(*use, module.part, module.name);
      if (multiplier == 0) continue;
      Effect& effect = effects[{module.part, module.name}];
      if (isLowRank(module)) effect.lowRank.push_back({&module, multiplier});
      if (!isLowRank(module) || biasChange(module) != nullptr) effect.dense.push_back({&module, multiplier});
    }
  return effects;
}

AdapterChange AdapterStack::apply(const ExecutionContext& context, const std::vector<AdapterUse>& uses,
                                  double progress) {
  const auto start = std::chrono::steady_clock::now();
  std::map<ModuleKey, Effect> target = wanted(uses, progress);
  for (const auto& [key, effect] : effects_) target.try_emplace(key);
  std::vector<Pending> changed;
  AdapterChange change;
  for (auto& [key, effect] : target) {
    Effect& now = effects_[key];
    if (now.lowRank == effect.lowRank && now.dense == effect.dense) continue;
    changed.push_back({key, &now, std::move(effect)});
    (key.first == NetworkPart::UNet ? change.unet : change.textEncoder) = true;
  }
  try {
    applyLowRank(context, changed);
    for (Pending& one : changed) applyDense(context, one);
  } catch (...) {
    dropAll(context.withoutStop());
    throw;
  }
  std::erase_if(effects_, [](const auto& entry) { return entry.second.lowRank.empty() && entry.second.dense.empty(); });
  change.elapsedMs = std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count();
  return change;
}

void AdapterStack::applyLowRank(const ExecutionContext& context, std::vector<Pending>& changed) {
  const auto modulesOf = [](const std::vector<Contribution>& list) {
    std::vector<WeightedModule> modules;
    for (const Contribution& one : list) modules.push_back({one.module, one.multiplier});
    return modules;
  };
  const auto sameModules = [](const std::vector<Contribution>& a, const std::vector<Contribution>& b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                      [](const Contribution& x, const Contribution& y) { return x.module == y.module; });
  };
  context.parallelFor(static_cast<int64_t>(changed.size()), [&](int64_t index, int) {
    Pending& one = changed[static_cast<size_t>(index)];
    const std::vector<WeightedModule> modules = modulesOf(one.wanted.lowRank);
    if (modules.empty()) return;
    one.wanted.term = one.now->term;
    if (one.wanted.term && sameModules(one.wanted.lowRank, one.now->lowRank)) {
      rescaleTerm(*one.wanted.term, modules);
      return;
    }
    const Shape& weight = parameter(one.key, ".weight")->pristine().shape;
    one.wanted.term = std::make_shared<LowRankTerm>(makeLowRankTerm(modules, weight));
  });
  for (Pending& one : changed) {
    auto* matrix = dynamic_cast<MatrixParameter*>(parameter(one.key, ".weight"));
    if (matrix != nullptr) matrix->setTerm(one.wanted.term);
    one.now->lowRank = one.wanted.lowRank;
    one.now->term = one.wanted.term;
  }
}

void AdapterStack::applyDense(const ExecutionContext& context, Pending& changed) {
  if (changed.now->dense == changed.wanted.dense) return;
  Parameter* weight = parameter(changed.key, ".weight");
  Parameter* bias = parameter(changed.key, ".bias");
  Tensor weightSum, biasSum;
  const Tensor pristine = changed.wanted.dense.empty() ? Tensor() : toTensor(weight->pristine());
  for (const Contribution& one : changed.wanted.dense) {
    context.throwIfStopped();
    if (const AdapterFormat* format = formatOf(*one.module); format != nullptr && !isLowRank(*one.module)) {
      if (weightSum.empty()) weightSum = pristine.clone();
      const Tensor delta = format->delta(*one.module, pristine, one.multiplier);
      for (size_t i = 0; i < delta.size(); ++i) weightSum[i] += delta[i];
    }
    if (const RawTensor* difference = biasChange(*one.module); difference != nullptr && bias != nullptr) {
      if (biasSum.empty()) biasSum = toTensor(bias->pristine());
      const std::vector<float> values = toFloats(*difference);
      for (size_t i = 0; i < values.size(); ++i) biasSum[i] += static_cast<float>(one.multiplier * values[i]);
    }
  }
  weightSum.empty() ? weight->reset(context) : weight->set(context, weightSum);
  if (bias != nullptr) biasSum.empty() ? bias->reset(context) : bias->set(context, biasSum);
  changed.now->dense = changed.wanted.dense;
}

void AdapterStack::dropAll(const ExecutionContext& context) {
  for (ParameterTable* table : {&textEncoder_, &unet_})
    for (const auto& [name, parameter] : table->all()) {
      if (auto* matrix = dynamic_cast<MatrixParameter*>(parameter.get())) matrix->setTerm(nullptr);
      parameter->reset(context);
    }
  effects_.clear();
}

Parameter* AdapterStack::parameter(const ModuleKey& key, const char* tensor) const {
  return (key.first == NetworkPart::UNet ? unet_ : textEncoder_).find(key.second + tensor);
}

}  // namespace lorikeet

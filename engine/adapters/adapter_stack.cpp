#include "adapters/adapter_stack.h"

#include <algorithm>
#include <chrono>
#include <set>
#include <tuple>

#include "adapters/adapter_format.h"
#include "adapters/block_groups.h"
#include "adapters/dense_math.h"
#include "adapters/low_rank_term.h"
#include "io/tensor_values.h"
#include "ops/kernels.h"

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
  const FileKey key{use.file, use.variant};
  const FileStamp stamp = fileStamp(use.file);
  const auto known = loaded_.find(key);
  if (known != loaded_.end()) {
    if (known->second.stamp == stamp) return;
    replaced_.push_back(known->second.adapter);
    loaded_.erase(known);
  }
  auto adapter = std::make_shared<MatchedAdapter>(matchAdapter(readAdapterFile(use.file), table_, use.variant));
  loaded_.emplace(key, LoadedFile{std::move(adapter), stamp});
}

void AdapterStack::closeUnused(const std::vector<AdapterUse>& uses) {
  std::set<FileKey> named;
  for (const AdapterUse& use : uses) named.emplace(use.file, use.variant);
  std::set<const AdapterModule*> inEffect;  // effects point into the modules of open files
  for (const auto& [key, effect] : effects_)
    for (const auto* list : {&effect.lowRank, &effect.dense})
      for (const Contribution& contribution : *list) inEffect.insert(contribution.module);
  const auto isIdle = [&](const MatchedAdapter& adapter) {
    return std::none_of(adapter.modules.begin(), adapter.modules.end(),
                        [&](const AdapterModule& module) { return inEffect.contains(&module); });
  };
  std::erase_if(loaded_,
                [&](const auto& entry) { return !named.contains(entry.first) && isIdle(*entry.second.adapter); });
  std::erase_if(replaced_, [&](const auto& adapter) { return isIdle(*adapter); });
}

const AdapterInfo* AdapterStack::info(const AdapterUse& use) const {
  const auto found = loaded_.find({use.file, use.variant});
  return found == loaded_.end() ? nullptr : &found->second.adapter->info;
}

std::map<AdapterStack::ModuleKey, AdapterStack::Effect> AdapterStack::wanted(const std::vector<AdapterUse>& uses,
                                                                             double progress) const {
  std::vector<std::pair<const AdapterUse*, const MatchedAdapter*>> active;
  for (const AdapterUse& use : uses) {
    const auto found = loaded_.find({use.file, use.variant});
    if (isActiveAt(use, progress) && found != loaded_.end()) active.emplace_back(&use, found->second.adapter.get());
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
      if (!isLowRank(module) || changesBias(module)) effect.dense.push_back({&module, multiplier});
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
  if (replaceEmbeddings(uses)) change.textEncoder = true;
  try {
    applyLowRank(context, changed);
    applyDense(context, changed);
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

/// Changed values of a module; empty where the pristine ones hold.
struct AdapterStack::DenseValues {
  Tensor weight;
  Tensor bias;
};

AdapterStack::DenseValues AdapterStack::denseValues(const ExecutionContext& context, const Pending& changed) const {
  DenseValues values;
  if (changed.wanted.dense.empty()) return values;
  Parameter* bias = parameter(changed.key, ".bias");
  const Tensor pristine = widened(parameter(changed.key, ".weight")->pristine());
  const Tensor pristineBias = bias == nullptr ? Tensor() : toTensor(bias->pristine());
  const auto addTo = [](Tensor& sum, const Tensor& start, const Tensor& delta) {
    if (sum.empty()) sum = start.clone();
    kernels().add(sum.data(), delta.data(), sum.data(), static_cast<int64_t>(sum.size()));
  };
  for (const Contribution& one : changed.wanted.dense) {
    context.throwIfStopped();
    if (const AdapterFormat* format = formatOf(*one.module); format != nullptr && !isLowRank(*one.module))
      addTo(values.weight, pristine, format->delta(*one.module, pristine, one.multiplier));
    if (bias != nullptr && changesBias(*one.module))
      addTo(values.bias, pristineBias, biasDelta(*one.module, pristineBias, one.multiplier));
  }
  return values;
}

/// Modules are computed side by side, in groups of limited size: their values are wide until they are packed.
void AdapterStack::applyDense(const ExecutionContext& context, std::vector<Pending>& changed) {
  constexpr int64_t kGroupElements = 24'000'000;
  std::vector<Pending*> rest;
  for (Pending& one : changed)
    if (one.now->dense != one.wanted.dense) rest.push_back(&one);
  for (size_t begin = 0, end = 0; begin < rest.size(); begin = end) {
    for (int64_t elements = 0; end < rest.size() && elements < kGroupElements; ++end)
      elements += parameter(rest[end]->key, ".weight")->pristine().shape.elementCount();
    std::vector<DenseValues> values(end - begin);
    context.parallelFor(static_cast<int64_t>(values.size()), [&](int64_t i, int) {
      values[static_cast<size_t>(i)] = denseValues(context, *rest[begin + static_cast<size_t>(i)]);
    });
    for (size_t i = begin; i < end; ++i) {
      Parameter* weight = parameter(rest[i]->key, ".weight");
      Parameter* bias = parameter(rest[i]->key, ".bias");
      const DenseValues& now = values[i - begin];
      now.weight.empty() ? weight->reset(context) : weight->set(context, now.weight);
      if (bias != nullptr) now.bias.empty() ? bias->reset(context) : bias->set(context, now.bias);
      rest[i]->now->dense = rest[i]->wanted.dense;
    }
  }
}

/// Words of several files go to the one with the lowest hash, whatever the order of the stack. True if any changed.
bool AdapterStack::replaceEmbeddings(const std::vector<AdapterUse>& uses) {
  std::map<std::string, std::pair<std::string, RawTensor>> words;
  for (const AdapterUse& use : uses) {
    const auto found = loaded_.find({use.file, use.variant});
    if (!use.enabled || found == loaded_.end()) continue;
    const MatchedAdapter& adapter = *found->second.adapter;
    for (const auto& [word, vectors] : adapter.embeddings) {
      const auto [entry, isNew] = words.try_emplace(word, adapter.info.sha256, vectors);
      if (!isNew && adapter.info.sha256 < entry->second.first) entry->second = {adapter.info.sha256, vectors};
    }
  }
  bool changed = words.size() != embeddings_.size();
  std::map<std::string, RawTensor> now;
  for (auto& [word, source] : words) {
    const auto before = embeddings_.find(word);
    changed = changed || before == embeddings_.end() || before->second.bytes.data() != source.second.bytes.data();
    now.emplace(word, std::move(source.second));
  }
  embeddings_ = std::move(now);
  return changed;
}

void AdapterStack::dropAll(const ExecutionContext& context) {
  for (ParameterTable* table : {&textEncoder_, &unet_})
    for (const auto& [name, parameter] : table->all()) {
      if (auto* matrix = dynamic_cast<MatrixParameter*>(parameter.get())) matrix->setTerm(nullptr);
      parameter->reset(context);
    }
  effects_.clear();
  embeddings_.clear();
}

Parameter* AdapterStack::parameter(const ModuleKey& key, const char* tensor) const {
  return (key.first == NetworkPart::UNet ? unet_ : textEncoder_).find(key.second + tensor);
}

}  // namespace lorikeet

#include "adapters/adapter_stack.h"

#include <algorithm>
#include <chrono>
#include <set>
#include <tuple>

#include "adapters/adapter_format.h"
#include "adapters/block_groups.h"
#include "adapters/dense_math.h"
#include "io/mapped_file.h"
#include "io/tensor_values.h"
#include "ops/kernels.h"

namespace lorikeet {
namespace {

/// Multiply-adds a value up to which terms stay beside the products. At 512x512 so many take about a tenth of a step;
/// beyond, merging once is cheaper than a few steps.
constexpr double kMostBeside = 128;

/// A text encoder runs once for a prompt: merging would cost as much as the terms do, and memory.
bool isMerged(NetworkPart part, const ModuleTerms& terms) {
  return terms.isWide() || (part == NetworkPart::UNet && costOf(terms.terms()) > kMostBeside);
}

bool anyWide(const std::vector<WeightedModule>& modules, const Shape& weight) {
  return std::any_of(modules.begin(), modules.end(),
                     [&](const WeightedModule& use) { return isWide(*use.module, weight); });
}

void addTo(Tensor& sum, const Tensor& start, const Tensor& delta) {
  if (sum.empty()) sum = start.clone();
  kernels().add(sum.data(), delta.data(), sum.data(), static_cast<int64_t>(sum.size()));
}

}  // namespace

TensorShapes shapesOf(const ParameterTable& parameters) {
  TensorShapes shapes;
  for (const auto& [name, parameter] : parameters.all()) shapes.emplace(name, parameter->pristine().shape);
  return shapes;
}

bool isActiveAt(const AdapterUse& use, double progress) {
  return use.enabled && progress >= use.begin - 1e-9 && (progress < use.end - 1e-9 || use.end >= 1);
}

/// A module whose effect differs from what is asked for, and what it comes to.
struct AdapterStack::Pending {
  ModuleKey key;
  Effect* now = nullptr;
  std::vector<WeightedModule> wanted;
  std::shared_ptr<ModuleTerms> terms;  ///< of a matrix; null where nothing is added
  Tensor weight;                       ///< of a norm, empty where the pristine values hold
  Tensor bias;                         ///< the same
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
    for (const WeightedModule& use : effect.modules) inEffect.insert(use.module);
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

std::map<AdapterStack::ModuleKey, std::vector<WeightedModule>> AdapterStack::wanted(const std::vector<AdapterUse>& uses,
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
  std::map<ModuleKey, std::vector<WeightedModule>> effects;
  for (const auto& [use, adapter] : active)
    for (const AdapterModule& module : adapter->modules)
      if (const double multiplier = multiplierOf(*use, module.part, module.name); multiplier != 0)
        effects[{module.part, module.name}].push_back({&module, multiplier});
  return effects;
}

AdapterChange AdapterStack::apply(const ExecutionContext& context, const std::vector<AdapterUse>& uses,
                                  double progress) {
  const auto start = std::chrono::steady_clock::now();
  std::map<ModuleKey, std::vector<WeightedModule>> target = wanted(uses, progress);
  for (const auto& [key, effect] : effects_) target.try_emplace(key);
  std::vector<Pending> changed;
  AdapterChange change;
  for (auto& [key, modules] : target) {
    Effect& now = effects_[key];
    if (now.modules == modules) continue;
    changed.push_back({key, &now, std::move(modules), nullptr, {}, {}});
    (key.first == NetworkPart::UNet ? change.unet : change.textEncoder) = true;
  }
  if (replaceEmbeddings(uses)) change.textEncoder = true;
  try {
    bringIntoEffect(context, changed);
  } catch (...) {
    dropAll(context.withoutStop());
    throw;
  }
  std::erase_if(effects_, [](const auto& entry) { return entry.second.modules.empty(); });
  change.elapsedMs = std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count();
  return change;
}

/// Modules are prepared side by side, those that are wide until they are merged in groups of limited size.
void AdapterStack::bringIntoEffect(const ExecutionContext& context, std::vector<Pending>& changed) {
  constexpr int64_t kGroupElements = 24'000'000;
  const bool isNew = std::any_of(changed.begin(), changed.end(),
                                 [](const Pending& one) { return one.now->modules.empty() && !one.wanted.empty(); });
  for (size_t begin = 0, end = 0; begin < changed.size(); begin = end) {
    for (int64_t elements = 0; end < changed.size() && elements < kGroupElements; ++end)
      if (const Shape& weight = parameter(changed[end].key, ".weight")->pristine().shape;
          anyWide(changed[end].wanted, weight))
        elements += weight.elementCount();
    context.parallelFor(static_cast<int64_t>(end - begin),
                        [&](int64_t i, int) { prepare(changed[begin + static_cast<size_t>(i)]); });
    for (size_t i = begin; i < end; ++i) finish(context, changed[i]);
  }
  if (isNew) BufferPool::instance().trim();  // what whole weights and factors were worked on in
}

void AdapterStack::prepare(Pending& one) const {
  if (one.wanted.empty()) return;
  const Parameter* weight = parameter(one.key, ".weight");
  if (dynamic_cast<const MatrixParameter*>(weight) != nullptr) {
    one.terms = one.now->terms;
    if (one.terms == nullptr || !one.terms->rescale(one.wanted))
      one.terms = std::make_shared<ModuleTerms>(one.wanted, weight->pristine());
  } else {
    const Tensor pristine = toTensor(weight->pristine());
    for (const WeightedModule& use : one.wanted)
      if (const AdapterFormat* format = formatOf(*use.module))
        addTo(one.weight, pristine, format->delta(*use.module, pristine, use.multiplier));
  }
  const Parameter* bias = parameter(one.key, ".bias");
  if (bias == nullptr) return;
  for (const WeightedModule& use : one.wanted) {
    if (!changesBias(*use.module)) continue;
    const Tensor pristine = toTensor(bias->pristine());
    addTo(one.bias, pristine, biasDelta(*use.module, pristine, use.multiplier));
  }
}

void AdapterStack::finish(const ExecutionContext& context, Pending& one) {
  const auto use = [&](Parameter& parameter, const Tensor& values) {
    values.empty() ? parameter.reset(context) : parameter.set(context, values);
  };
  Parameter* weight = parameter(one.key, ".weight");
  auto* matrix = dynamic_cast<MatrixParameter*>(weight);
  if (matrix == nullptr) {
    use(*weight, one.weight);
  } else {
    matrix->setTerms(context, one.terms == nullptr ? WeightTerms() : one.terms->terms(), clock_);
    if (one.terms != nullptr && isMerged(one.key.first, *one.terms)) matrix->merge(context);
    if (one.terms != nullptr && one.terms->isWide()) one.terms.reset();
    releasePages(weight->pristine().bytes);  // some formats read them
  }
  if (Parameter* bias = parameter(one.key, ".bias")) use(*bias, one.bias);
  one.now->modules = std::move(one.wanted);
  one.now->terms = std::move(one.terms);
}

AdapterPaths AdapterStack::paths() const {
  AdapterPaths paths;
  for (const auto& [key, effect] : effects_) {
    const auto* matrix = dynamic_cast<const MatrixParameter*>(parameter(key, ".weight"));
    ++(matrix == nullptr || matrix->isMerged() ? paths.merged : paths.beside);
  }
  return paths;
}

double AdapterStack::besideMs(int threadCount) const {
  return static_cast<double>(clock_->load(std::memory_order_relaxed)) * 1e-6 / std::max(threadCount, 1);
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
      if (auto* matrix = dynamic_cast<MatrixParameter*>(parameter.get())) matrix->setTerms(context, {});
      parameter->reset(context);
    }
  effects_.clear();
  embeddings_.clear();
}

Parameter* AdapterStack::parameter(const ModuleKey& key, const char* tensor) const {
  return (key.first == NetworkPart::UNet ? unet_ : textEncoder_).find(key.second + tensor);
}

}  // namespace lorikeet

#include "adapters/module_terms.h"

#include <algorithm>

#include "adapters/dense_math.h"
#include "io/tensor_values.h"
#include "ops/stored_term.h"

namespace lorikeet {
namespace {

/// The change at this multiplier, packed.
std::shared_ptr<WeightTerm> wideTerm(const AdapterFormat& format, const WeightedModule& use, const RawTensor& weight) {
  const Tensor change = format.delta(*use.module, widened(weight), use.multiplier);
  return storedTerm(rawFromFloats(weight.shape, change.values()), weight.shape);
}

}  // namespace

bool isWide(const AdapterModule& module, const Shape& weight) {
  const AdapterFormat* format = formatOf(module);
  return format != nullptr && format->isWide != nullptr && format->isWide(module, weight);
}

ModuleTerms::ModuleTerms(std::span<const WeightedModule> modules, const RawTensor& weight)
    : shape_(weight.shape), modules_(modules.begin(), modules.end()) {
  std::vector<LowRankFactors> pairs;
  std::vector<std::shared_ptr<WeightTerm>> others;
  for (size_t i = 0; i < modules_.size(); ++i) {
    const AdapterModule& module = *modules_[i].module;
    const AdapterFormat* format = formatOf(module);
    if (format == nullptr) continue;
    FormatTerms made;
    if (lorikeet::isWide(module, weight.shape)) {
      isWide_ = true;
      made.term = wideTerm(*format, modules_[i], weight);
    } else {
      made = format->terms(module, weight);
    }
    if (!made.pair.up.empty()) {
      pairs.push_back(std::move(made.pair));
      lowRankModules_.push_back(i);
    }
    if (made.term == nullptr) continue;
    others.push_back(std::move(made.term));
    otherModules_.push_back(i);
  }
  if (!pairs.empty()) terms_.push_back(lowRank_ = std::make_shared<LowRankTerm>(pairs, tapsOf(weight.shape)));
  terms_.insert(terms_.end(), others.begin(), others.end());
  scale();
}

bool ModuleTerms::rescale(std::span<const WeightedModule> modules) {
  const bool areSame = std::equal(modules.begin(), modules.end(), modules_.begin(), modules_.end(),
                                  [](const auto& a, const auto& b) { return a.module == b.module; });
  if (!areSame || isWide_) return false;
  modules_.assign(modules.begin(), modules.end());
  scale();
  return true;
}

void ModuleTerms::scale() {
  for (size_t pair = 0; pair < lowRankModules_.size(); ++pair)
    lowRank_->setFactor(pair, modules_[lowRankModules_[pair]].multiplier);
  const size_t first = lowRank_ == nullptr ? 0 : 1;
  for (size_t i = 0; i < otherModules_.size(); ++i) {
    const WeightedModule& use = modules_[otherModules_[i]];
    if (!lorikeet::isWide(*use.module, shape_)) terms_[first + i]->setFactor(use.multiplier);
  }
}

}  // namespace lorikeet

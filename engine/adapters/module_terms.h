#pragma once
#include <span>

#include "adapters/adapter_format.h"

namespace lorikeet {

/// A module and its multiplier.
struct WeightedModule {
  const AdapterModule* module = nullptr;
  double multiplier = 0;

  bool operator==(const WeightedModule&) const = default;
};

/// What a list of modules adds to one weight, as terms for its packed form. Low-rank modules are one term, ranks side
/// by side; the others follow in their order. Reads the pristine values where a format depends on them.
class ModuleTerms {
 public:
  /// Modules that only change a bias are left out. `weight` has the pristine values.
  ModuleTerms(std::span<const WeightedModule> modules, const RawTensor& weight);
  /// Only the multipliers change. False if the modules are others, or one of them is not proportional to its
  /// multiplier: then the terms must be made anew.
  bool rescale(std::span<const WeightedModule> modules);
  /// True if some module's change is held value by value, in f32 (formats without a term).
  bool isWide() const { return isWide_; }
  WeightTerms terms() const { return {terms_.begin(), terms_.end()}; }

 private:
  void scale();
  Shape shape_;
  std::vector<WeightedModule> modules_;
  std::shared_ptr<LowRankTerm> lowRank_;
  std::vector<size_t> lowRankModules_;  ///< indices into modules_ by pair of lowRank_
  std::vector<size_t> otherModules_;    ///< by term after lowRank_
  std::vector<std::shared_ptr<WeightTerm>> terms_;
  bool isWide_ = false;
};

/// True if the module's change of a weight of this shape has no term of few factors, but has to be computed value by
/// value for each multiplier.
bool isWide(const AdapterModule& module, const Shape& weight);

}  // namespace lorikeet

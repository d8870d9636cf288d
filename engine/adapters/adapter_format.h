#pragma once
#include <memory>
#include <span>
#include <string_view>

#include "adapters/adapter_module.h"
#include "core/tensor.h"
#include "ops/low_rank_term.h"

namespace lorikeet {

/// What a module adds to a weight: a pair of matrices, which is joined with those of other modules (empty: none), and a
/// term (null: none).
struct FormatTerms {
  LowRankFactors pair;
  std::shared_ptr<WeightTerm> term;
};

/// One family of adapters: how it is recognised, what its tensors must look like, and how it changes a weight.
struct AdapterFormat {
  std::string_view name;  ///< what reports say: "LoRA", "LoHa" ...
  bool (*recognises)(const AdapterModule& module);
  /// Returns the rank (0 where the format has none). Throws Error(Mismatch | Corrupt) if the tensors contradict one
  /// another or the weight's shape.
  int64_t (*check)(const AdapterModule& module, const Shape& weight);
  /// W' - W for a multiplier; `weight` holds the pristine values. Called only for modules that passed check().
  Tensor (*delta)(const AdapterModule& module, const Tensor& weight, double multiplier);
  /// The same for packed weights, to be multiplied with the multiplier; `weight` holds the pristine values. Called only
  /// for modules that are not wide.
  FormatTerms (*terms)(const AdapterModule& module, const RawTensor& weight) = nullptr;
  /// True for modules that have no terms: no few factors make their change, it is computed value by value for each
  /// multiplier. Null: there are none.
  bool (*isWide)(const AdapterModule& module, const Shape& weight) = nullptr;
};

/// Kernel height times width; 1 for a linear layer.
int64_t tapsOf(const Shape& weight);
/// A stored difference as a term.
std::shared_ptr<WeightTerm> storedTerm(const RawTensor& difference, const Shape& weight);

/// How the module's weight is changed; null if it only changes a bias. Throws Error(Corrupt) for a module whose
/// tensors make no known format.
const AdapterFormat* formatOf(const AdapterModule& module);

/// The tensor added to the module's bias ("diff_b", "b_norm"), or null.
const RawTensor* biasChange(const AdapterModule& module);
/// True if the module changes its bias, by a stored difference or by factors.
bool changesBias(const AdapterModule& module);
/// b' - b for a multiplier; called only where changesBias(). A bias that the factors do not fit stays as it is.
Tensor biasDelta(const AdapterModule& module, const Tensor& bias, double multiplier);
/// The part of PEFT's (IA)3 in the two above (ia3.cpp).
bool scalesBias(const AdapterModule& module);
Tensor scaledBiasDelta(const AdapterModule& module, const Tensor& bias, double multiplier);

/// True if W' = W + m * scale * up * down (LoRA in all its spellings, with a Tucker core too, but not DoRA).
bool isLowRank(const AdapterModule& module);
/// Its two matrices, the scale still outside.
LowRankFactors lowRankFactors(const AdapterModule& module);

/// LoHa's two low-rank factors with the cores multiplied in; the module's scale is the first one's.
struct LohaFactors {
  LowRankFactors first, second;
};
LohaFactors lohaFactors(const AdapterModule& module);
/// LoKr's two factors as matrices, taps joined with the second one's columns, and what their product is multiplied
/// with.
struct LokrFactors {
  Tensor first, second;
  double scale = 1;
};
LokrFactors lokrFactors(const AdapterModule& module);
/// Its scale alone.
double lokrScale(const AdapterModule& module);
/// True if an (IA)3 scales what goes into the module instead of what comes out.
bool scalesInputs(const AdapterModule& module);

/// The formats, each in the file of its name.
extern const AdapterFormat kDora, kLora, kLoha, kLokr, kGlora, kOft, kPeftOft, kIa3, kFull;

/// Without the DoRA part: the difference that a module's factors make at multiplier 1. Null if there are none.
const AdapterFormat* factorFormatOf(const AdapterModule& module);

/// Throws Error(Mismatch) unless the condition holds; says which module and both shapes.
void requireShape(bool condition, const AdapterModule& module, std::string_view role, const Shape& weight);

}  // namespace lorikeet

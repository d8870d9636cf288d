#pragma once
#include <vector>

#include "adapters/adapter_module.h"
#include "lorikeet/workshop.h"

namespace lorikeet {

/// What had to be changed to fit a form, for the notes of a result.
struct FormChanges {
  int foldedScales = 0;   ///< modules whose scale was multiplied into "up"
  int joinedCores = 0;    ///< modules whose Tucker core was multiplied into a matrix
  int joinedFactors = 0;  ///< modules whose matrices were multiplied with each other
};

/// The module with just the tensors that the form has, of equal effect: an "alpha" for forms that keep it in a tensor,
/// scales multiplied in for those that have none, matrices in the rank of the weight. Throws Error(Unsupported) for
/// kinds that the form cannot hold.
AdapterModule moduleInForm(const AdapterModule& module, AdapterForm form, const Shape& weight, FormChanges& changes);

/// Values in the type of another tensor if it holds them exactly, otherwise in f32.
RawTensor inTypeOf(const RawTensor& like, const Shape& shape, const std::vector<float>& values);

/// alpha of a low-rank module such that alpha / rank is its scale.
double effectiveAlpha(const AdapterModule& module);

}  // namespace lorikeet

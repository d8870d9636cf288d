#pragma once
#include "ops/row_product.h"

namespace lorikeet {

/// y[row] = epilogue(W x[row]) for x of shape [..., inputs]; y has shape [..., outputs] (half of it for GEGLU).
Tensor matmul(const ExecutionContext& context, const Tensor& x, const PackedWeights& weights,
              const ProductEpilogue& epilogue = {});

}  // namespace lorikeet

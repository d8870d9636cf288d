#pragma once
#include "lorikeet/arithmetic.h"

namespace lorikeet {

/// Multiply-adds of a tile whose operands lie in the L1 and L2 caches, by one thread, times two: GFLOP/s or GOP/s.
double productRate(Arithmetic arithmetic);

}  // namespace lorikeet

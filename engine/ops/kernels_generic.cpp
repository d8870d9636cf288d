#include "ops/kernels.h"
#include "ops/simd_generic.h"

namespace lorikeet {
namespace {
using Narrow = F32x4;
}  // namespace
}  // namespace lorikeet

#include "ops/kernels_table.h"

namespace lorikeet {
const Kernels& genericKernels() { return kTable; }
}  // namespace lorikeet

#include "ops/kernels.h"

namespace lorikeet {

// One per kernels_*.cpp.
const Kernels& genericKernels();
const Kernels& avx2Kernels();
const Kernels& avx512Kernels();

const Kernels& kernels(Isa isa) {
#if defined(__x86_64__)
  if (isa == Isa::Avx512) return avx512Kernels();
  if (isa == Isa::Avx2) return avx2Kernels();
#endif
  static_cast<void>(isa);
  return genericKernels();
}

const Kernels& kernels() {
  static const Kernels& chosen = kernels(activeIsa());
  return chosen;
}

}  // namespace lorikeet

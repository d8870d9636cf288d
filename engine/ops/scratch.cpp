#include "ops/scratch.h"

#include <array>

namespace lorikeet {

float* threadScratch(ScratchSlot slot, int64_t count) {
  thread_local std::array<Tensor, static_cast<size_t>(ScratchSlot::kCount)> slots;
  Tensor& scratch = slots[static_cast<size_t>(slot)];
  if (static_cast<int64_t>(scratch.size()) < count) {
    scratch = Tensor();
    scratch = Tensor({count});
  }
  return scratch.data();
}

}  // namespace lorikeet

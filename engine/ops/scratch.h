#pragma once
#include "core/tensor.h"

namespace lorikeet {

/// Working memory of one thread inside one operation: grows to the largest size asked for and stays, so a steady step
/// allocates nothing. Every call site names its own slot; a slot's contents are lost at the next call.
enum class ScratchSlot { Panel, Tile, Scores, Accumulator, Patch, Stored, Block, ReducedPanel, kCount };

float* threadScratch(ScratchSlot slot, int64_t count);

}  // namespace lorikeet

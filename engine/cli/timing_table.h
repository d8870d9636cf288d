#pragma once
#include <cstdint>
#include <span>

#include "lorikeet/result.h"

namespace lorikeet::cli {

/// Prints what took how long, and the peak memory, to standard error.
void printTimingTable(std::span<const Timing> timings, double elapsedMs, int64_t peakMemoryBytes);

}  // namespace lorikeet::cli

#include "cli/timing_table.h"

#include <fmt/format.h>

#include <cstdio>

namespace lorikeet::cli {

void printTimingTable(std::span<const Timing> timings, double elapsedMs, int64_t peakMemoryBytes) {
  fmt::print(stderr, "{:<24} {:>8} {:>12} {:>10}\n", "", "calls", "ms", "GFLOP/s");
  for (const Timing& timing : timings) {
    const bool counted = timing.gigaflops > 0 && timing.elapsedMs > 0;
    fmt::print(stderr, "{:<24} {:>8} {:>12.1f} {:>10}\n", timing.name, timing.calls, timing.elapsedMs,
               counted ? fmt::format("{:.0f}", timing.gigaflops / timing.elapsedMs * 1000) : "");
  }
  fmt::print(stderr, "{:<24} {:>8} {:>12.1f}\n", "all", "", elapsedMs);
  fmt::print(stderr, "peak memory {:.0f} MB\n", static_cast<double>(peakMemoryBytes) / 1e6);
}

}  // namespace lorikeet::cli

#pragma once
#include <time.h>

#include "engine/text/text_test_data.h"

namespace lorikeet::testing {

/// Time limits hold for optimised builds; sanitizers and -O0 get more.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__) || !defined(__OPTIMIZE__)
inline constexpr double kSlowBuildFactor = 20;
#else
inline constexpr double kSlowBuildFactor = 1;
#endif

/// Computing time of this thread, so that a busy machine fails no test.
double secondsOf(const auto& work) {
  const auto now = [] {
    timespec time{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
  };
  const double start = now();
  work();
  return now() - start;
}

}  // namespace lorikeet::testing

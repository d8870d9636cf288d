#pragma once

namespace lorikeet::detail {
/// Prints the failed condition and its place, then aborts: a bug in Lorikeet, never the user's input.
[[noreturn]] void checkFailed(const char* condition, const char* file, int line);
}  // namespace lorikeet::detail

/// States an invariant of the program. Stays on in released builds; user input is answered with Error instead.
#define CHECK(condition) \
  ((condition) ? static_cast<void>(0) : ::lorikeet::detail::checkFailed(#condition, __FILE__, __LINE__))

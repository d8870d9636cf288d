#pragma once
#include <fmt/format.h>

#include "lorikeet/error.h"

namespace lorikeet {

/// Throws Error(InvalidArgument) unless lowest <= value <= highest; NaN is in no range. `setting` begins the sentence:
/// "The width".
template <class Value>
void requireRange(const char* setting, Value value, Value lowest, Value highest) {
  if (value >= lowest && value <= highest) return;
  throw Error(ErrorKind::InvalidArgument,
              fmt::format("{} must be between {} and {}, not {}.", setting, lowest, highest, value));
}

}  // namespace lorikeet

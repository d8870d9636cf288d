#pragma once
#include <string>

namespace lorikeet {

/// A piece of a prompt and how much it counts.
struct WeightedText {
  std::string text;
  double weight = 1;
  bool isBreak = false;  ///< BREAK: what follows begins a new chunk; the text is not encoded

  bool operator==(const WeightedText&) const = default;
};

}  // namespace lorikeet

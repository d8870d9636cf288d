#pragma once
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace lorikeet {

/// One choice of {a|3::b}: a part of the text and how often it comes up against the others.
struct ChoiceOption {
  size_t begin = 0, end = 0;
  double weight = 1;
};

/// A well-formed {a|b|c}, {2$$a|b|c} or {1-2$$ and $$a|b|c} of a text.
struct ChoiceGroup {
  size_t open = 0, close = 0;  ///< the braces
  std::vector<ChoiceOption> options;
  size_t atLeast = 1, atMost = 1;  ///< how many different options to take
  std::string separator = ", ";
};

/// The groups of a text, nested ones too, by opening brace. Braces without a "|" or "$$" of their own are plain text,
/// and so is everything behind a backslash. `unclosed` receives the positions of braces that have no partner. Linear.
std::vector<ChoiceGroup> findChoiceGroups(std::string_view text, std::vector<size_t>* unclosed = nullptr);

}  // namespace lorikeet

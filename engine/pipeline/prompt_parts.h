#pragma once
#include <string>
#include <vector>

#include "lorikeet/request.h"
#include "text/prompt_schedule.h"

namespace lorikeet {

/// One of the prompts that AND joins: what it says at every step.
struct PromptPartTexts {
  std::vector<ScheduledText> texts;
  double weight = 1;
};

/// The texts of a request whose choices are made, laid over its steps; emphasis is still in them.
struct PromptParts {
  std::vector<PromptPartTexts> positive;  ///< at least one
  std::vector<PromptPartTexts> negative;  ///< one

  /// Throws Error(InvalidArgument) for a prompt that cannot be used or joins too many by AND.
  explicit PromptParts(const GenerateRequest& request);
  /// All of them, one after the other.
  std::vector<std::string> texts() const;
};

}  // namespace lorikeet

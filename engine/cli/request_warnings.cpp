#include "cli/request_warnings.h"

#include <fmt/format.h>

namespace lorikeet::cli {

std::vector<std::string> requestWarnings(const GenerateRequest& request) {
  std::vector<std::string> warnings;
  const auto add = [&](PromptRole role, const std::string& prompt, std::string_view what) {
    for (const PromptIssue& issue : readPrompt(request, role).issues) {
      if (issue.severity != PromptIssue::Severity::Warning) continue;
      const TextPlace place = placeOf(prompt, issue.position);
      warnings.push_back(
          fmt::format("warning in the {}, line {}, column {}: {}", what, place.line, place.column, issue.message));
    }
  };
  add(PromptRole::Positive, request.prompt, "prompt");
  if (!request.negativePrompt.empty()) add(PromptRole::Negative, request.negativePrompt, "negative prompt");
  const Arithmetic wish = request.shortcuts.arithmetic, used = availableArithmetic(wish);
  if (used != wish)
    warnings.push_back(fmt::format("this processor is not fast at {} arithmetic: {} is used", name(wish), name(used)));
  return warnings;
}

}  // namespace lorikeet::cli

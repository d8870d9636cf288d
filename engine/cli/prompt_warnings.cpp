#include "cli/prompt_warnings.h"

#include <fmt/format.h>

namespace lorikeet::cli {

std::vector<std::string> promptWarnings(const GenerateRequest& request) {
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
  return warnings;
}

}  // namespace lorikeet::cli

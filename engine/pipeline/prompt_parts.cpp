#include "pipeline/prompt_parts.h"

#include <fmt/format.h>
#include <lorikeet/error.h>

#include "text/prompt_grammar.h"
#include "text/prompt_place.h"

namespace lorikeet {
namespace {

/// A prompt of more parts is refused: each one costs a call of the UNet at every step.
constexpr size_t kMaxParts = 64;

std::vector<PromptPartTexts> readParts(std::string_view what, const std::string& prompt, PromptRole role, int steps) {
  checkPromptLength(what, prompt);
  const ParsedPrompt parsed = parsePrompt(prompt, role);
  throwIfUnusable(what, prompt, parsed.issues);
  if (parsed.parts.size() > kMaxParts)
    throw Error(ErrorKind::InvalidArgument, fmt::format("The {} joins {} prompts by AND; at most {} are taken.", what,
                                                        parsed.parts.size(), kMaxParts));
  std::vector<PromptPartTexts> parts;
  for (const PromptPart& part : parsed.parts) parts.push_back({part.schedule.resolve({steps, 0}), part.weight});
  return parts;
}

}  // namespace

PromptParts::PromptParts(const GenerateRequest& request)
    : positive(readParts("prompt", request.prompt, PromptRole::Positive, request.steps)),
      negative(readParts("negative prompt", request.negativePrompt, PromptRole::Negative, request.steps)) {}

std::vector<std::string> PromptParts::texts() const {
  std::vector<std::string> texts;
  for (const auto* prompt : {&positive, &negative})
    for (const PromptPartTexts& part : *prompt)
      for (const ScheduledText& text : part.texts) texts.push_back(text.text);
  return texts;
}

}  // namespace lorikeet

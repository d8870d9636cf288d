#pragma once
#include <string_view>
#include <vector>

#include "text/extra_networks.h"
#include "text/prompt_issue.h"
#include "text/prompt_schedule.h"

namespace lorikeet {

/// One of the prompts that AND joins. Its noise prediction counts `weight` times.
struct PromptPart {
  PromptSchedule schedule;
  double weight = 1;
};

/// A prompt in A1111's grammar. The texts of the schedules still hold the emphasis, for parseAttention().
struct ParsedPrompt {
  std::vector<PromptPart> parts;  ///< at least one
  std::vector<ExtraNetwork> networks;
  PromptIssues issues;  ///< positions are bytes of the prompt that was parsed, in no order
};

/// Reads comments (# to the end of the line), extra networks, AND with weights, schedules and emphasis, in A1111's
/// order and without recursion. Every text is readable; what looks like a mistake is reported in `issues`. Source:
/// stable-diffusion-webui modules/prompt_parser.py and modules/processing_scripts/comments.py.
ParsedPrompt parsePrompt(std::string_view prompt, PromptRole role = PromptRole::Positive);

}  // namespace lorikeet

#pragma once
#include <string_view>
#include <vector>

#include "text/prompt_issue.h"
#include "text/weighted_text.h"

namespace lorikeet {

/// Weights larger than this (or smaller than its negative) are cut off, so that no embedding becomes infinite.
constexpr double kLargestPromptWeight = 1000;

/// Reads A1111's emphasis: (x) times 1.1, [x] divided by 1.1, (x:1.3) times 1.3, backslash before a bracket for the
/// bracket itself, BREAK for a new chunk. Brackets that are not closed reach to the end. Neighbours of equal weight are
/// joined; there is at least one piece. Issues are appended with positions in `text`. No recursion; O(n log n).
/// Source: stable-diffusion-webui modules/prompt_parser.py, parse_prompt_attention.
std::vector<WeightedText> parseAttention(std::string_view text, PromptIssues* issues = nullptr);

}  // namespace lorikeet

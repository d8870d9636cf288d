#pragma once
#include <lorikeet/error.h>
#include <lorikeet/prompt.h>

#include <string_view>

namespace lorikeet {

/// The error for a prompt that cannot be used: one sentence with line and column, and the marked line as details.
/// `what` is "prompt" or "negative prompt".
Error promptError(std::string_view what, std::string_view prompt, const PromptIssue& issue);

/// Throws Error(InvalidArgument) for a prompt of more than kMaxPromptBytes.
void checkPromptLength(std::string_view what, std::string_view prompt);

/// Throws promptError() for the first issue that is an error.
void throwIfUnusable(std::string_view what, std::string_view prompt, const PromptIssues& issues);

}  // namespace lorikeet

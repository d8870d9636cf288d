#pragma once
#include <lorikeet/prompt.h>

#include <utility>

namespace lorikeet {

/// More than this many are not collected: a megabyte of mistakes needs no megabyte of messages.
constexpr size_t kMaxPromptIssues = 100;

/// Appends an issue, unless the list is null or full.
inline void addIssue(PromptIssues* issues, PromptIssue issue) {
  if (issues != nullptr && issues->size() < kMaxPromptIssues) issues->push_back(std::move(issue));
}

}  // namespace lorikeet

#pragma once
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

namespace lorikeet {

/// Something in a prompt that its writer should know, with the place where an editor can mark it.
struct PromptIssue {
  enum class Severity {
    Note,     ///< read in a way that may surprise
    Warning,  ///< not usable as written; the message says what is done instead
    Error,    ///< no picture should be made of it
  };
  Severity severity = Severity::Warning;
  size_t position = 0;  ///< byte in the text that was handed in
  size_t length = 0;    ///< bytes concerned
  std::string message;
};

using PromptIssues = std::vector<PromptIssue>;

/// More than this many are not collected: a megabyte of mistakes needs no megabyte of messages.
constexpr size_t kMaxPromptIssues = 100;

/// Appends an issue, unless the list is null or full.
inline void addIssue(PromptIssues* issues, PromptIssue issue) {
  if (issues != nullptr && issues->size() < kMaxPromptIssues) issues->push_back(std::move(issue));
}

}  // namespace lorikeet

#include "text/prompt_place.h"

#include <fmt/format.h>

#include <algorithm>

#include "text/text_cleaning.h"

namespace lorikeet {
namespace {

/// Steps over whole characters; stops at `end` at the latest.
size_t countCharacters(std::string_view text, size_t begin, size_t end) {
  size_t count = 0;
  for (size_t at = begin; at < end; ++count) at += static_cast<size_t>(codePointAt(text, at).byteCount);
  return count;
}

/// The place `count` characters before `position`, not before `begin`.
size_t stepBack(std::string_view text, size_t begin, size_t position, int count) {
  for (; count > 0 && position > begin; --count)
    position -= static_cast<size_t>(codePointBefore(text, position).byteCount);
  return std::max(begin, position);
}

size_t stepOn(std::string_view text, size_t position, size_t end, int count) {
  for (; count > 0 && position < end; --count) position += static_cast<size_t>(codePointAt(text, position).byteCount);
  return std::min(position, end);
}

/// Control characters would break the line that they are shown in.
std::string printable(std::string_view text) {
  std::string result(text);
  for (char& c : result)
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = ' ';
  return result;
}

}  // namespace

TextPlace placeOf(std::string_view text, size_t position) {
  position = std::min(position, text.size());
  const std::string_view before = text.substr(0, position);
  const size_t lineBreak = before.rfind('\n');
  const size_t lineBegin = lineBreak == std::string_view::npos ? 0 : lineBreak + 1;
  return {static_cast<size_t>(std::count(before.begin(), before.end(), '\n')) + 1,
          countCharacters(text, lineBegin, position) + 1};
}

std::string markPlace(std::string_view text, const PromptIssue& issue) {
  constexpr int kContext = 36;  // characters on either side, so that the line fits a terminal
  constexpr int kLongestMark = 40;
  const size_t position = std::min(issue.position, text.size());
  const size_t lineBreak = text.substr(0, position).rfind('\n');
  const size_t lineBegin = lineBreak == std::string_view::npos ? 0 : lineBreak + 1;
  const size_t lineEnd = std::min(text.find('\n', position), text.size());
  const size_t markEnd = stepOn(text, position, std::min(lineEnd, position + issue.length), kLongestMark);
  const size_t begin = stepBack(text, lineBegin, position, kContext);
  const size_t end = stepOn(text, markEnd, lineEnd, kContext);
  const std::string_view head = begin > lineBegin ? "... " : "";
  const std::string_view tail = end < lineEnd ? " ..." : "";
  const size_t carets = std::max<size_t>(countCharacters(text, position, markEnd), 1);
  return fmt::format("{}{}{}\n{}{}", head, printable(text.substr(begin, end - begin)), tail,
                     std::string(head.size() + countCharacters(text, begin, position), ' '), std::string(carets, '^'));
}

Error promptError(std::string_view what, std::string_view prompt, const PromptIssue& issue) {
  const TextPlace place = placeOf(prompt, issue.position);
  return {ErrorKind::InvalidArgument,
          fmt::format("The {} cannot be used, line {}, column {}: {}", what, place.line, place.column, issue.message),
          markPlace(prompt, issue)};
}

void checkPromptLength(std::string_view what, std::string_view prompt) {
  if (prompt.size() <= kMaxPromptBytes) return;
  throw Error(ErrorKind::InvalidArgument, fmt::format("The {} is too long: it has {} bytes, at most {} are read.", what,
                                                      prompt.size(), kMaxPromptBytes));
}

void throwIfUnusable(std::string_view what, std::string_view prompt, const PromptIssues& issues) {
  for (const PromptIssue& issue : issues)
    if (issue.severity == PromptIssue::Severity::Error) throw promptError(what, prompt, issue);
}

}  // namespace lorikeet
